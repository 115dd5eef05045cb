import type { GroupDescription } from 'kafkajs';
import type { Clock } from '../../shared/clock.js';
import { type ErrorReport, ResonanceError, toErrorReport } from '../../shared/errors.js';
import type { BrokerQuestions } from './cluster-reader.js';
import { partitionKey } from './group-offset-plan.js';
import {
  askCoordinator,
  type CommittedOffset,
  fetchCommitted,
  isCommitted,
  whileGroupsMove,
} from './group-offsets.js';
import type { KafkajsBroker } from './kafkajs-cluster.js';
import { type EndsByPartition, readEnds } from './partition-ends.js';
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

interface SeenGroup {
  readonly groupId: string;
  readonly description: GroupDescription | undefined;
  readonly committed: readonly CommittedOffset[];
  readonly unknown?: ErrorReport;
  /** Monotonic; since when its coordinator says that there is no such group, though there was. */
  readonly deniedSinceMs?: number;
}

/** A new coordinator denies groups for a moment, before it begins to read them. */
const denialBelievedMs = 15_000;

/** Groups of a broker whose offsets a list looks into; of the rest it tells state and members. */
const groupsMeasured = 100;

/**
 * Lists the groups of a cluster: each broker knows those that it coordinates. One that can't be asked, or whose groups are on
 * their way to another, must not make a group vanish from the list: what was seen of it is remembered.
 */
export class GroupLister {
  readonly #clock: Clock;
  /** By broker: the groups that it coordinated when it last answered. */
  readonly #seen = new Map<number, readonly SeenGroup[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** By name. @throws ResonanceError when a broker can't be asked that never was */
  async list(questions: BrokerQuestions): Promise<GroupListing[]> {
    const groups = await this.#read(questions);
    const topics = new Set(groups.flatMap(({ committed }) => committed.map(({ topic }) => topic)));
    const ends = await readEnds(questions, topics);
    return groups
      .sort((left, right) => (left.groupId < right.groupId ? -1 : 1))
      .map((group) => listingOf(group, ends));
  }

  async #read(questions: BrokerQuestions): Promise<SeenGroup[]> {
    const { metadata } = questions;
    const existing = new Set(metadata.topics.map(({ name }) => name));
    const answers = await Promise.all(
      [...metadata.brokers.keys()].map((nodeId) => this.#askBroker(questions, nodeId, existing)),
    );
    const groups = new Map<string, SeenGroup>();
    for (const group of answers.flat()) {
      // One that has moved is known by its new coordinator.
      if (group.unknown === undefined || !groups.has(group.groupId)) groups.set(group.groupId, group);
    }
    for (const group of await this.#leftBehind(questions, groups, existing)) groups.set(group.groupId, group);
    return [...groups.values()];
  }

  async #askBroker(
    { ask }: BrokerQuestions,
    nodeId: number,
    existing: ReadonlySet<string>,
  ): Promise<readonly SeenGroup[]> {
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
  }

  /** Groups of brokers that are gone, which no other one lists (yet). */
  async #leftBehind(
    questions: BrokerQuestions,
    listed: ReadonlyMap<string, SeenGroup>,
    existing: ReadonlySet<string>,
  ): Promise<SeenGroup[]> {
    const gone = [...this.#seen.keys()].filter((nodeId) => !questions.metadata.brokers.has(nodeId));
    const groups = await Promise.all(
      gone.map(async (nodeId) => {
        const left = (this.#seen.get(nodeId) ?? []).filter(({ groupId }) => !listed.has(groupId));
        const found = await Promise.all(left.map((group) => this.#find(questions, group, existing)));
        const remaining = found.filter((group) => group !== null);
        this.#seen.set(nodeId, remaining);
        return remaining;
      }),
    );
    return groups.flat();
  }

  /** Null: it is no more. */
  async #find(
    questions: BrokerQuestions,
    group: SeenGroup,
    existing: ReadonlySet<string>,
  ): Promise<SeenGroup | null> {
    const { groupId } = group;
    try {
      const [found] = await askCoordinator(questions, groupId, this.#clock, (broker) =>
        readGroups(broker, [groupId], existing),
      );
      const isThere =
        found !== undefined && (found.description?.state !== 'Dead' || found.committed.length > 0);
      if (isThere) return found;
      const nowMs = this.#clock.monotonicMs();
      const { deniedSinceMs = nowMs } = group;
      if (nowMs - deniedSinceMs > denialBelievedMs) return null;
      return { ...group, deniedSinceMs, unknown: toErrorReport(notRead()) };
    } catch (error) {
      return { ...group, unknown: toErrorReport(error) };
    }
  }
}

function notRead(): ResonanceError {
  return new ResonanceError(
    'KAFKA_UNREACHABLE',
    'its coordinator is gone, and the next one does not know it yet',
    {
      retriable: true,
      hint: 'It takes a moment.',
    },
  );
}

/** The groups that this broker coordinates. */
async function groupsOf(broker: KafkajsBroker, existing: ReadonlySet<string>): Promise<SeenGroup[]> {
  const { groups } = await broker.listGroups();
  const groupIds = groups
    .filter(({ protocolType }) => protocolType === 'consumer' || protocolType === '')
    .map(({ groupId }) => groupId)
    .sort();
  return readGroups(broker, groupIds, existing);
}

async function readGroups(
  broker: KafkajsBroker,
  groupIds: readonly string[],
  existing: ReadonlySet<string>,
): Promise<SeenGroup[]> {
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
