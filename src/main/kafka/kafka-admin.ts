import type { Clock } from '../../shared/clock.js';
import { describeError, ResonanceError } from '../../shared/errors.js';
import type { TopicDifference, TopicView } from '../../shared/feed.js';
import type { Logger } from '../../shared/logger.js';
import { AdminConnection, type AdminConnectionOptions } from './admin-connection.js';
import { type BrokerQuestions, ClusterReader, type TopicMetadata } from './cluster-reader.js';
import { createTopics } from './create-topics.js';
import { type GroupMember, membersOf } from './group-members.js';
import { askCoordinator, fetchCommitted } from './group-offsets.js';
import { readEnds } from './partition-ends.js';
import { readOnlyProfile } from './read-only-profile.js';
import type { TopicCatalogue } from './topic-directory.js';
import { compareTopics, type TopicSettings } from './topic-settings.js';
import { type CommittedOffsets, missingTopicView, topicView } from './topic-view.js';
import { translateKafkaError } from './translate-error.js';

export interface GroupView {
  readonly groupId: string;
  /** `Stable`, `Empty`, `PreparingRebalance`, `CompletingRebalance`, `Dead` (it does not exist). */
  readonly state: string;
  readonly members: readonly GroupMember[];
}

export interface ClusterView {
  readonly clusterId: string;
  /** HOST:PORT as the brokers advertise themselves. */
  readonly brokers: readonly string[];
}

export interface KafkaAdminOptions extends AdminConnectionOptions {
  /** Of topics that {@link KafkaAdmin.ensureTopics} creates. Default: the broker's. */
  readonly newTopics?: TopicSettings;
}

export interface DescribeTopicsOptions {
  /** Whose committed offsets and lag to show; only for the topics that it consumes. */
  readonly groupId?: string;
  readonly consumedTopics?: readonly string[];
  /** What the settings use a topic for, by its name. */
  readonly roles?: Readonly<Record<string, string>>;
}

/**
 * Topics, groups and offsets of a cluster. Connects when asked something, disconnects when idle; every call ends
 * within its deadline and rejects with a {@link ResonanceError} of a `KAFKA_` code.
 */
export class KafkaAdmin implements TopicCatalogue {
  readonly #connection: AdminConnection;
  readonly #reader: ClusterReader;
  readonly #newTopics: TopicSettings;
  readonly #readOnly: boolean;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(options: KafkaAdminOptions) {
    this.#clock = options.clock;
    this.#logger = options.logger.child('admin');
    this.#connection = new AdminConnection({ ...options, logger: this.#logger });
    this.#reader = new ClusterReader({ ...options, logger: this.#logger });
    this.#newTopics = options.newTopics ?? {};
    this.#readOnly = options.connection.readOnly ?? false;
  }

  describeCluster(): Promise<ClusterView> {
    return this.#reader.run('reading the cluster metadata', async ({ metadata }) => {
      return { clusterId: metadata.clusterId, brokers: [...metadata.brokers.values()] };
    });
  }

  /** Names of all topics, internal ones (`__consumer_offsets`) left out, sorted. */
  async listTopics(): Promise<string[]> {
    const topics = await this.#reader.run('listing topics', async ({ metadata }) => metadata.topics);
    return namesOf(topics);
  }

  /**
   * Partitions, watermarks, committed offsets and lag of each, and what those with a role have other than this node would
   * give them. Topics that do not exist come back as such; what only a broker knows that can't be asked is unknown, with the
   * reason, and the rest is shown.
   *
   * @param names undefined: all topics but internal ones, and those with a role
   */
  describeTopics(
    names: readonly string[] | undefined,
    options: DescribeTopicsOptions = {},
  ): Promise<TopicView[]> {
    const { groupId, consumedTopics = [], roles = {} } = options;
    const doing = names === undefined ? 'describing the topics' : `describing ${names.join(', ')}`;
    return this.#reader.run(doing, async (questions) => {
      const { topics } = questions.metadata;
      const wanted = new Set(names ?? [...Object.keys(roles), ...namesOf(topics)]);
      const existing = topics.filter(({ name }) => wanted.has(name));
      const consumed = existing.filter(({ name }) => consumedTopics.includes(name));
      const ours = existing.filter(({ name }) => roles[name] !== undefined);
      const [differences, ends, committed] = await Promise.all([
        this.#compare(questions, ours).catch((error: unknown) => {
          // Their settings may be nothing that this user may see: no reason to show nothing of them.
          this.#logger.debug(`topics not compared with the settings: ${describeError(error)}`);
          return noDifferences;
        }),
        readEnds(questions, new Set(existing.map(({ name }) => name))),
        groupId === undefined ? undefined : this.#committed(questions, groupId, consumed),
      ]);
      return [...wanted].map((name) => {
        const role = roles[name] ?? null;
        const metadata = existing.find((topic) => topic.name === name);
        if (metadata === undefined) return missingTopicView(name, role);
        return topicView({
          metadata,
          role,
          ends,
          committed: consumed.includes(metadata) ? committed?.(name) : undefined,
          differences: differences.get(name) ?? [],
        });
      });
    });
  }

  /** @throws ResonanceError `KAFKA_TOPIC_EXISTS` too */
  async createTopic(name: string, settings: TopicSettings = this.#newTopics): Promise<void> {
    if (this.#readOnly) throw readOnlyProfile(`creating the topic ${name}`);
    await this.#connection.run(`creating the topic ${name}`, async (admin) => {
      const created = await createTopics(admin, [topicConfig(name, settings)], this.#clock, this.#canBeUsed);
      // kafkajs swallows TOPIC_ALREADY_EXISTS and answers false.
      if (!created) {
        throw new ResonanceError('KAFKA_TOPIC_EXISTS', `the topic ${name} exists already`, {
          hint: 'Choose another name, or use the existing topic.',
        });
      }
    });
  }

  async deleteTopics(names: readonly string[]): Promise<void> {
    if (this.#readOnly) throw readOnlyProfile(`deleting ${names.join(', ')}`);
    await this.#connection.run(`deleting ${names.join(', ')}`, (admin) =>
      admin.deleteTopics({ topics: [...names] }),
    );
  }

  async ensureTopics(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const doing = `looking up ${names.join(', ')}`;
    let present = await this.#partitionCounts(doing, names);
    const missing = names.filter((name) => !present.has(name));
    if (missing.length === 0 || this.#readOnly) return present;
    try {
      await this.#connection.run(doing, async (admin) => {
        // Somebody else may create them at the same moment: kafkajs answers false, which is as good.
        const topics = missing.map((name) => topicConfig(name, this.#newTopics));
        await createTopics(admin, topics, this.#clock, this.#canBeUsed);
      });
      return await this.#partitionCounts(doing, names);
    } catch (error) {
      // Those that are there must not suffer from one that can't be.
      present = await this.#partitionCounts(doing, names);
      if (present.size === 0) throw error;
      this.#logger.warn(`not all of ${missing.join(', ')} could be created: ${describeError(error)}`);
      return present;
    }
  }

  /** What of these topics differs from what this node would create them with, by name; those that are missing are left out. */
  compareTopics(names: readonly string[]): Promise<ReadonlyMap<string, readonly TopicDifference[]>> {
    return this.#reader.run(`comparing ${names.join(', ')}`, (questions) =>
      this.#compare(
        questions,
        questions.metadata.topics.filter(({ name }) => names.includes(name)),
      ),
    );
  }

  /** Ids of all consumer groups, sorted. */
  async listGroups(): Promise<string[]> {
    const { groups } = await this.#connection.run('listing groups', (admin) => admin.listGroups());
    return groups.map(({ groupId }) => groupId).sort();
  }

  describeGroup(groupId: string): Promise<GroupView> {
    return this.#reader.run(`describing the group ${groupId}`, async (questions) => {
      const { groups } = await askCoordinator(questions, groupId, this.#clock, (broker) =>
        broker.describeGroups({ groupIds: [groupId] }),
      );
      return { groupId, state: groups[0]?.state ?? 'Dead', members: membersOf(groups[0]) };
    });
  }

  /** A group that does not exist counts as deleted. @throws ResonanceError `KAFKA_GROUP_NOT_EMPTY` too */
  async deleteGroup(groupId: string): Promise<void> {
    if (this.#readOnly) throw readOnlyProfile(`deleting the group ${groupId}`);
    await this.#connection.run(`deleting the group ${groupId}`, async (admin) => {
      try {
        await admin.deleteGroups([groupId]);
      } catch (error) {
        const reason = groupReason(error);
        if (reason.type !== 'GROUP_ID_NOT_FOUND') throw reason;
      }
    });
  }

  /** Ends the connections; idempotent, never rejects. */
  close(): Promise<void> {
    this.#reader.close();
    return this.#connection.close();
  }

  /** Of those of the topics that exist. */
  #partitionCounts(doing: string, names: readonly string[]): Promise<Map<string, number>> {
    return this.#reader.run(doing, async ({ metadata }) => {
      const existing = metadata.topics.filter(({ name }) => names.includes(name));
      return new Map(existing.map(({ name, partitions }) => [name, partitions.length]));
    });
  }

  readonly #canBeUsed = (names: readonly string[]): Promise<boolean> =>
    this.#reader.run(`waiting for ${names.join(', ')}`, async (questions) => {
      const topics = questions.metadata.topics.filter(({ name }) => names.includes(name));
      if (topics.length < names.length || topics.some(({ partitions }) => partitions.length === 0))
        return false;
      const ends = await readEnds(questions, new Set(names));
      return [...ends.values()].every((end) => !(end instanceof ResonanceError));
    });

  #compare(
    { askAny }: BrokerQuestions,
    topics: readonly TopicMetadata[],
  ): Promise<ReadonlyMap<string, readonly TopicDifference[]>> {
    return askAny((broker) => compareTopics(broker, this.#newTopics, topics));
  }

  /** By topic. Never rejects. */
  async #committed(
    questions: BrokerQuestions,
    groupId: string,
    topics: readonly TopicMetadata[],
  ): Promise<(topic: string) => CommittedOffsets> {
    if (topics.length === 0) return () => new Map();
    const asked = topics.map(({ name, partitions }) => ({
      topic: name,
      partitions: partitions.map(({ partitionId }) => ({ partition: partitionId })),
    }));
    try {
      const offsets = await askCoordinator(questions, groupId, this.#clock, (broker) =>
        fetchCommitted(broker, groupId, asked),
      );
      return (topic) =>
        new Map(
          offsets
            .filter((entry) => entry.topic === topic)
            .map(({ partition, offset }) => [partition, offset]),
        );
    } catch (error) {
      const { code, message, retriable, hint } = translateKafkaError(error, groupId, '');
      const reason = new ResonanceError(code, `the coordinator of ${groupId} can’t be asked (${message})`, {
        retriable,
        ...(hint === undefined ? {} : { hint }),
      });
      return () => reason;
    }
  }
}

const noDifferences: ReadonlyMap<string, readonly TopicDifference[]> = new Map();

/** Without internal ones, sorted. */
function namesOf(topics: readonly TopicMetadata[]): string[] {
  return topics
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('__'))
    .sort();
}

/** kafkajs hides the broker's reason in a list of groups. */
function groupReason(error: unknown): Error & { readonly type?: string } {
  const { groups } = error as { groups?: readonly { error?: unknown }[] };
  const reason = groups?.[0]?.error ?? error;
  return reason instanceof Error ? reason : new Error(String(reason));
}

function topicConfig(name: string, settings: TopicSettings) {
  return {
    topic: name,
    numPartitions: settings.partitions ?? -1,
    replicationFactor: settings.replicationFactor ?? -1,
    configEntries: Object.entries(settings.configs ?? {}).map(([key, value]) => ({ name: key, value })),
  };
}
