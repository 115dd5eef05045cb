import type { ITopicMetadata } from 'kafkajs';
import { ResonanceError } from '../../shared/errors.js';
import { AdminConnection, type AdminConnectionOptions } from './admin-connection.js';
import type { TopicCatalogue } from './topic-directory.js';

/** What new topics get; -1 leaves it to the broker's own defaults (KIP-464). */
export interface TopicSettings {
  readonly partitions?: number;
  readonly replicationFactor?: number;
  /** Topic configs such as `retention.ms`. */
  readonly configs?: Readonly<Record<string, string>>;
}

export interface KafkaAdminOptions extends AdminConnectionOptions {
  /** Of topics that {@link KafkaAdmin.ensureTopics} creates. Default: the broker's. */
  readonly newTopics?: TopicSettings;
}

/** Topics, groups and offsets of a cluster. Connects when asked something, disconnects when idle. */
export class KafkaAdmin implements TopicCatalogue {
  readonly #connection: AdminConnection;
  readonly #newTopics: TopicSettings;

  constructor(options: KafkaAdminOptions) {
    this.#connection = new AdminConnection({ ...options, logger: options.logger.child('admin') });
    this.#newTopics = options.newTopics ?? {};
  }

  /** Names of all topics, internal ones (`__consumer_offsets`) left out, sorted. */
  async listTopics(): Promise<string[]> {
    const names = await this.#connection.run('listing topics', (admin) => admin.listTopics());
    return names.filter((name) => !name.startsWith('__')).sort();
  }

  /** @throws ResonanceError `KAFKA_TOPIC_EXISTS` and any other `KAFKA_` code */
  async createTopic(name: string, settings: TopicSettings = this.#newTopics): Promise<void> {
    await this.#connection.run(`creating the topic ${name}`, async (admin) => {
      const created = await admin.createTopics({
        topics: [topicConfig(name, settings)],
        waitForLeaders: true,
      });
      // kafkajs swallows TOPIC_ALREADY_EXISTS and answers false.
      if (!created) throw new ResonanceError('KAFKA_TOPIC_EXISTS', `the topic ${name} exists already`);
    });
  }

  async deleteTopics(names: readonly string[]): Promise<void> {
    await this.#connection.run(`deleting ${names.join(', ')}`, (admin) =>
      admin.deleteTopics({ topics: [...names] }),
    );
  }

  async ensureTopics(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#connection.run(`looking up ${names.join(', ')}`, async (admin) => {
      const existing = new Set(await admin.listTopics());
      const missing = names.filter((name) => !existing.has(name));
      if (missing.length > 0) {
        // Somebody else may create them at the same moment: kafkajs answers false, which is as good.
        await admin.createTopics({
          topics: missing.map((name) => topicConfig(name, this.#newTopics)),
          waitForLeaders: true,
        });
      }
      const { topics } = await admin.fetchTopicMetadata({ topics: [...names] });
      return new Map(topics.map((topic: ITopicMetadata) => [topic.name, topic.partitions.length]));
    });
  }

  /** Ends the connection; idempotent, never rejects. */
  close(): Promise<void> {
    return this.#connection.close();
  }
}

function topicConfig(name: string, settings: TopicSettings) {
  return {
    topic: name,
    numPartitions: settings.partitions ?? -1,
    replicationFactor: settings.replicationFactor ?? -1,
    configEntries: Object.entries(settings.configs ?? {}).map(([key, value]) => ({ name: key, value })),
  };
}
