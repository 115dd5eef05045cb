import type { GroupDescription } from 'kafkajs';
import type { Clock } from '../../shared/clock.js';
import { isGroupIdle } from '../../shared/consumer-groups.js';
import { type ErrorReport, ResonanceError, toErrorReport } from '../../shared/errors.js';
import { AdminConnection, type AdminConnectionOptions } from './admin-connection.js';
import { type BrokerQuestions, ClusterReader } from './cluster-reader.js';
import { GroupCoordinator, groupNotEmpty, type OffsetChange } from './group-coordinator.js';
import { type GroupMember, membersOf } from './group-members.js';
import { type OffsetsAtTime, type PartitionOffsets, partitionKey } from './group-offset-plan.js';
import { askCoordinator, type CommittedOffset, fetchCommitted, whileGroupsMove } from './group-offsets.js';
import type { KafkajsBroker } from './kafkajs-cluster.js';
import { type EndsByPartition, type PartitionEnds, readEnds } from './partition-ends.js';
import { readOnlyProfile } from './read-only-profile.js';
import { lagOf } from './topic-view.js';

/** A group among others. */
export interface GroupListing {
  readonly groupId: string;
  readonly state: string;
  readonly memberCount: number;
  readonly topics: readonly string[];
  /** Null when nothing is committed, it was not looked at, or it is not known. */
  readonly lag: number | null;
  /** Why lag, or all but the name, is not known: whom to ask can't be asked. */
  readonly unknown?: ErrorReport;
}

/** A group, and every partition of the topics that it has offsets or assignments of. */
export interface GroupReading {
  readonly groupId: string;
  /** `Dead`: it does not exist. */
  readonly state: string;
  readonly members: readonly GroupMember[];
  readonly partitions: readonly PartitionOffsets[];
}

/** Groups of a broker whose offsets a list looks into; of the rest it tells state and members. */
const groupsMeasured = 100;

/**
 * Reads consumer groups and changes the offsets of those that nobody is in. Every call ends within its deadline and
 * rejects with a ResonanceError of a `KAFKA_` code.
 */
export class GroupAdmin {
  readonly #connection: AdminConnection;
  readonly #reader: ClusterReader;
  readonly #clock: Clock;
  /** By broker: the groups that it coordinated when it last answered. */
  readonly #seen = new Map<number, readonly SeenGroup[]>();
  readonly #coordinator: GroupCoordinator;
  readonly #readOnly: boolean;

  constructor(options: AdminConnectionOptions) {
    const logger = options.logger.child('groups');
    this.#connection = new AdminConnection({ ...options, logger });
    this.#reader = new ClusterReader({ ...options, logger });
    this.#clock = options.clock;
    this.#coordinator = new GroupCoordinator({ ...options, logger });
    this.#readOnly = options.connection.readOnly ?? false;
  }

  /** Tells clusters apart. */
  clusterId(): Promise<string> {
    return this.#reader.run('reading the cluster metadata', async ({ metadata }) => metadata.clusterId);
  }

  /** All consumer groups by name; those whose coordinator can't be asked as far as they were seen before. */
  list(): Promise<GroupListing[]> {
    return this.#reader.run('listing groups', async (questions) => {
      const readings = (await this.#readGroups(questions)).sort((left, right) =>
        left.groupId < right.groupId ? -1 : 1,
      );
      const topics = new Set(readings.flatMap(({ committed }) => committed.map(({ topic }) => topic)));
      const ends = await readEnds(questions, topics);
      return readings.map((reading) => listingOf(reading, ends));
    });
  }

  /**
   * @param alsoTopics topics to read although the group has nothing to do with them yet; those that do not exist are left out
   * @throws ResonanceError also when one of the partitions can't be asked for
   */
  read(groupId: string, alsoTopics: readonly string[] = []): Promise<GroupReading> {
    return this.#reader.run(`describing the group ${groupId}`, async (questions) => {
      const existing = new Set(questions.metadata.topics.map(({ name }) => name));
      const { group, committed } = await askCoordinator(questions, groupId, this.#clock, async (broker) => ({
        group: (await broker.describeGroups({ groupIds: [groupId] })).groups[0],
        committed: await fetchCommitted(broker, groupId, []),
      }));
      const members = membersOf(group);
      const topics = [
        ...committed.map(({ topic }) => topic),
        ...members.flatMap(({ assignment }) => assignment.map(({ topic }) => topic)),
        ...alsoTopics,
      ].filter((topic) => existing.has(topic));
      const ends = inOrder(await readEnds(questions, new Set(topics)));
      const offsets = new Map(
        committed.filter(isCommitted).map((entry) => [partitionKey(entry), entry.offset]),
      );
      return {
        groupId,
        state: group?.state ?? 'Dead',
        members,
        partitions: ends.map((end) => ({ ...end, committedOffset: offsets.get(partitionKey(end)) ?? null })),
      };
    });
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

  /** Each broker lists the groups that it coordinates. */
  async #readGroups(questions: BrokerQuestions): Promise<SeenGroup[]> {
    const { metadata, ask } = questions;
    const existing = new Set(metadata.topics.map(({ name }) => name));
    const answers = await Promise.all(
      [...metadata.brokers.keys()].map(async (nodeId): Promise<SeenGroup[]> => {
        try {
          const groups = await whileGroupsMove(this.#clock, () =>
            ask(nodeId, (broker) => groupsOf(broker, existing)),
          );
          this.#seen.set(nodeId, groups);
          return groups;
        } catch (error) {
          const seen = this.#seen.get(nodeId);
          // A list that leaves out groups of which nothing was ever seen would be taken for the whole.
          if (seen === undefined) throw error;
          return seen.map((group) => ({ ...group, unknown: toErrorReport(error) }));
        }
      }),
    );
    const groups = new Map<string, SeenGroup>();
    for (const group of answers.flat()) {
      // One that has moved is known by its new coordinator.
      if (group.unknown === undefined || !groups.has(group.groupId)) groups.set(group.groupId, group);
    }
    return [...groups.values()];
  }
}

interface SeenGroup {
  readonly groupId: string;
  readonly description: GroupDescription | undefined;
  readonly committed: readonly CommittedOffset[];
  readonly unknown?: ErrorReport;
}

/** The groups that this broker coordinates. */
async function groupsOf(broker: KafkajsBroker, existing: ReadonlySet<string>): Promise<SeenGroup[]> {
  const { groups: listed } = await broker.listGroups();
  const groupIds = listed
    .filter(({ protocolType }) => protocolType === 'consumer' || protocolType === '')
    .map(({ groupId }) => groupId)
    .sort();
  if (groupIds.length === 0) return [];
  const { groups } = await broker.describeGroups({ groupIds });
  const descriptions = new Map(groups.map((group) => [group.groupId, group]));
  return Promise.all(
    groupIds.map(async (groupId, index) => {
      const committed = index < groupsMeasured ? await fetchCommitted(broker, groupId, []) : [];
      return {
        groupId,
        description: descriptions.get(groupId),
        // Of topics that were deleted there is nothing to tell.
        committed: committed.filter((entry) => isCommitted(entry) && existing.has(entry.topic)),
      };
    }),
  );
}

function isCommitted({ offset }: CommittedOffset): boolean {
  return Number(offset) >= 0;
}

/** By topic and partition, in that order. @throws ResonanceError why one can't be asked for */
function inOrder(ends: EndsByPartition): PartitionEnds[] {
  const known = [...ends.values()].map((end) => {
    if (end instanceof ResonanceError) throw end;
    return end;
  });
  return known.sort((left, right) =>
    left.topic === right.topic ? left.partition - right.partition : left.topic < right.topic ? -1 : 1,
  );
}

function listingOf(
  { groupId, description, committed, unknown }: SeenGroup,
  ends: EndsByPartition,
): GroupListing {
  const topics = [...new Set(committed.map(({ topic }) => topic))].sort();
  if (unknown !== undefined) return { groupId, state: 'Unknown', memberCount: 0, topics, lag: null, unknown };
  const common = {
    groupId,
    state: description?.state ?? 'Dead',
    memberCount: description?.members.length ?? 0,
  };
  let lag = committed.length === 0 ? null : 0;
  for (const entry of committed) {
    const end = ends.get(partitionKey(entry));
    if (end instanceof ResonanceError) return { ...common, topics, lag: null, unknown: toErrorReport(end) };
    if (end !== undefined) lag = (lag ?? 0) + lagOf(end.lowOffset, end.highWatermark, entry.offset);
  }
  return { ...common, topics, lag };
}
