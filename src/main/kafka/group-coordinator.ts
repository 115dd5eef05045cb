import { fullJitterMs } from '../../shared/backoff.js';
import type { Clock } from '../../shared/clock.js';
import { ResonanceError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import { brokersAsText, type KafkaConnectionSettings } from './connection-settings.js';
import { noAnswer, settledWithin, withDeadline } from './deadline.js';
import type { GroupMember } from './group-members.js';
import { createKafka } from './kafka-client.js';
import { createCluster, type KafkajsBroker } from './kafkajs-cluster.js';
import { offsetDelete, offsetDeleteKey } from './offset-delete.js';
import { translateKafkaError } from './translate-error.js';

export interface OffsetChange {
  readonly topic: string;
  readonly partition: number;
  /** Null: forget it. */
  readonly offset: string | null;
}

export interface GroupCoordinatorOptions {
  readonly connection: KafkaConnectionSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Longest time for one change, connecting included. Default 15,000 ms. */
  readonly timeoutMs?: number;
}

const disconnectTimeoutMs = 1_000;
const backoff = { baseMs: 100, capMs: 1_000 } as const;

/** The coordinator has moved, or is still reading the group: another moment, another answer. */
const passing: ReadonlySet<string> = new Set([
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
]);

/** Somebody is in the group: the broker takes commits of its members alone. */
const occupied: ReadonlySet<string> = new Set([
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'REBALANCE_IN_PROGRESS',
  'NON_EMPTY_GROUP',
  'GROUP_SUBSCRIBED_TO_TOPIC',
]);

/**
 * Changes the offsets of a group that nobody is in, from outside: as `kafka-consumer-groups.sh` does it, with a commit of no
 * member and no generation, which brokers refuse as soon as the group has members. kafkajs' own `setOffsets` would join the
 * group for it, and so disturb whoever comes meanwhile; OffsetDelete (KIP-496) it does not know at all.
 */
export class GroupCoordinator {
  readonly #options: GroupCoordinatorOptions;

  constructor(options: GroupCoordinatorOptions) {
    this.#options = options;
  }

  /** Whether the coordinator can forget an offset (Apache Kafka since 2.4). @throws ResonanceError of a `KAFKA_` code */
  canForget(groupId: string): Promise<boolean> {
    return this.#with(groupId, `asking for the group ${groupId}`, async (broker) =>
      knowsOffsetDelete(broker),
    );
  }

  /**
   * Commits, and forgets where the offset is null. One request for all commits and one for the rest: after a failure some may be
   * done.
   *
   * @throws ResonanceError `KAFKA_GROUP_NOT_EMPTY` when somebody is in the group, and of other `KAFKA_` codes
   */
  change(groupId: string, changes: readonly OffsetChange[]): Promise<void> {
    return this.#with(groupId, `changing the offsets of ${groupId}`, async (broker) => {
      const commits = byTopic(changes.filter(isCommit), ({ partition, offset }) => ({ partition, offset }));
      const forgotten = byTopic(
        changes.filter(({ offset }) => offset === null),
        ({ partition }) => partition,
      );
      if (commits.length > 0) {
        await broker.offsetCommit({ groupId, groupGenerationId: -1, memberId: '', topics: commits });
      }
      if (forgotten.length > 0) await broker.connectionPool.send(offsetDelete(groupId, forgotten));
    });
  }

  async #with<T>(groupId: string, doing: string, work: (broker: KafkajsBroker) => Promise<T>): Promise<T> {
    const { connection, clock, logger, timeoutMs = 15_000 } = this.#options;
    const client = createKafka(connection, logger);
    const cluster = createCluster(client.kafka);
    const endpoint = brokersAsText(connection);
    const attempt = async (): Promise<T> => {
      await cluster.connect();
      for (let tries = 0; ; tries += 1) {
        try {
          return await work(await cluster.findGroupCoordinator({ groupId }));
        } catch (error) {
          if (!isPassing(error) || tries >= 8) throw error;
        }
        await new Promise<void>((resolve) => clock.after(fullJitterMs(tries, backoff), resolve));
      }
    };
    try {
      return await withDeadline(attempt(), timeoutMs, clock, () => noAnswer(doing, endpoint, timeoutMs));
    } catch (error) {
      if (occupied.has(typeOf(error))) throw groupNotEmpty(groupId, [], error);
      throw translateKafkaError(error, doing, endpoint);
    } finally {
      await settledWithin(cluster.disconnect(), disconnectTimeoutMs, clock);
      client.sockets.close();
    }
  }
}

/** @param members as far as they are known */
export function groupNotEmpty(
  groupId: string,
  members: readonly Pick<GroupMember, 'clientId' | 'host'>[],
  cause?: unknown,
): ResonanceError {
  const names = members.map(({ clientId, host }) => `${clientId} at ${host}`).join(', ');
  return new ResonanceError(
    'KAFKA_GROUP_NOT_EMPTY',
    `the group ${groupId} has active members${names === '' ? '' : ` (${names})`}: its offsets were not changed`,
    { retriable: true, hint: 'Stop every consumer of the group first, then try again.', cause },
  );
}

function knowsOffsetDelete({ versions }: KafkajsBroker): boolean {
  return versions !== null && Object.hasOwn(versions, offsetDeleteKey);
}

/** Another coordinator, or this one a moment later, will answer. */
export function isPassing(error: unknown): boolean {
  return passing.has(typeOf(error));
}

function typeOf(error: unknown): string {
  let link: unknown = error;
  for (let depth = 0; link instanceof Error && depth < 8; depth += 1) {
    const { type, cause } = link as { type?: unknown; cause?: unknown };
    if (typeof type === 'string') return type;
    link = cause;
  }
  return '';
}

function isCommit(change: OffsetChange): change is OffsetChange & { readonly offset: string } {
  return change.offset !== null;
}

function byTopic<C extends { readonly topic: string }, P>(
  changes: readonly C[],
  read: (change: C) => P,
): { topic: string; partitions: P[] }[] {
  const topics = new Map<string, P[]>();
  for (const change of changes) {
    const partitions = topics.get(change.topic) ?? [];
    partitions.push(read(change));
    topics.set(change.topic, partitions);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}
