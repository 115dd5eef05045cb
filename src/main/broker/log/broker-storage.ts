import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DirectoryLock } from '../../storage/directory-lock.js';
import { FilePool } from '../../storage/file-pool.js';
import { type FileSystem, nodeFileSystem } from '../../storage/file-system.js';
import { toStorageError } from '../../storage/storage-error.js';
import type { StorageEvent } from '../../storage/storage-event.js';
import { BrokerIdentity } from './broker-identity.js';
import { OffsetStore } from './offset-store.js';
import type { TopicConfigOverrides } from './topic-config.js';
import { TopicStore } from './topic-store.js';

/** What the storage has to tell an operator: each is worth a log line. */
export type BrokerStorageEvent = StorageEvent;

/** Time as retention needs it. */
export interface BrokerStorageClock {
  /** Milliseconds since 1970. */
  wallMs(): number;
  /** Runs `action` every `intervalMs` until the returned function is called. Must not keep the process alive. */
  every(intervalMs: number, action: () => void): () => void;
}

export interface BrokerStorageOptions {
  /** Folder of this broker alone; created when missing. */
  readonly dataDirectory: string;
  readonly onEvent?: ((event: BrokerStorageEvent) => void) | undefined;
  readonly fileSystem?: FileSystem;
  readonly clock?: BrokerStorageClock;
  /** Settings of topics that have none of their own, by Kafka's name, e.g. `retention.ms`. */
  readonly topicDefaults?: TopicConfigOverrides | undefined;
}

/** As Apache Kafka's log.retention.check.interval.ms. */
const RETENTION_INTERVAL_MS = 5 * 60_000;

const systemStorageClock: BrokerStorageClock = {
  wallMs: () => Date.now(),
  every(intervalMs, action) {
    const timer = setInterval(action, intervalMs).unref();
    return () => clearInterval(timer);
  },
};

/** Everything the broker keeps on disk, behind one lock of the data folder. */
export class BrokerStorage {
  /** 22 characters of URL-safe base64, made once for the folder. */
  readonly clusterId: string;
  readonly topics: TopicStore;
  readonly offsets: OffsetStore;
  readonly #identity: BrokerIdentity;
  readonly #lock: DirectoryLock;
  readonly #pool: FilePool;
  readonly #stopRetention: () => void;
  #retention: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(parts: {
    lock: DirectoryLock;
    pool: FilePool;
    identity: BrokerIdentity;
    topics: TopicStore;
    offsets: OffsetStore;
    clock: BrokerStorageClock;
  }) {
    this.clusterId = parts.identity.clusterId;
    this.topics = parts.topics;
    this.offsets = parts.offsets;
    this.#identity = parts.identity;
    this.#lock = parts.lock;
    this.#pool = parts.pool;
    this.#stopRetention = parts.clock.every(RETENTION_INTERVAL_MS, () => {
      this.#retention ??= this.topics.applyRetention(parts.clock.wallMs()).finally(() => {
        this.#retention = undefined;
      });
    });
  }

  /**
   * Locks the folder, recovers what is there, starts retention.
   *
   * @throws StorageError STORAGE_LOCKED (the message names the process that holds the folder), STORAGE_READ_ONLY, STORAGE_FULL,
   * STORAGE_SYNC_FAILED, STORAGE_IO
   */
  static async open(options: BrokerStorageOptions): Promise<BrokerStorage> {
    const { dataDirectory, fileSystem = nodeFileSystem, clock = systemStorageClock } = options;
    const onEvent = options.onEvent ?? (() => undefined);
    const lock = await DirectoryLock.acquire(dataDirectory, {
      fileSystem,
      onTakeOver: (pid) =>
        onEvent({
          level: 'warn',
          kind: 'stale-lock-taken-over',
          message: `${dataDirectory} was not closed by process ${pid}, which is gone: recovering it`,
          details: { pid, directory: dataDirectory },
        }),
    });
    const pool = new FilePool({ fileSystem });
    try {
      const shared = { fileSystem, pool, onEvent };
      const identity = await BrokerIdentity.open(dataDirectory, {
        fileSystem,
        onEvent,
        createClusterId: () => randomBytes(16).toString('base64url'),
        wallMs: clock.wallMs,
      });
      const offsets = await OffsetStore.open({ directory: join(dataDirectory, 'offsets'), ...shared });
      const topics = await TopicStore.open({
        directory: join(dataDirectory, 'topics'),
        topicDefaults: options.topicDefaults,
        ...shared,
      });
      return new BrokerStorage({ lock, pool, identity, topics, offsets, clock });
    } catch (error) {
      await pool.close();
      await lock.release();
      throw toStorageError(error, `open ${dataDirectory}`);
    }
  }

  /** A producer id never given before, also not before a restart (InitProducerId). @throws BrokerLogError KAFKA_STORAGE_ERROR */
  allocateProducerId(): Promise<number> {
    return this.#identity.allocateProducerId();
  }

  /** Finishes pending appends, writes snapshots, releases the lock. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#stopRetention();
    await this.#retention;
    try {
      await this.topics.close();
      await this.offsets.close();
      await this.#pool.close();
    } finally {
      await this.#lock.release();
    }
  }
}
