import type { Admin, ITopicMetadata, SeekEntry } from 'kafkajs';
import type { Clock } from '../../shared/clock.js';
import { describeError, ResonanceError } from '../../shared/errors.js';
import type { TopicDifference, TopicView } from '../../shared/feed.js';
import type { Logger } from '../../shared/logger.js';
import { AdminConnection, type AdminConnectionOptions } from './admin-connection.js';
import { joinAddress } from './broker-handshake.js';
import { createTopics } from './create-topics.js';
import { type GroupMember, membersOf } from './group-members.js';
import { readOnlyError } from './read-only-guard.js';
import type { TopicCatalogue } from './topic-directory.js';
import { compareTopics, type TopicSettings } from './topic-settings.js';
import { missingTopicView, topicView } from './topic-view.js';

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
  readonly #newTopics: TopicSettings;
  readonly #readOnly: boolean;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(options: KafkaAdminOptions) {
    this.#clock = options.clock;
    this.#logger = options.logger.child('admin');
    this.#connection = new AdminConnection({ ...options, logger: this.#logger });
    this.#newTopics = options.newTopics ?? {};
    this.#readOnly = options.connection.readOnly ?? false;
  }

  describeCluster(): Promise<ClusterView> {
    return this.#connection.run('reading the cluster metadata', async (admin) => {
      const { clusterId, brokers } = await admin.describeCluster();
      return { clusterId, brokers: brokers.map(({ host, port }) => joinAddress(host, port)) };
    });
  }

  /** Names of all topics, internal ones (`__consumer_offsets`) left out, sorted. */
  async listTopics(): Promise<string[]> {
    const names = await this.#connection.run('listing topics', (admin) => admin.listTopics());
    return names.filter((name) => !name.startsWith('__')).sort();
  }

  /**
   * Partitions, watermarks, committed offsets and lag of each, and what those with a role have other than this node would
   * give them. Topics that do not exist come back as such.
   */
  describeTopics(names: readonly string[], options: DescribeTopicsOptions = {}): Promise<TopicView[]> {
    const { groupId, consumedTopics = [], roles = {} } = options;
    return this.#connection.run(`describing ${names.join(', ')}`, async (admin) => {
      const existing = new Set(await admin.listTopics());
      const wanted = names.filter((name) => existing.has(name));
      const { topics } = await metadataOf(admin, wanted);
      const consumed = wanted.filter((name) => consumedTopics.includes(name));
      const ours = topics.filter(({ name }) => roles[name] !== undefined);
      const [differences, watermarks, committed] = await Promise.all([
        compareTopics(admin, this.#newTopics, ours).catch((error: unknown) => {
          // Their settings may be nothing that this user may see: no reason to show nothing of them.
          this.#logger.debug(`topics not compared with the settings: ${describeError(error)}`);
          return noDifferences;
        }),
        Promise.all(wanted.map(async (name) => [name, await admin.fetchTopicOffsets(name)] as const)),
        groupId === undefined
          ? new Map<string, readonly SeekEntry[]>()
          : committedOffsets(admin, groupId, consumed),
      ]);
      const offsets = new Map(watermarks);
      return names.map((name) => {
        const role = roles[name] ?? null;
        const metadata = topics.find((topic) => topic.name === name);
        if (metadata === undefined) return missingTopicView(name, role);
        return topicView({
          metadata,
          role,
          offsets: offsets.get(name) ?? [],
          committed: committed.get(name),
          differences: differences.get(name) ?? [],
        });
      });
    });
  }

  /** @throws ResonanceError `KAFKA_TOPIC_EXISTS` too */
  async createTopic(name: string, settings: TopicSettings = this.#newTopics): Promise<void> {
    if (this.#readOnly) throw readOnlyError(`creating the topic ${name}`);
    await this.#connection.run(`creating the topic ${name}`, async (admin) => {
      const created = await createTopics(admin, [topicConfig(name, settings)], this.#clock);
      // kafkajs swallows TOPIC_ALREADY_EXISTS and answers false.
      if (!created) {
        throw new ResonanceError('KAFKA_TOPIC_EXISTS', `the topic ${name} exists already`, {
          hint: 'Choose another name, or use the existing topic.',
        });
      }
    });
  }

  async deleteTopics(names: readonly string[]): Promise<void> {
    if (this.#readOnly) throw readOnlyError(`deleting ${names.join(', ')}`);
    await this.#connection.run(`deleting ${names.join(', ')}`, (admin) =>
      admin.deleteTopics({ topics: [...names] }),
    );
  }

  async ensureTopics(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#connection.run(`looking up ${names.join(', ')}`, async (admin) => {
      let present = await existingOf(admin, names);
      const missing = names.filter((name) => !present.includes(name));
      if (missing.length > 0 && !this.#readOnly) {
        try {
          // Somebody else may create them at the same moment: kafkajs answers false, which is as good.
          const topics = missing.map((name) => topicConfig(name, this.#newTopics));
          await createTopics(admin, topics, this.#clock);
          present = names;
        } catch (error) {
          // Those that are there must not suffer from one that can't be.
          present = await existingOf(admin, names);
          if (present.length === 0) throw error;
          this.#logger.warn(`not all of ${missing.join(', ')} could be created: ${describeError(error)}`);
        }
      }
      // Asking for one missing topic would fail for all of them.
      const { topics } = await metadataOf(admin, present);
      return new Map(topics.map((topic) => [topic.name, topic.partitions.length]));
    });
  }

  /** What of these topics differs from what this node would create them with, by name; those that are missing are left out. */
  compareTopics(names: readonly string[]): Promise<ReadonlyMap<string, readonly TopicDifference[]>> {
    return this.#connection.run(`comparing ${names.join(', ')}`, async (admin) => {
      const { topics } = await metadataOf(admin, await existingOf(admin, names));
      return compareTopics(admin, this.#newTopics, topics);
    });
  }

  /** Ids of all consumer groups, sorted. */
  async listGroups(): Promise<string[]> {
    const { groups } = await this.#connection.run('listing groups', (admin) => admin.listGroups());
    return groups.map(({ groupId }) => groupId).sort();
  }

  describeGroup(groupId: string): Promise<GroupView> {
    return this.#connection.run(`describing the group ${groupId}`, async (admin) => {
      const { groups } = await admin.describeGroups([groupId]);
      const group = groups[0];
      return {
        groupId,
        state: group?.state ?? 'Dead',
        members: membersOf(group),
      };
    });
  }

  /** A group that does not exist counts as deleted. @throws ResonanceError `KAFKA_GROUP_NOT_EMPTY` too */
  async deleteGroup(groupId: string): Promise<void> {
    if (this.#readOnly) throw readOnlyError(`deleting the group ${groupId}`);
    await this.#connection.run(`deleting the group ${groupId}`, async (admin) => {
      try {
        await admin.deleteGroups([groupId]);
      } catch (error) {
        const reason = groupReason(error);
        if (reason.type !== 'GROUP_ID_NOT_FOUND') throw reason;
      }
    });
  }

  /** Ends the connection; idempotent, never rejects. */
  close(): Promise<void> {
    return this.#connection.close();
  }
}

const noDifferences: ReadonlyMap<string, readonly TopicDifference[]> = new Map();

/** kafkajs reads an empty list as "all topics". */
async function metadataOf(admin: Admin, names: readonly string[]): Promise<{ topics: ITopicMetadata[] }> {
  return names.length === 0 ? { topics: [] } : admin.fetchTopicMetadata({ topics: [...names] });
}

/** Those of the topics that exist. */
async function existingOf(admin: Admin, names: readonly string[]): Promise<readonly string[]> {
  const existing = new Set(await admin.listTopics());
  return names.filter((name) => existing.has(name));
}

async function committedOffsets(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<Map<string, readonly SeekEntry[]>> {
  if (topics.length === 0) return new Map();
  const answer = await admin.fetchOffsets({ groupId, topics: [...topics] });
  return new Map(answer.map(({ topic, partitions }) => [topic, partitions]));
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
