import type { TopicPartitionView, TopicView } from '../../../../shared/feed.js';
import { ColumnHead } from '../../components/ColumnHead.js';
import { StateLabel } from '../../components/StateMark.js';
import table from '../../components/table.module.css';
import { formatCount, noValue } from '../../format/numbers.js';
import { useStoreState } from '../../stores/stores-context.js';
import { unknownWord } from './partition-words.js';
import { isConsumed } from './topic-summary.js';

/** The offsets of each partition, who leads it and who keeps copies. */
export function PartitionTable({ topic }: { readonly topic: TopicView }) {
  const assignment = useStoreState('status', (state) => state.status?.kafka.consumer.assignment);
  const assigned = assignment?.find((entry) => entry.topic === topic.name)?.partitions ?? [];
  return (
    <table className={table.table} aria-label={`Partitions of ${topic.name}`}>
      <thead>
        <tr>
          <ColumnHead>Partition</ColumnHead>
          <ColumnHead isNumeric>Low offset</ColumnHead>
          <ColumnHead isNumeric>High watermark</ColumnHead>
          <ColumnHead isNumeric>Committed</ColumnHead>
          <ColumnHead isNumeric>Lag</ColumnHead>
          <ColumnHead>Leader</ColumnHead>
          <ColumnHead>Replicas</ColumnHead>
          <ColumnHead>In sync</ColumnHead>
          <ColumnHead>Read by</ColumnHead>
        </tr>
      </thead>
      <tbody>
        {topic.partitions.map((partition) => (
          <tr key={partition.partition}>
            <th scope="row">{partition.partition}</th>
            <td className={table.numeric}>{formatOffset(partition.lowOffset)}</td>
            <td className={table.numeric}>{formatOffset(partition.highWatermark)}</td>
            <td className={table.numeric}>
              {partition.committedOffset === null ? noValue : formatOffset(partition.committedOffset)}
            </td>
            <td className={table.numeric}>
              {partition.lag === null ? noLag(topic, partition) : formatCount(partition.lag)}
            </td>
            <td>
              {partition.leader < 0 ? <StateLabel tone="bad">none</StateLabel> : `broker ${partition.leader}`}
            </td>
            <td>{partition.replicas.join(', ')}</td>
            <td>
              {partition.inSyncReplicas.length < partition.replicas.length ? (
                <StateLabel tone="warning">{partition.inSyncReplicas.join(', ') || 'none'}</StateLabel>
              ) : (
                partition.inSyncReplicas.join(', ')
              )}
            </td>
            <td>{assigned.includes(partition.partition) ? 'this node' : noValue}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const digits = new Intl.NumberFormat('en-US');

/** Offsets are decimal strings: they may exceed what a number holds. */
function formatOffset(offset: string | null): string {
  return offset === null ? unknownWord : digits.format(BigInt(offset));
}

function noLag(topic: TopicView, { unknown }: TopicPartitionView): string {
  return unknown !== undefined && isConsumed(topic) ? unknownWord : noValue;
}
