import type { Admin, GroupDescription } from 'kafkajs';
import { isGroupIdle } from '../../shared/consumer-groups.js';
import { AdminConnection, type AdminConnectionOptions } from './admin-connection.js';
import { GroupCoordinator, groupNotEmpty, type OffsetChange } from './group-coordinator.js';
import { type GroupMember, membersOf } from './group-members.js';
import { type OffsetsAtTime, type PartitionOffsets, partitionKey } from './group-offset-plan.js';
import { readOnlyError } from './read-only-guard.js';
import { lagOf } from './topic-view.js';

/** A group among others. */
export interface GroupListing {
  readonly groupId: string;
  readonly state: string;
  readonly memberCount: number;
  readonly topics: readonly string[];
  /** Null when nothing is committed, or it was not looked at. */
  readonly lag: number | null;
}

/** A group, and every partition of the topics that it has offsets or assignments of. */
export interface GroupReading {
  readonly groupId: string;
  /** `Dead`: it does not exist. */
  readonly state: string;
  readonly members: readonly GroupMember[];
  readonly partitions: readonly PartitionOffsets[];
}

/** Groups whose offsets a list looks into; of the rest it tells state and members. */
const groupsMeasured = 100;

/**
 * Reads consumer groups and changes the offsets of those that nobody is in. Every call ends within its deadline and
 * rejects with a ResonanceError of a `KAFKA_` code.
 */
export class GroupAdmin {
  readonly #connection: AdminConnection;
  readonly #coordinator: GroupCoordinator;
  readonly #readOnly: boolean;

  constructor(options: AdminConnectionOptions) {
    const logger = options.logger.child('groups');
    this.#connection = new AdminConnection({ ...options, logger });
    this.#coordinator = new GroupCoordinator({ ...options, logger });
    this.#readOnly = options.connection.readOnly ?? false;
  }

  /** Tells clusters apart. */
  clusterId(): Promise<string> {
    return this.#connection.run('reading the cluster metadata', async (admin) => {
      return (await admin.describeCluster()).clusterId;
    });
  }

  /** All consumer groups by name. */
  list(): Promise<GroupListing[]> {
    return this.#connection.run('listing groups', async (admin) => {
      const listed = (await admin.listGroups()).groups.filter(
        ({ protocolType }) => protocolType === 'consumer' || protocolType === '',
      );
      const groupIds = [...new Set(listed.map(({ groupId }) => groupId))].sort();
      if (groupIds.length === 0) return [];
      const { groups } = await admin.describeGroups(groupIds);
      const descriptions = new Map(groups.map((group) => [group.groupId, group]));
      const existing = new Set(await admin.listTopics());
      const committed = await Promise.all(
        groupIds.slice(0, groupsMeasured).map(async (groupId) => {
          return [groupId, await committedOffsets(admin, groupId, existing)] as const;
        }),
      );
      const offsetsByGroup = new Map(committed);
      const topics = new Set(committed.flatMap(([, offsets]) => offsets.map(({ topic }) => topic)));
      const ends = await watermarksOf(admin, topics);
      return groupIds.map((groupId) =>
        listingOf(groupId, descriptions.get(groupId), offsetsByGroup.get(groupId) ?? [], ends),
      );
    });
  }

  /** @param alsoTopics topics to read although the group has nothing to do with them yet; those that do not exist are left out */
  read(groupId: string, alsoTopics: readonly string[] = []): Promise<GroupReading> {
    return this.#connection.run(`describing the group ${groupId}`, async (admin) => {
      const { groups } = await admin.describeGroups([groupId]);
      const members = membersOf(groups[0]);
      const existing = new Set(await admin.listTopics());
      const committed = await committedOffsets(admin, groupId, existing);
      const topics = new Set([
        ...committed.map(({ topic }) => topic),
        ...members.flatMap(({ assignment }) => assignment.map(({ topic }) => topic)),
        ...alsoTopics,
      ]);
      const ends = await watermarksOf(admin, new Set([...topics].filter((topic) => existing.has(topic))));
      const offsets = new Map(committed.map((entry) => [partitionKey(entry), entry.offset]));
      return {
        groupId,
        state: groups[0]?.state ?? 'Dead',
        members,
        partitions: [...ends.values()].map((end) => ({
          ...end,
          committedOffset: offsets.get(partitionKey(end)) ?? null,
        })),
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
    if (this.#readOnly) throw readOnlyError(`changing the offsets of ${groupId}`);
    const { state, members } = await this.#describe(groupId);
    if (!isGroupIdle(state)) throw groupNotEmpty(groupId, members);
    await this.#coordinator.change(groupId, changes);
  }

  /** Ends the connection; idempotent, never rejects. */
  close(): Promise<void> {
    return this.#connection.close();
  }

  #describe(groupId: string): Promise<Pick<GroupReading, 'state' | 'members'>> {
    return this.#connection.run(`describing the group ${groupId}`, async (admin) => {
      const { groups } = await admin.describeGroups([groupId]);
      return { state: groups[0]?.state ?? 'Dead', members: membersOf(groups[0]) };
    });
  }
}

interface CommittedOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

type Watermarks = ReadonlyMap<string, Omit<PartitionOffsets, 'committedOffset'>>;

/** Without topics that were deleted meanwhile: kafkajs fails on those as a whole. */
async function committedOffsets(
  admin: Admin,
  groupId: string,
  existing: ReadonlySet<string>,
): Promise<CommittedOffset[]> {
  const answer = await admin.fetchOffsets({ groupId });
  return answer
    .filter(({ topic }) => existing.has(topic))
    .flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset }) => ({ topic, partition, offset })),
    )
    .filter(({ offset }) => Number(offset) >= 0);
}

/** By topic and partition, in that order. */
async function watermarksOf(admin: Admin, topics: ReadonlySet<string>): Promise<Watermarks> {
  const names = [...topics].sort();
  const answers = await Promise.all(names.map((topic) => admin.fetchTopicOffsets(topic)));
  return new Map(
    answers.flatMap((partitions, index) => {
      const topic = names[index] ?? '';
      return partitions
        .map(({ partition, low, high }) => ({ topic, partition, lowOffset: low, highWatermark: high }))
        .sort((left, right) => left.partition - right.partition)
        .map((entry) => [partitionKey(entry), entry] as const);
    }),
  );
}

function listingOf(
  groupId: string,
  group: GroupDescription | undefined,
  committed: readonly CommittedOffset[],
  ends: Watermarks,
): GroupListing {
  let lag = committed.length === 0 ? null : 0;
  for (const entry of committed) {
    const end = ends.get(partitionKey(entry));
    if (end !== undefined) lag = (lag ?? 0) + lagOf(end.lowOffset, end.highWatermark, entry.offset);
  }
  return {
    groupId,
    state: group?.state ?? 'Dead',
    memberCount: group?.members.length ?? 0,
    topics: [...new Set(committed.map(({ topic }) => topic))].sort(),
    lag,
  };
}
