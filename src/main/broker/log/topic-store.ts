import type { PartitionLog } from './partition-log.js';
import type { TopicConfig, TopicConfigEntry } from './topic-config.js';

/** A topic as it is now; `partitions[i]` is partition i. A snapshot: ask again after a change. */
export interface Topic {
  readonly name: string;
  readonly config: TopicConfig;
  readonly partitions: readonly PartitionLog[];
}

/** Settings by Kafka's name; null resets to the default. */
export type TopicConfigChanges = Readonly<Record<string, string | null>>;

/** The topics of one broker: created, found, changed and deleted durably. Errors are `BrokerLogError`. */
export declare class TopicStore {
  /** All topics, sorted by name. */
  list(): readonly Topic[];
  get(name: string): Topic | undefined;
  /** Short for `get(name)?.partitions[partition]`. */
  partition(name: string, partition: number): PartitionLog | undefined;

  /**
   * @throws BrokerLogError TOPIC_ALREADY_EXISTS, INVALID_TOPIC_EXCEPTION, INVALID_PARTITIONS (1 to 1,000), INVALID_CONFIG,
   * KAFKA_STORAGE_ERROR
   */
  createTopic(name: string, partitionCount: number, config?: TopicConfigChanges): Promise<Topic>;
  /** Checks what `createTopic` would refuse, without creating (CreateTopics' validateOnly). */
  validateNewTopic(name: string, partitionCount: number, config?: TopicConfigChanges): void;
  /** @throws BrokerLogError UNKNOWN_TOPIC_OR_PARTITION, KAFKA_STORAGE_ERROR */
  deleteTopic(name: string): Promise<void>;
  /** @throws BrokerLogError UNKNOWN_TOPIC_OR_PARTITION, INVALID_PARTITIONS (not more than now), KAFKA_STORAGE_ERROR */
  addPartitions(name: string, totalCount: number): Promise<Topic>;
  /** Changes only the settings named. @throws BrokerLogError UNKNOWN_TOPIC_OR_PARTITION, INVALID_CONFIG, KAFKA_STORAGE_ERROR */
  alterConfig(name: string, changes: TopicConfigChanges): Promise<Topic>;
  /** Every setting with its value, for DescribeConfigs. @throws BrokerLogError UNKNOWN_TOPIC_OR_PARTITION */
  describeConfig(name: string): readonly TopicConfigEntry[];
  /** Called after topics or their partition counts changed; returns the unsubscribe. */
  onChange(listener: () => void): () => void;
}
