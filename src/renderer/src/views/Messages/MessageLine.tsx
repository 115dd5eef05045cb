import { memo } from 'react';
import type { MessageRow } from '../../../../shared/feed.js';
import { Badge } from '../../components/Badge.js';
import { ClusterName } from '../../components/ClusterName.js';
import { classNames } from '../../components/class-names.js';
import { Icon } from '../../components/Icon.js';
import { NodeName } from '../../components/NodeName.js';
import { formatBytes, noValue } from '../../format/numbers.js';
import { formatClock, formatMilliseconds } from '../../format/time.js';
import { messageTypeWords, repeatWords, wayOf } from '../../format/words.js';
import { useStores } from '../../stores/stores-context.js';
import { gist } from './gist.js';
import styles from './MessageTable.module.css';

export interface MessageLineProps {
  readonly row: MessageRow;
  /** Distance from the first row, pixels. */
  readonly top: number;
  readonly isSelected: boolean;
  /** In a column of its own. */
  readonly tellsCluster: boolean;
}

export const MessageLine = memo(function MessageLine({
  row,
  top,
  isSelected,
  tellsCluster,
}: MessageLineProps) {
  const { messages } = useStores();
  const incoming = row.direction === 'in';
  const isRepeat = row.isRepeat === true;
  return (
    <tr
      aria-current={isSelected ? 'true' : undefined}
      className={classNames(
        styles.row,
        styles.line,
        isSelected && styles.selected,
        isRepeat && styles.repeat,
      )}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => void messages.getState().select(row.sequence)}
    >
      <td className={styles.time}>{formatClock(row.atMs)}</td>
      <td className={styles.node}>
        <span className={styles.direction} title={isRepeat ? repeatWords : incoming ? 'Received' : 'Sent'}>
          <Icon name={isRepeat ? 'repeat' : incoming ? 'incoming' : 'outgoing'} />
          <span className="visually-hidden">{isRepeat ? 'repeat from' : incoming ? 'from' : 'sent by'}</span>
        </span>
        {row.node === null ? <span className={styles.soft}>unknown</span> : <NodeName name={row.node} />}
      </td>
      <td className={row.type === 'heartbeat' ? styles.soft : undefined}>{messageTypeWords[row.type]}</td>
      {tellsCluster && (
        <td className={styles.cluster}>
          {row.profile !== undefined && <ClusterName profile={row.profile} />}
        </td>
      )}
      <td className={styles.soft} title={wayOf(row)}>
        {wayOf(row)}
      </td>
      <td className={styles.numeric}>{formatBytes(row.byteLength)}</td>
      <td className={styles.numeric}>
        {row.latencyMs === null ? noValue : formatMilliseconds(row.latencyMs)}
      </td>
      <td className={styles.preview}>
        {isRepeat && <Badge title={repeatWords}>repeat</Badge>} {gist(row.preview)}
      </td>
    </tr>
  );
});
