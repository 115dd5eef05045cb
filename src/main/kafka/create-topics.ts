import type { Admin, ITopicConfig } from 'kafkajs';
import type { Clock } from '../../shared/clock.js';

/** Time for the brokers to tell each other of a new topic. */
const spreadMs = 5_000;
const lookAgainMs = 100;

/** What a broker answers that has not heard of the topic, or of its leaders, yet. */
const notYet: ReadonlySet<string> = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE']);

/**
 * Creates topics, and waits until their leaders are known.
 *
 * kafkajs can wait too, but where the broker that it asks has not heard of the topic yet, it takes "unknown topic" for a
 * failure, though the topic is there: with KRaft a creation is answered once the controllers have it.
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
  while (!(await haveLeaders(admin, names)) && clock.monotonicMs() < deadlineMs) {
    await new Promise<void>((resolve) => clock.after(lookAgainMs, resolve));
  }
  return true;
}

async function haveLeaders(admin: Admin, names: string[]): Promise<boolean> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: names });
    return topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0));
  } catch (error) {
    if (notYet.has((error as { type?: string }).type ?? '')) return false;
    throw error;
  }
}
