import { fullJitterMs } from '../../shared/backoff.js';
import type { Clock } from '../../shared/clock.js';
import type { BrokerQuestions } from './cluster-reader.js';
import { isPassing } from './group-coordinator.js';
import type { KafkajsBroker, TopicPartitions } from './kafkajs-cluster.js';

export interface CommittedOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** Of the protocol: the coordinator of a consumer group. */
const groupCoordinator = 0;
/* The first group that a new cluster hears of has it make the topic for the offsets. */
const backoff = { baseMs: 100, capMs: 1_000 } as const;
const maxTries = 8;

/**
 * Asks the coordinator of a group, and again for a moment while it moves.
 *
 * @throws ResonanceError why it can't be asked
 */
export function askCoordinator<T>(
  { askAny, ask }: BrokerQuestions,
  groupId: string,
  clock: Clock,
  work: (broker: KafkajsBroker) => Promise<T>,
): Promise<T> {
  return whileGroupsMove(clock, async () => {
    const { coordinator } = await askAny((broker) =>
      broker.findGroupCoordinator({ groupId, coordinatorType: groupCoordinator }),
    );
    return ask(coordinator.nodeId, work);
  });
}

/** Asks, and again for a moment while the answer is that a group has just moved, or is being read. */
export async function whileGroupsMove<T>(clock: Clock, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || tries === maxTries) throw error;
    }
    await new Promise<void>((resolve) => clock.after(fullJitterMs(tries, backoff), resolve));
  }
}

/**
 * The committed offsets of a group, asked of its coordinator.
 *
 * @param topics none: whatever it has committed; else each of these, -1 where nothing is committed
 */
export async function fetchCommitted(
  broker: KafkajsBroker,
  groupId: string,
  topics: readonly TopicPartitions[],
): Promise<CommittedOffset[]> {
  const { responses } = await broker.offsetFetch({ groupId, topics });
  return responses.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, offset }) => ({ topic, partition, offset })),
  );
}

/** Else there is a member, or was one, and no offset. */
export function isCommitted({ offset }: CommittedOffset): boolean {
  return Number(offset) >= 0;
}
