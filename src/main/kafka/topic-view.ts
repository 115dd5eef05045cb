import { type ErrorReport, ResonanceError, toErrorReport } from '../../shared/errors.js';
import type { TopicDifference, TopicPartitionView, TopicView } from '../../shared/feed.js';
import type { PartitionMetadata, TopicMetadata } from './cluster-reader.js';
import { partitionKey } from './group-offset-plan.js';
import type { EndsByPartition } from './partition-ends.js';

/** By partition: the committed offset of the node's group, -1: none; or why its coordinator can't be asked. */
export type CommittedOffsets = ReadonlyMap<number, string> | ResonanceError;

export interface TopicViewParts {
  readonly metadata: TopicMetadata;
  readonly role: string | null;
  readonly ends: EndsByPartition;
  /** Undefined where the node's group does not consume this topic. */
  readonly committed: CommittedOffsets | undefined;
  readonly differences: readonly TopicDifference[];
}

export function topicView({ metadata, role, ends, committed, differences }: TopicViewParts): TopicView {
  const { name } = metadata;
  const partitions = [...metadata.partitions].sort((left, right) => left.partitionId - right.partitionId);
  return {
    name,
    role,
    exists: true,
    differences,
    partitions: partitions.map((partition) => partitionView(name, partition, ends, committed)),
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

function partitionView(
  topic: string,
  { partitionId: partition, leader, replicas, isr }: PartitionMetadata,
  ends: EndsByPartition,
  committed: CommittedOffsets | undefined,
): TopicPartitionView {
  const end = ends.get(partitionKey({ topic, partition })) ?? unread;
  const common = { partition, leader, replicas, inSyncReplicas: isr };
  const isCommittedUnknown = committed instanceof ResonanceError;
  const entry = isCommittedUnknown ? undefined : committed?.get(partition);
  const committedOffset = entry === undefined || Number(entry) < 0 ? null : entry;
  if (end instanceof ResonanceError) {
    return {
      ...common,
      lowOffset: null,
      highWatermark: null,
      committedOffset,
      lag: null,
      unknown: toErrorReport(end),
    };
  }
  const { lowOffset, highWatermark } = end;
  const unknown: ErrorReport | null = isCommittedUnknown ? toErrorReport(committed) : null;
  return {
    ...common,
    lowOffset,
    highWatermark,
    committedOffset,
    lag:
      committed === undefined || unknown !== null ? null : lagOf(lowOffset, highWatermark, committedOffset),
    ...(unknown === null ? {} : { unknown }),
  };
}

const unread = new ResonanceError('KAFKA_FAILED', 'its offsets were not read', { retriable: true });
