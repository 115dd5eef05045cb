import type { OffsetStore } from './offset-store.js';
import type { TopicStore } from './topic-store.js';

/** What the storage has to tell an operator: each is worth a log line. */
export interface BrokerStorageEvent {
  readonly level: 'info' | 'warn' | 'error';
  /** Stable, e.g. `tail-cut`, `damage-found`, `sync-failed`, `stale-lock-taken-over`. */
  readonly kind: string;
  /** One sentence in English. */
  readonly message: string;
  readonly details: Readonly<Record<string, string | number>>;
}

export interface BrokerStorageOptions {
  /** Folder of this broker alone; created when missing. */
  readonly dataDirectory: string;
  readonly onEvent?: (event: BrokerStorageEvent) => void;
}

/** Everything the broker keeps on disk, behind one lock of the data folder. */
export declare class BrokerStorage {
  /**
   * Locks the folder, recovers what is there, starts retention.
   *
   * @throws StorageError STORAGE_LOCKED (the message names the process that holds the folder), STORAGE_READ_ONLY, STORAGE_FULL,
   * STORAGE_DAMAGED, STORAGE_IO
   */
  static open(options: BrokerStorageOptions): Promise<BrokerStorage>;
  /** 22 characters of URL-safe base64, made once for the folder. */
  readonly clusterId: string;
  readonly topics: TopicStore;
  readonly offsets: OffsetStore;
  /** A producer id never given before, also not before a restart (InitProducerId). @throws BrokerLogError KAFKA_STORAGE_ERROR */
  allocateProducerId(): Promise<number>;
  /** Finishes pending appends, writes snapshots, releases the lock. Idempotent. */
  close(): Promise<void>;
}
