import { classNames } from '../../components/class-names.js';
import { NodeName } from '../../components/NodeName.js';
import { StateMark } from '../../components/StateMark.js';
import { noValue } from '../../format/numbers.js';
import { ageOf } from './ChartCrosshair.js';
import styles from './ChartReadout.module.css';
import type { ChartData } from './chart-data.js';
import type { ChartKind } from './NodeChart.js';

export interface ChartReadoutProps {
  readonly kind: ChartKind;
  readonly data: ChartData;
  readonly position: number | null;
}

/** Legend and text alternative of a chart: each node's value and distance at the moment of the crosshair. */
export function ChartReadout({ kind, data, position }: ChartReadoutProps) {
  const at = position ?? data.length - 1;
  const age = ageOf(data, position);
  return (
    <div className={styles.readout}>
      <table className={styles.table}>
        <caption className="visually-hidden">{kind.title} by node</caption>
        <thead>
          <tr>
            <th scope="col" className={styles.moment}>
              {age === null ? 'now' : `${age} ago`}
            </th>
            <th scope="col" className={styles.figure}>
              <span className="visually-hidden">{kind.title}, </span>
              {kind.heading}
            </th>
          </tr>
        </thead>
        <tbody>
          {data.lines.map(({ node, values }) => {
            const value = values[at] ?? null;
            const below = kind.isThreshold && value !== null && value < kind.reference;
            return (
              <tr key={node}>
                <th scope="row">
                  <NodeName name={node} />
                </th>
                <td className={styles.figure}>
                  <div className={classNames(styles.value, below && styles.below)}>
                    {below && <StateMark tone="warning" />}
                    {value === null ? noValue : kind.value(value)}
                  </div>
                  <div className={styles.distance}>
                    {value === null ? 'silent' : kind.distance(value, kind.reference)}
                    {below && <span className="visually-hidden"> below threshold</span>}
                  </div>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
