import type { ResetRow } from '../../../../shared/consumer-groups.js';
import { ColumnHead } from '../../components/ColumnHead.js';
import { classNames } from '../../components/class-names.js';
import table from '../../components/table.module.css';
import { formatMove, formatOffset, noteWords } from './group-words.js';
import styles from './PlanTable.module.css';

/** Each partition before and after; those that stay as they are are dimmed. */
export function PlanTable({ rows }: { readonly rows: readonly ResetRow[] }) {
  return (
    <div className={classNames(table.frame, styles.frame)}>
      <table className={table.table} aria-label="Before and after">
        <thead>
          <tr>
            <ColumnHead>Topic</ColumnHead>
            <ColumnHead isNumeric>Partition</ColumnHead>
            <ColumnHead isNumeric>Before</ColumnHead>
            <ColumnHead isNumeric>After</ColumnHead>
            <ColumnHead isNumeric>Difference</ColumnHead>
            <ColumnHead isNumeric>Holds</ColumnHead>
            <ColumnHead>Note</ColumnHead>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ topic, partition, before, after, lowOffset, highWatermark, note }) => (
            <tr key={`${topic}/${partition}`} className={classNames(before === after && styles.same)}>
              <th scope="row">{topic}</th>
              <td className={table.numeric}>{partition}</td>
              <td className={table.numeric}>{before === null ? 'none' : formatOffset(before)}</td>
              <td className={classNames(table.numeric, styles.after)}>
                {after === null ? 'none' : formatOffset(after)}
              </td>
              <td className={table.numeric}>{formatMove(before, after)}</td>
              <td className={table.numeric}>
                {formatOffset(lowOffset)} to {formatOffset(highWatermark)}
              </td>
              <td>{note === null ? '' : noteWords[note]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
