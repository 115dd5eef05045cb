import type { ITopicMetadata, SeekEntry } from 'kafkajs';
import type { TopicDifference, TopicView } from '../../shared/feed.js';

export interface TopicViewParts {
  readonly metadata: ITopicMetadata;
  readonly role: string | null;
  readonly offsets: readonly (SeekEntry & { readonly high: string; readonly low: string })[];
  /** Committed offsets of the node's group (-1: none); undefined where it does not consume this topic. */
  readonly committed: readonly SeekEntry[] | undefined;
  readonly differences: readonly TopicDifference[];
}

export function topicView({ metadata, role, offsets, committed, differences }: TopicViewParts): TopicView {
  const partitions = [...metadata.partitions].sort((left, right) => left.partitionId - right.partitionId);
  return {
    name: metadata.name,
    role,
    exists: true,
    differences,
    partitions: partitions.map(({ partitionId, leader, replicas, isr }) => {
      const { low = '0', high = '0' } = offsets.find(({ partition }) => partition === partitionId) ?? {};
      const entry = committed?.find(({ partition }) => partition === partitionId);
      const committedOffset = entry === undefined || Number(entry.offset) < 0 ? null : entry.offset;
      return {
        partition: partitionId,
        lowOffset: low,
        highWatermark: high,
        committedOffset,
        lag: committed === undefined ? null : lagOf(low, high, committedOffset),
        leader,
        replicas,
        inSyncReplicas: isr,
      };
    }),
  };
}

export function missingTopicView(name: string, role: string | null): TopicView {
  return { name, role, exists: false, partitions: [], differences: [] };
}

/** Records yet to be consumed: a group without a commit starts at the low offset, and retention moves it up. */
export function lagOf(low: string, high: string, committed: string | null): number {
  const from = committed !== null && BigInt(committed) > BigInt(low) ? BigInt(committed) : BigInt(low);
  const lag = BigInt(high) - from;
  return lag > 0n ? Number(lag) : 0;
}
