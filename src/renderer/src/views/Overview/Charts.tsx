import { useMemo } from 'react';
import { Panel } from '../../components/Panel.js';
import { formatDrift, formatFrequency, formatMargin, formatSRoi } from '../../format/numbers.js';
import styles from './Charts.module.css';
import { scaleAround, scaleWith } from './chart-scale.js';
import { type ChartKind, NodeChart } from './NodeChart.js';

export interface ChartsProps {
  readonly targetHz: number;
  readonly sRoiThreshold: number;
}

/** The two charts of the Overview, in a chunk of their own together with the chart library. */
export function Charts({ targetHz, sRoiThreshold }: ChartsProps) {
  const frequency = useMemo(() => frequencyKind(targetHz), [targetHz]);
  const sRoi = useMemo(() => sRoiKind(sRoiThreshold), [sRoiThreshold]);
  return (
    <>
      <Panel title="Frequency" aside={`target ${targetHz} Hz, drift in mHz`}>
        <div className={styles.chart}>
          <NodeChart kind={frequency} />
        </div>
      </Panel>
      <Panel title="S-ROI" aside={`threshold ${formatSRoi(sRoiThreshold)}`}>
        <div className={styles.chart}>
          <NodeChart kind={sRoi} />
        </div>
      </Panel>
    </>
  );
}

function frequencyKind(targetHz: number): ChartKind {
  return {
    quantity: 'frequencyHz',
    title: 'Frequency',
    reference: targetHz,
    referenceLabel: `${targetHz} Hz`,
    isThreshold: false,
    scale: (reference, values) => scaleAround(reference, values, 0.000_05),
    tick: (value) => formatDrift(value, targetHz).replace(' mHz', ''),
    value: formatFrequency,
    distance: formatDrift,
    heading: 'drift',
  };
}

function sRoiKind(threshold: number): ChartKind {
  return {
    quantity: 'sRoi',
    title: 'S-ROI',
    reference: threshold,
    referenceLabel: null,
    isThreshold: true,
    scale: (reference, values) => scaleWith(reference, values, 0.000_5),
    tick: formatSRoi,
    value: formatSRoi,
    distance: formatMargin,
    heading: 'margin',
  };
}
