import { deadLetterTopic } from '../../../../shared/dead-letter.js';
import type { TopicView } from '../../../../shared/feed.js';

/** How a topic stands, worst first; one that is made when it is first needed is only absent. */
export type TopicStanding = 'missing' | 'absent' | 'leaderless' | 'under-replicated' | 'healthy';

export interface TopicSummary {
  readonly standing: TopicStanding;
  /** Messages between the low offset and the high watermark, all partitions. */
  readonly messages: number;
  /** Of the node's group, all partitions; null where it does not consume the topic. */
  readonly lag: number | null;
  /** Replicas that the partitions have, the fewest of them. */
  readonly replicas: number;
}

export function summariseTopic(topic: TopicView): TopicSummary {
  let messages = 0n;
  let lag: number | null = null;
  let replicas = Number.POSITIVE_INFINITY;
  for (const partition of topic.partitions) {
    messages += BigInt(partition.highWatermark) - BigInt(partition.lowOffset);
    if (partition.lag !== null) lag = (lag ?? 0) + partition.lag;
    replicas = Math.min(replicas, partition.replicas.length);
  }
  return {
    standing: standingOf(topic),
    messages: Number(messages),
    lag,
    replicas: topic.partitions.length === 0 ? 0 : replicas,
  };
}

function standingOf({ name, exists, partitions }: TopicView): TopicStanding {
  if (!exists) return name === deadLetterTopic ? 'absent' : 'missing';
  if (partitions.some((partition) => partition.leader < 0)) return 'leaderless';
  const isShort = partitions.some((partition) => partition.inSyncReplicas.length < partition.replicas.length);
  return isShort ? 'under-replicated' : 'healthy';
}

/** Those that the settings name first, the missing ones before the others; then the rest by name. */
export function sortTopics(topics: readonly TopicView[]): readonly TopicView[] {
  const rank = (topic: TopicView): number =>
    topic.role === null ? 2 : standingOf(topic) === 'missing' ? 0 : 1;
  return [...topics].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'en'));
}

/** Copies that a new topic should have: as many as the others have. */
export function usualReplication(topics: readonly TopicView[]): number {
  const counts = topics.flatMap((topic) => topic.partitions.map((partition) => partition.replicas.length));
  return Math.max(1, ...counts);
}
