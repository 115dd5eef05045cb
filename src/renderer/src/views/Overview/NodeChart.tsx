import { memo, useMemo, useRef, useState } from 'react';
import {
  CartesianGrid,
  DefaultZIndexes,
  LineChart,
  ReferenceArea,
  ReferenceLine,
  XAxis,
  YAxis,
} from 'recharts';
import { useRem } from '../../components/use-rem.js';
import { useStoreState } from '../../stores/stores-context.js';
import { ChartCrosshair } from './ChartCrosshair.js';
import { ChartReadout } from './ChartReadout.js';
import { chartData, type Quantity, valuesOf } from './chart-data.js';
import type { Scale } from './chart-scale.js';
import styles from './NodeChart.module.css';
import { ChartDataContext, NodeLines } from './NodeLines.js';
import { usePacedSeries } from './use-paced-series.js';
import { type Size, useSize } from './use-size.js';

/** How a quantity is read. */
export interface ChartKind {
  readonly quantity: Quantity;
  readonly title: string;
  /** The value every line is compared with. */
  readonly reference: number;
  /** Words on the reference line; null where the axis says them. */
  readonly referenceLabel: string | null;
  /** Whether the side below the reference is marked as out of bounds. */
  readonly isThreshold: boolean;
  readonly scale: (reference: number, values: Iterable<number>) => Scale;
  readonly tick: (value: number) => string;
  readonly value: (value: number) => string;
  /** Signed distance from the reference. */
  readonly distance: (value: number, reference: number) => string;
  /** Above the figures of the readout. */
  readonly heading: string;
}

export interface NodeChartProps {
  readonly kind: ChartKind;
}

/** Space for the axes, in rem so that it grows with the text. */
const axisWidthRem = 3.4;
const axisHeightRem = 1.5;
const padding = { top: 8, right: 14 } as const;

/** One line a node around the reference, and a table of what the lines say at one moment: now, or under the crosshair. */
export function NodeChart({ kind }: NodeChartProps) {
  const plot = useRef<HTMLDivElement>(null);
  const size = useSize(plot);
  const series = usePacedSeries(plot);
  const order = useStoreState('nodes', (state) => state.nodes.map((node) => node.name).join('\n'));
  const data = useMemo(() => chartData(series, kind.quantity, order.split('\n')), [series, kind, order]);
  const scale = useStableScale(kind.scale(kind.reference, valuesOf(data)));
  const [crosshair, setCrosshair] = useState<number | null>(null);

  const rem = useRem();
  const left = Math.round(axisWidthRem * rem);
  const bottom = Math.round(axisHeightRem * rem);

  return (
    <div className={styles.chart}>
      <div ref={plot} className={styles.plot}>
        {size !== null && size.width > 0 && (
          <>
            {/* React hears every event at the groups that Recharts has it draw into, and Chromium gives the focus to parts
                of a drawing where that is heard of. */}
            <div className={styles.layer} aria-hidden="true" inert>
              <ChartDataContext value={data}>
                <Frame
                  kind={kind}
                  scale={scale}
                  windowMs={data.windowMs}
                  size={size}
                  left={left}
                  bottom={bottom}
                />
              </ChartDataContext>
            </div>
            <ChartCrosshair
              kind={kind}
              data={data}
              inset={{ left, bottom, top: padding.top, right: padding.right }}
              width={size.width}
              position={crosshair}
              onMove={setCrosshair}
            />
          </>
        )}
      </div>
      <ChartReadout kind={kind} data={data} position={crosshair} />
    </div>
  );
}

/** Keeps the scale's identity while its numbers are the same, so that the frame is not drawn again. */
function useStableScale(scale: Scale): Scale {
  const key = scale.ticks.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the ticks determine the scale.
  return useMemo(() => scale, [key]);
}

interface FrameProps {
  readonly kind: ChartKind;
  readonly scale: Scale;
  readonly windowMs: number;
  readonly size: Size;
  readonly left: number;
  readonly bottom: number;
}

/** Everything that stays when a new second arrives; the lines within take their values from the context. */
const Frame = memo(function Frame({ kind, scale, windowMs, size, left, bottom }: FrameProps) {
  // Recharts draws axes and references only where there is data: two points without values span the time.
  const ends = [{ x: -windowMs }, { x: 0 }];
  const axisText = { fill: 'var(--ink-faint)', fontSize: 'var(--text-small)' } as const;
  // A rim in the ground's colour keeps words readable where lines cross them.
  const note = {
    fill: 'var(--resonance)',
    fontSize: 'var(--text-small)',
    stroke: 'var(--surface)',
    strokeWidth: 3,
    paintOrder: 'stroke',
  } as const;
  return (
    <LineChart
      accessibilityLayer={false}
      width={size.width}
      height={size.height}
      margin={{ ...padding, left: 0, bottom: 0 }}
      data={ends}
    >
      <CartesianGrid vertical={false} stroke="var(--line)" />
      {kind.isThreshold && (
        <ReferenceArea
          y1={scale.min}
          y2={kind.reference}
          fill="var(--resonance-band)"
          fillOpacity={1}
          zIndex={DefaultZIndexes.grid - 1}
          ifOverflow="hidden"
          label={{ value: 'below threshold', position: 'insideBottomLeft', ...note }}
        />
      )}
      <XAxis
        dataKey="x"
        type="number"
        domain={[-windowMs, 0]}
        ticks={timeTicks(windowMs)}
        tickFormatter={timeTick}
        height={bottom}
        tick={axisText}
        tickLine={false}
        stroke="var(--line-strong)"
        interval="preserveStartEnd"
      />
      <YAxis
        type="number"
        domain={[scale.min, scale.max]}
        ticks={[...scale.ticks]}
        tickFormatter={kind.tick}
        width={left}
        tick={axisText}
        tickLine={false}
        axisLine={false}
        interval={0}
        allowDataOverflow
      />
      <ReferenceLine
        y={kind.reference}
        stroke="var(--resonance)"
        strokeWidth={1.5}
        zIndex={DefaultZIndexes.grid + 1}
        {...(kind.referenceLabel === null
          ? {}
          : { label: { value: kind.referenceLabel, position: 'insideBottomLeft' as const, ...note } })}
      />
      <NodeLines />
    </LineChart>
  );
});

function timeTicks(windowMs: number): number[] {
  const count = windowMs === 300_000 ? 5 : 6;
  return Array.from({ length: count + 1 }, (_, index) => -windowMs + (index * windowMs) / count);
}

function timeTick(ms: number): string {
  if (ms === 0) return 'now';
  return ms > -60_000 ? `\u2212${-ms / 1_000} s` : `\u2212${-ms / 60_000} min`;
}
