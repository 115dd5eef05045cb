import type { Admin, ITopicConfig } from 'kafkajs';
import type { Clock } from '../../shared/clock.js';

/** Time for the brokers to tell each other of a new topic. */
const spreadMs = 5_000;
const lookAgainMs = 100;

/** What a broker answers that has not heard of the topic, of its leaders, or of being one of them, yet. */
const notYet: ReadonlySet<string> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
]);

/**
 * Creates topics, and waits until every partition has a leader that answers.
 *
 * kafkajs can wait too, but where the broker that it asks has not heard of the topic yet, it takes "unknown topic" for a
 * failure, though the topic is there: with KRaft a creation is answered once the controllers have it, and a broker may
 * be named as a leader before it knows.
 *
 * @returns false when one of them exists already
 */
export async function createTopics(
  admin: Admin,
  topics: ITopicConfig[],
  clock: Pick<Clock, 'monotonicMs' | 'after'>,
): Promise<boolean> {
  if (!(await admin.createTopics({ topics, waitForLeaders: false }))) return false;
  const names = topics.map(({ topic }) => topic);
  const deadlineMs = clock.monotonicMs() + spreadMs;
  while (!(await canBeUsed(admin, names)) && clock.monotonicMs() < deadlineMs) {
    await new Promise<void>((resolve) => clock.after(lookAgainMs, resolve));
  }
  return true;
}

async function canBeUsed(admin: Admin, names: string[]): Promise<boolean> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: names });
    if (topics.some(({ partitions }) => partitions.some(({ leader }) => leader < 0))) return false;
    // Asked of each partition's leader.
    for (const name of names) await admin.fetchTopicOffsets(name);
    return true;
  } catch (error) {
    if (isNotYet(error)) return false;
    throw error;
  }
}

/** kafkajs wraps what it has tried several times. */
function isNotYet(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return notYet.has((error as { type?: string }).type ?? '') || isNotYet(error.cause);
}
