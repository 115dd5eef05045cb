import type { Admin, ITopicConfig } from 'kafkajs';
import type { Clock } from '../../shared/clock.js';

/** Time for the brokers to tell each other of a new topic. */
const spreadMs = 5_000;
const lookAgainMs = 100;

/**
 * Creates topics, and waits until every partition has a leader that answers.
 *
 * kafkajs can wait too, but where the broker that it asks has not heard of the topic yet, it takes "unknown topic" for a
 * failure, though the topic is there: with KRaft a creation is answered once the controllers have it, and a broker may
 * be named as a leader before it knows.
 *
 * @param canBeUsed whether every partition of these has a leader that answers
 * @returns false when one of them exists already
 */
export async function createTopics(
  admin: Admin,
  topics: ITopicConfig[],
  clock: Pick<Clock, 'monotonicMs' | 'after'>,
  canBeUsed: (names: readonly string[]) => Promise<boolean>,
): Promise<boolean> {
  if (!(await admin.createTopics({ topics, waitForLeaders: false }))) return false;
  const names = topics.map(({ topic }) => topic);
  const deadlineMs = clock.monotonicMs() + spreadMs;
  while (!(await canBeUsed(names)) && clock.monotonicMs() < deadlineMs) {
    await new Promise<void>((resolve) => clock.after(lookAgainMs, resolve));
  }
  return true;
}
