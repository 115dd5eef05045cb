/** An offset a consumer group committed. */
export interface CommittedOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** -1 when the client gave none. */
  readonly leaderEpoch: number;
  /** Free text of the client, '' when none. */
  readonly metadata: string;
  readonly commitTimestampMs: number;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Committed group offsets: kept in memory, durable before a commit resolves. Errors are `BrokerLogError` KAFKA_STORAGE_ERROR. */
export declare class OffsetStore {
  /** Group ids that have at least one committed offset. */
  groups(): string[];
  get(group: string, topic: string, partition: number): CommittedOffset | undefined;
  /** Every offset of the group; empty when unknown. */
  list(group: string): CommittedOffset[];
  /** Resolves when all are on disk (all or none survive a crash). Concurrent commits share one fsync. */
  commit(group: string, offsets: readonly CommittedOffset[]): Promise<void>;
  deleteOffsets(group: string, partitions: readonly TopicPartition[]): Promise<void>;
  deleteGroup(group: string): Promise<void>;
  /** Forgets the topic in every group (after the topic's deletion). */
  deleteTopic(topic: string): Promise<void>;
}
