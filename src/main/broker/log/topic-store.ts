import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ConcurrencyLimit } from '../../storage/concurrency-limit.js';
import { FilePool } from '../../storage/file-pool.js';
import { type FileSystem, nodeFileSystem } from '../../storage/file-system.js';
import { toStorageError } from '../../storage/storage-error.js';
import type { StorageEventListener } from '../../storage/storage-event.js';
import { BrokerLogError } from './broker-log-error.js';
import { PartitionLog } from './partition-log.js';
import {
  changeOverrides,
  describeTopicConfig,
  type TopicConfig,
  type TopicConfigChanges,
  type TopicConfigEntry,
  type TopicConfigOverrides,
  toTopicConfig,
} from './topic-config.js';
import {
  partitionFolder,
  readTopicFolders,
  removeTopicFolder,
  topicFolderName,
  writeTopicRecord,
} from './topic-folder.js';
import { checkTopicName, topicNamesCollide } from './topic-name.js';

export type { TopicConfigChanges } from './topic-config.js';

const MAX_PARTITIONS = 1_000;
/** Partitions opened at the same time: more only wait for each other's reads. */
const OPENED_AT_ONCE = 8;

/** Partitions that write and sync at the same time: leaves one of libuv's four threads to reads and name look-ups. */
const WRITTEN_AT_ONCE = 3;

/** A topic as it is now; `partitions[i]` is partition i. A snapshot: ask again after a change. */
export interface Topic {
  readonly name: string;
  readonly config: TopicConfig;
  readonly partitions: readonly PartitionLog[];
}

interface StoredTopic extends Topic {
  readonly folder: string;
  readonly overrides: TopicConfigOverrides;
}

export interface TopicStoreOptions {
  /** Folder of the topics alone; created when missing. */
  readonly directory: string;
  readonly fileSystem?: FileSystem | undefined;
  readonly pool?: FilePool | undefined;
  readonly onEvent?: StorageEventListener | undefined;
  /** Settings of topics that have none of their own, by Kafka's name. @throws BrokerLogError INVALID_CONFIG on opening */
  readonly topicDefaults?: TopicConfigOverrides | undefined;
}

/** The topics of one broker: created, found, changed and deleted durably. Errors are `BrokerLogError`. */
export class TopicStore {
  readonly #directory: string;
  readonly #fileSystem: FileSystem;
  readonly #pool: FilePool;
  readonly #ownsPool: boolean;
  readonly #defaults: TopicConfigOverrides;
  readonly #writes = new ConcurrencyLimit(WRITTEN_AT_ONCE);
  readonly #onEvent: StorageEventListener;
  readonly #topics = new Map<string, StoredTopic>();
  readonly #listeners = new Set<() => void>();
  /** Changes are made one after the other. */
  #lastChange: Promise<unknown> = Promise.resolve();

  private constructor(options: TopicStoreOptions) {
    this.#directory = options.directory;
    this.#fileSystem = options.fileSystem ?? nodeFileSystem;
    this.#ownsPool = options.pool === undefined;
    this.#pool = options.pool ?? new FilePool({ fileSystem: this.#fileSystem });
    this.#onEvent = options.onEvent ?? (() => undefined);
    this.#defaults = changeOverrides({}, options.topicDefaults ?? {});
  }

  /** Opens and recovers every topic in the folder. @throws StorageError */
  static async open(options: TopicStoreOptions): Promise<TopicStore> {
    const store = new TopicStore(options);
    const records = await readTopicFolders(store.#directory, store.#fileSystem, store.#onEvent);
    for (const [folder, { name, partitionCount, overrides }] of records) {
      const config = toTopicConfig(overrides, store.#defaults);
      const partitions = await store.#openPartitions(folder, name, config, 0, partitionCount);
      store.#topics.set(name, { name, config, partitions, folder, overrides });
    }
    return store;
  }

  /** All topics, sorted by name. */
  list(): readonly Topic[] {
    return [...this.#topics.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get(name: string): Topic | undefined {
    return this.#topics.get(name);
  }

  /** Short for `get(name)?.partitions[partition]`. */
  partition(name: string, partition: number): PartitionLog | undefined {
    return this.#topics.get(name)?.partitions[partition];
  }

  /** Called after topics or their partition counts changed; returns the unsubscribe. The listener must not throw. */
  onChange(listener: () => void): () => void {
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /**
   * @throws BrokerLogError TOPIC_ALREADY_EXISTS, INVALID_TOPIC_EXCEPTION, INVALID_PARTITIONS (1 to 1,000), INVALID_CONFIG,
   * KAFKA_STORAGE_ERROR
   */
  createTopic(name: string, partitionCount: number, config: TopicConfigChanges = {}): Promise<Topic> {
    return this.#change(async () => {
      this.validateNewTopic(name, partitionCount, config);
      const overrides = changeOverrides({}, config);
      const folder = join(this.#directory, topicFolderName(name, randomBytes(6).toString('hex')));
      const settings = toTopicConfig(overrides, this.#defaults);
      const partitions = await this.#openPartitions(folder, name, settings, 0, partitionCount);
      await writeTopicRecord(folder, { name, partitionCount, overrides }, this.#fileSystem);
      await this.#fileSystem.syncDirectory(this.#directory);
      return this.#keep({ name, config: settings, partitions, folder, overrides });
    });
  }

  /** Checks what `createTopic` would refuse, without creating (CreateTopics' validateOnly). */
  validateNewTopic(name: string, partitionCount: number, config: TopicConfigChanges = {}): void {
    checkTopicName(name);
    if (this.#topics.has(name)) {
      throw new BrokerLogError('TOPIC_ALREADY_EXISTS', `Topic ${name} exists already`);
    }
    const colliding = [...this.#topics.keys()].find((existing) => topicNamesCollide(existing, name));
    if (colliding !== undefined) {
      const message = `Topic ${name} differs from ${colliding} in '.' and '_' only`;
      throw new BrokerLogError('INVALID_TOPIC_EXCEPTION', message);
    }
    checkPartitionCount(partitionCount);
    changeOverrides({}, config);
  }

  /** @throws BrokerLogError UNKNOWN_TOPIC_OR_PARTITION, KAFKA_STORAGE_ERROR */
  deleteTopic(name: string): Promise<void> {
    return this.#change(async () => {
      const topic = this.#find(name);
      this.#topics.delete(name);
      await Promise.all(topic.partitions.map((partition) => partition.close(true)));
      this.#notify();
      await removeTopicFolder(this.#directory, topic.folder, this.#fileSystem);
    });
  }

  /** @throws BrokerLogError UNKNOWN_TOPIC_OR_PARTITION, INVALID_PARTITIONS (not more than now), KAFKA_STORAGE_ERROR */
  addPartitions(name: string, totalCount: number): Promise<Topic> {
    return this.#change(async () => {
      const topic = this.#find(name);
      const { folder, config, overrides, partitions } = topic;
      if (totalCount <= partitions.length) {
        const message = `Topic ${name} has ${partitions.length} partitions; ${totalCount} is not more`;
        throw new BrokerLogError('INVALID_PARTITIONS', message);
      }
      checkPartitionCount(totalCount);
      const added = await this.#openPartitions(folder, name, config, partitions.length, totalCount);
      await writeTopicRecord(folder, { name, partitionCount: totalCount, overrides }, this.#fileSystem);
      return this.#keep({ ...topic, partitions: [...partitions, ...added] });
    });
  }

  /** Changes only the settings named. @throws BrokerLogError UNKNOWN_TOPIC_OR_PARTITION, INVALID_CONFIG, KAFKA_STORAGE_ERROR */
  alterConfig(name: string, changes: TopicConfigChanges): Promise<Topic> {
    return this.#change(async () => {
      const topic = this.#find(name);
      const overrides = changeOverrides(topic.overrides, changes);
      const partitionCount = topic.partitions.length;
      await writeTopicRecord(topic.folder, { name, partitionCount, overrides }, this.#fileSystem);
      const config = toTopicConfig(overrides, this.#defaults);
      for (const partition of topic.partitions) partition.configure(config);
      return this.#keep({ ...topic, config, overrides });
    });
  }

  /** Every setting with its value, for DescribeConfigs. @throws BrokerLogError UNKNOWN_TOPIC_OR_PARTITION */
  describeConfig(name: string): readonly TopicConfigEntry[] {
    return describeTopicConfig(this.#find(name).overrides, this.#defaults);
  }

  /** Deletes what retention lets go, one partition after the other; what fails is reported and tried again next time. */
  async applyRetention(nowMs: number): Promise<void> {
    for (const { partitions, folder } of [...this.#topics.values()]) {
      for (const partition of partitions) {
        try {
          await partition.applyRetention(nowMs);
        } catch (error) {
          if (error instanceof BrokerLogError && error.code === 'UNKNOWN_TOPIC_OR_PARTITION') break;
          const { message } = toStorageError(error, `apply retention to ${folder}`);
          const details = { topic: partition.topic, partition: partition.partition };
          this.#onEvent({ level: 'warn', kind: 'retention-failed', message, details });
        }
      }
    }
  }

  /** Finishes what is being appended or changed and closes all files. */
  async close(): Promise<void> {
    await this.#lastChange;
    const partitions = [...this.#topics.values()].flatMap((topic) => topic.partitions);
    await forEachBounded(partitions, (partition) => partition.close());
    if (this.#ownsPool) await this.#pool.close();
  }

  async #change<T>(make: () => Promise<T>): Promise<T> {
    const change = this.#lastChange.then(make);
    this.#lastChange = change.catch(() => undefined);
    try {
      return await change;
    } catch (error) {
      if (error instanceof BrokerLogError) throw error;
      const cause = toStorageError(error, `change the topics in ${this.#directory}`);
      throw new BrokerLogError('KAFKA_STORAGE_ERROR', cause.message, { cause });
    }
  }

  #find(name: string): StoredTopic {
    const topic = this.#topics.get(name);
    if (topic) return topic;
    throw new BrokerLogError('UNKNOWN_TOPIC_OR_PARTITION', `There is no topic ${name}`);
  }

  #keep(topic: StoredTopic): Topic {
    this.#topics.set(topic.name, topic);
    this.#notify();
    return topic;
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  async #openPartitions(
    folder: string,
    topic: string,
    config: TopicConfig,
    from: number,
    to: number,
  ): Promise<PartitionLog[]> {
    const opened: PartitionLog[] = [];
    const numbers = Array.from({ length: to - from }, (_, index) => from + index);
    await forEachBounded(numbers, async (partition) => {
      opened[partition - from] = await PartitionLog.open({
        topic,
        partition,
        directory: partitionFolder(folder, partition),
        config,
        fileSystem: this.#fileSystem,
        pool: this.#pool,
        writes: this.#writes,
        onEvent: this.#onEvent,
      });
    });
    return opened;
  }
}

function checkPartitionCount(count: number): void {
  if (Number.isSafeInteger(count) && count >= 1 && count <= MAX_PARTITIONS) return;
  const message = `A topic has 1 to ${MAX_PARTITIONS} partitions, not ${count}`;
  throw new BrokerLogError('INVALID_PARTITIONS', message);
}

async function forEachBounded<T>(items: readonly T[], action: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) await action(item);
  };
  await Promise.all(Array.from({ length: Math.min(OPENED_AT_ONCE, items.length) }, worker));
}
