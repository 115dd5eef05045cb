import { deadLetterTopic } from '../../../../shared/dead-letter.js';
import type { ErrorReport } from '../../../../shared/errors.js';
import type { TopicPartitionView, TopicView } from '../../../../shared/feed.js';
import { byName } from '../../format/by-name.js';

/** How a topic stands, worst first; one that is made when it is first needed is only absent. */
export type TopicStanding =
  | 'missing'
  | 'absent'
  | 'leaderless'
  | 'unreachable'
  | 'under-replicated'
  | 'healthy';

export interface TopicSummary {
  readonly standing: TopicStanding;
  /** Messages between the low offset and the high watermark, all partitions; null when that of one is not known. */
  readonly messages: number | null;
  /** Of the node's group, all partitions; null where it does not consume the topic, or that of one is not known. */
  readonly lag: number | null;
  /** It consumes the topic, and yet there is no lag to show. */
  readonly isLagUnknown: boolean;
  /** What is not known of partitions and why, each reason once. */
  readonly unknown: readonly UnknownPartitions[];
  /** Replicas that the partitions have, the fewest of them. */
  readonly replicas: number;
}

export interface UnknownPartitions {
  readonly partitions: readonly number[];
  readonly reason: ErrorReport;
}

export function summariseTopic(topic: TopicView): TopicSummary {
  const unknown = unknownOf(topic.partitions);
  let messages: bigint | null = 0n;
  let lag: number | null = null;
  let replicas = Number.POSITIVE_INFINITY;
  for (const partition of topic.partitions) {
    const { lowOffset, highWatermark } = partition;
    if (lowOffset === null || highWatermark === null) messages = null;
    else if (messages !== null) messages += BigInt(highWatermark) - BigInt(lowOffset);
    if (partition.lag !== null) lag = (lag ?? 0) + partition.lag;
    replicas = Math.min(replicas, partition.replicas.length);
  }
  return {
    standing: standingOf(topic),
    messages: messages === null ? null : Number(messages),
    lag: unknown.length > 0 ? null : lag,
    isLagUnknown: unknown.length > 0 && isConsumed(topic),
    unknown,
    replicas: topic.partitions.length === 0 ? 0 : replicas,
  };
}

function standingOf({ name, exists, partitions }: TopicView): TopicStanding {
  if (!exists) return name === deadLetterTopic ? 'absent' : 'missing';
  if (partitions.some((partition) => partition.leader < 0)) return 'leaderless';
  if (partitions.some((partition) => partition.highWatermark === null)) return 'unreachable';
  const isShort = partitions.some((partition) => partition.inSyncReplicas.length < partition.replicas.length);
  return isShort ? 'under-replicated' : 'healthy';
}

/** What this node's group reads of the topics of the settings; see topicRoles. */
const consumedRoles: ReadonlySet<string> = new Set(['inbound', 'state sync']);

export function isConsumed({ role }: TopicView): boolean {
  return role !== null && consumedRoles.has(role);
}

function unknownOf(partitions: readonly TopicPartitionView[]): UnknownPartitions[] {
  const byMessage = new Map<string, { partitions: number[]; reason: ErrorReport }>();
  for (const { partition, unknown } of partitions) {
    if (unknown === undefined) continue;
    const entry = byMessage.get(unknown.message) ?? { partitions: [], reason: unknown };
    entry.partitions.push(partition);
    byMessage.set(unknown.message, entry);
  }
  return [...byMessage.values()];
}

/** Those that the settings name first, the missing ones before the others; then the rest by name. */
export function sortTopics(topics: readonly TopicView[]): readonly TopicView[] {
  const rank = (topic: TopicView): number =>
    topic.role === null ? 2 : standingOf(topic) === 'missing' ? 0 : 1;
  return [...topics].sort((a, b) => rank(a) - rank(b) || byName(a.name, b.name));
}

/** Copies that a new topic should have: as many as the others have. */
export function usualReplication(topics: readonly TopicView[]): number {
  const counts = topics.flatMap((topic) => topic.partitions.map((partition) => partition.replicas.length));
  return Math.max(1, ...counts);
}
