import type { Clock } from '../../shared/clock.js';
import { isGroupIdle } from '../../shared/consumer-groups.js';
import { type ErrorReport, ResonanceError, toErrorReport } from '../../shared/errors.js';
import { AdminConnection, type AdminConnectionOptions } from './admin-connection.js';
import { ClusterReader } from './cluster-reader.js';
import { GroupCoordinator, groupNotEmpty, type OffsetChange } from './group-coordinator.js';
import { GroupLister, type GroupListing } from './group-lister.js';
import { type GroupMember, membersOf } from './group-members.js';
import { type OffsetsAtTime, type PartitionOffsets, partitionKey } from './group-offset-plan.js';
import { askCoordinator, type CommittedOffset, fetchCommitted, isCommitted } from './group-offsets.js';
import { readEnds } from './partition-ends.js';
import { readOnlyProfile } from './read-only-profile.js';

interface GroupMembership {
  readonly groupId: string;
  /** `Dead`: it does not exist. */
  readonly state: string;
  readonly members: readonly GroupMember[];
}

/** A group, and every partition of the topics that it has offsets or assignments of. */
export interface GroupReading extends GroupMembership {
  readonly partitions: readonly PartitionOffsets[];
}

/** A partition whose leader can't be asked. */
export interface UnknownPartition extends Pick<PartitionOffsets, 'topic' | 'partition' | 'committedOffset'> {
  readonly lowOffset: null;
  readonly highWatermark: null;
  readonly unknown: ErrorReport;
}

/** The same as far as it is known. */
export interface GroupLook extends GroupMembership {
  readonly partitions: readonly (PartitionOffsets | UnknownPartition)[];
}

/**
 * Reads consumer groups and changes the offsets of those that nobody is in. Every call ends within its deadline and
 * rejects with a ResonanceError of a `KAFKA_` code.
 */
export class GroupAdmin {
  readonly #connection: AdminConnection;
  readonly #reader: ClusterReader;
  readonly #clock: Clock;
  readonly #lister: GroupLister;
  readonly #coordinator: GroupCoordinator;
  readonly #readOnly: boolean;

  constructor(options: AdminConnectionOptions) {
    const logger = options.logger.child('groups');
    this.#connection = new AdminConnection({ ...options, logger });
    this.#reader = new ClusterReader({ ...options, logger });
    this.#clock = options.clock;
    this.#lister = new GroupLister(options.clock);
    this.#coordinator = new GroupCoordinator({ ...options, logger });
    this.#readOnly = options.connection.readOnly ?? false;
  }

  /** Tells clusters apart. */
  clusterId(): Promise<string> {
    return this.#reader.run('reading the cluster metadata', async ({ metadata }) => metadata.clusterId);
  }

  /** All consumer groups by name; those whose coordinator can't be asked as far as they were seen before. */
  list(): Promise<GroupListing[]> {
    return this.#reader.run('listing groups', (questions) => this.#lister.list(questions));
  }

  /** @param alsoTopics topics to look at although the group has nothing to do with them yet; those that do not exist are left out */
  look(groupId: string, alsoTopics: readonly string[] = []): Promise<GroupLook> {
    return this.#reader.run(`describing the group ${groupId}`, async (questions) => {
      const existing = new Set(questions.metadata.topics.map(({ name }) => name));
      const { group, committed } = await askCoordinator(questions, groupId, this.#clock, async (broker) => ({
        group: (await broker.describeGroups({ groupIds: [groupId] })).groups[0],
        committed: (await fetchCommitted(broker, groupId, [])).filter(isCommitted),
      }));
      const members = membersOf(group);
      const topics = [
        ...committed.map(({ topic }) => topic),
        ...members.flatMap(({ assignment }) => assignment.map(({ topic }) => topic)),
        ...alsoTopics,
      ].filter((topic) => existing.has(topic));
      const ends = await readEnds(questions, new Set(topics));
      const offsets = new Map(committed.map((entry) => [partitionKey(entry), entry.offset]));
      const partitions = questions.metadata.topics
        .filter(({ name }) => topics.includes(name))
        .flatMap(({ name, partitions: ids }) =>
          ids.map(({ partitionId }) => ({ topic: name, partition: partitionId })),
        )
        .sort(byPlace)
        .flatMap((place): (PartitionOffsets | UnknownPartition)[] => {
          const key = partitionKey(place);
          const end = ends.get(key);
          const common = { ...place, committedOffset: offsets.get(key) ?? null };
          if (end === undefined) return [];
          if (!(end instanceof ResonanceError)) return [{ ...end, ...common }];
          return [{ ...common, lowOffset: null, highWatermark: null, unknown: toErrorReport(end) }];
        });
      return { groupId, state: group?.state ?? 'Dead', members, partitions };
    });
  }

  /** The whole of {@link look}. @throws ResonanceError also when the leader of one of the partitions can't be asked */
  async read(groupId: string, alsoTopics: readonly string[] = []): Promise<GroupReading> {
    const look = await this.look(groupId, alsoTopics);
    return { ...look, partitions: look.partitions.map(known) };
  }

  /** Where each partition has its first record of that time or later. */
  offsetsAt(topics: readonly string[], atMs: number): Promise<OffsetsAtTime> {
    return this.#connection.run('looking up offsets by time', async (admin) => {
      const found = new Map<string, string | null>();
      for (const topic of topics) {
        // Without a record of that time kafkajs answers the end, which may have moved on by the time of our own look.
        const ends = await admin.fetchTopicOffsets(topic);
        for (const { partition, offset } of await admin.fetchTopicOffsetsByTimestamp(topic, atMs)) {
          const end = ends.find((entry) => entry.partition === partition)?.high ?? offset;
          const isAtEnd = BigInt(offset) >= BigInt(end);
          found.set(partitionKey({ topic, partition }), isAtEnd ? null : offset);
        }
      }
      return found;
    });
  }

  /** Whether the cluster can take a committed offset back to "none committed". */
  canForget(groupId: string): Promise<boolean> {
    return this.#coordinator.canForget(groupId);
  }

  /**
   * Commits the offsets (null: forgets them) of a group that nobody is in.
   *
   * @throws ResonanceError `KAFKA_GROUP_NOT_EMPTY`, also when somebody joined a moment ago; `PROFILE_READ_ONLY`
   */
  async changeOffsets(groupId: string, changes: readonly OffsetChange[]): Promise<void> {
    if (this.#readOnly) throw readOnlyProfile(`changing the offsets of ${groupId}`);
    const { state, members } = await this.#describe(groupId);
    if (!isGroupIdle(state)) throw groupNotEmpty(groupId, members);
    await this.#coordinator.change(groupId, changes);
  }

  /** Ends the connections; idempotent, never rejects. */
  close(): Promise<void> {
    this.#reader.close();
    return this.#connection.close();
  }

  #describe(groupId: string): Promise<Pick<GroupReading, 'state' | 'members'>> {
    return this.#reader.run(`describing the group ${groupId}`, async (questions) => {
      const group = await askCoordinator(questions, groupId, this.#clock, async (broker) => {
        return (await broker.describeGroups({ groupIds: [groupId] })).groups[0];
      });
      return { state: group?.state ?? 'Dead', members: membersOf(group) };
    });
  }
}

type Place = Pick<CommittedOffset, 'topic' | 'partition'>;

function byPlace(left: Place, right: Place): number {
  if (left.topic === right.topic) return left.partition - right.partition;
  return left.topic < right.topic ? -1 : 1;
}

function known(partition: PartitionOffsets | UnknownPartition): PartitionOffsets {
  if (!('unknown' in partition)) return partition;
  const { code, message, retriable, hint } = partition.unknown;
  throw new ResonanceError(code, `${partitionKey(partition)}: ${message}`, {
    retriable,
    ...(hint === undefined ? {} : { hint }),
  });
}
