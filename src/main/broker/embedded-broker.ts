import { randomUUID } from 'node:crypto';
import { StorageError } from '../storage/storage-error.js';
import type { BrokerServices } from './apis/api.js';
import { apiTable } from './apis/api-table.js';
import { type BrokerSettings, defaultBrokerSettings } from './broker-settings.js';
import {
  type BrokerClock,
  type BrokerLogger,
  type BrokerTimer,
  silentLogger,
  systemClock,
} from './environment.js';
import { BrokerError } from './errors.js';
import { GroupCoordinator } from './groups/group-coordinator.js';
import { BrokerStorage, type BrokerStorageEvent } from './log/broker-storage.js';
import { type BrokerCounters, BrokerMetrics } from './server/broker-metrics.js';
import { BrokerServer } from './server/broker-server.js';
import { toLoopbackAddress } from './server/loopback.js';
import { RequestDispatcher } from './server/request-dispatcher.js';

export interface EmbeddedBrokerOptions {
  /** Folder of this broker alone; created when missing, locked while the broker runs. */
  readonly dataDirectory: string;
  /** A loopback address, or `localhost`. Default 127.0.0.1. */
  readonly host?: string;
  /** Default 9092; 0 for any free port. */
  readonly port?: number;
  /** The host that clients are told to connect to. Default: the address bound. */
  readonly advertisedHost?: string;
  readonly clock?: BrokerClock;
  readonly logger?: BrokerLogger;
  /** What the operator should know about the data folder: a tail cut, damage found, a failing disk. */
  readonly onStorageEvent?: (event: BrokerStorageEvent) => void;
  /** Settings of topics that have none of their own, by Kafka's name, e.g. `retention.ms`. */
  readonly topicDefaults?: Readonly<Record<string, string>>;
  /** Settings that differ from {@link defaultBrokerSettings}. */
  readonly defaults?: Partial<BrokerSettings>;
}

/** Where a started broker is reached. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
  /** For a client's list of brokers: `["127.0.0.1:9092"]`. */
  readonly brokers: readonly string[];
}

export interface BrokerStopOptions {
  /** Within this time `stop` resolves, whatever hangs, in milliseconds. Default 5000. */
  readonly deadlineMs?: number;
}

const DEFAULT_PORT = 9092;
const DEFAULT_STOP_DEADLINE_MS = 5_000;
const NODE_ID = 1;
/** How long requests being handled may take to be answered when the broker stops, in milliseconds. */
const MAX_DRAIN_MS = 250;

/**
 * A single Kafka broker for one workstation: real protocol over TCP on a loopback address, data on disk, no
 * authentication, no replication, no transactions. What it serves is listed in docs/broker.md.
 *
 * What it has acknowledged is on disk, so neither {@link stop} nor a crash can lose it. A stopped broker
 * cannot be started again: make a new one on the same folder.
 */
export class EmbeddedBroker {
  readonly #options: EmbeddedBrokerOptions;
  readonly #settings: BrokerSettings;
  readonly #clock: BrokerClock;
  readonly #logger: BrokerLogger;
  readonly #metrics = new BrokerMetrics();
  #starting: Promise<BrokerAddress> | undefined;
  #stopping: Promise<void> | undefined;
  #server: BrokerServer | undefined;
  #storage: BrokerStorage | undefined;
  #groups: GroupCoordinator | undefined;

  constructor(options: EmbeddedBrokerOptions) {
    this.#options = options;
    this.#settings = { ...defaultBrokerSettings, ...options.defaults };
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
  }

  /** What the broker has done so far. */
  get counters(): BrokerCounters {
    return this.#metrics.snapshot();
  }

  /**
   * Opens the data folder and listens.
   *
   * @throws BrokerError HOST_NOT_LOOPBACK, PORT_IN_USE, LISTEN_FAILED, DATA_DIRECTORY_LOCKED,
   * DATA_DIRECTORY_UNUSABLE, ILLEGAL_STATE (started or stopped before)
   */
  start(): Promise<BrokerAddress> {
    if (this.#starting !== undefined || this.#stopping !== undefined) {
      const message = 'This broker has been started or stopped before: make a new one';
      return Promise.reject(new BrokerError('ILLEGAL_STATE', message));
    }
    this.#starting = this.#start();
    return this.#starting;
  }

  /**
   * Answers what is being handled, ends all connections, closes the data folder. Idempotent; never rejects. Resolves
   * within the deadline: what then still hangs is left to end by itself, and logged; another call waits for it again. With
   * a deadline of 0 connections are cut without waiting for answers.
   */
  async stop(options: BrokerStopOptions = {}): Promise<void> {
    const { deadlineMs = DEFAULT_STOP_DEADLINE_MS } = options;
    this.#stopping ??= this.#stop(Math.min(MAX_DRAIN_MS, deadlineMs / 2));
    let timer: BrokerTimer | undefined;
    const deadline = new Promise<'late'>((resolve) => {
      timer = this.#clock.after(deadlineMs, () => resolve('late'));
    });
    const outcome = await Promise.race([this.#stopping, deadline]);
    timer?.cancel();
    if (outcome === 'late') this.#logger.warn('The embedded broker is still stopping', { deadlineMs });
  }

  async #start(): Promise<BrokerAddress> {
    const { host = '127.0.0.1', port = DEFAULT_PORT } = this.#options;
    const address = toLoopbackAddress(host);
    if (address === undefined) {
      throw new BrokerError(
        'HOST_NOT_LOOPBACK',
        `The embedded broker has no authentication and listens on loopback addresses only, not on ${host}: use 127.0.0.1, or Apache Kafka for other machines`,
      );
    }
    const storage = await this.#openStorage();
    this.#storage = storage;
    const server = new BrokerServer({
      settings: this.#settings,
      clock: this.#clock,
      metrics: this.#metrics,
      logger: this.#logger,
    });
    try {
      const boundPort = await server.listen(address, port);
      this.#server = server;
      server.serve(new RequestDispatcher(this.#createServices(storage, address, boundPort), apiTable));
      const shownHost = address.includes(':') ? `[${address}]` : address;
      this.#logger.info('The embedded broker is ready', { address: `${shownHost}:${boundPort}` });
      return { host: address, port: boundPort, brokers: [`${shownHost}:${boundPort}`] };
    } catch (error) {
      await server.close(0);
      await storage.close();
      throw error;
    }
  }

  #createServices(storage: BrokerStorage, address: string, port: number): BrokerServices {
    const groups = new GroupCoordinator({
      settings: this.#settings,
      clock: this.#clock,
      offsets: storage.offsets,
      createMemberSuffix: randomUUID,
    });
    this.#groups = groups;
    return {
      clusterId: storage.clusterId,
      advertised: { nodeId: NODE_ID, host: this.#options.advertisedHost ?? address, port },
      settings: this.#settings,
      clock: this.#clock,
      logger: this.#logger,
      topics: storage.topics,
      offsets: storage.offsets,
      groups,
      allocateProducerId: () => storage.allocateProducerId(),
    };
  }

  async #openStorage(): Promise<BrokerStorage> {
    const { dataDirectory, onStorageEvent, topicDefaults } = this.#options;
    try {
      return await BrokerStorage.open({
        dataDirectory,
        topicDefaults,
        onEvent: (event) => {
          this.#logger[event.level](event.message, { kind: event.kind, ...event.details });
          onStorageEvent?.(event);
        },
      });
    } catch (error) {
      const locked = error instanceof StorageError && error.code === 'STORAGE_LOCKED';
      const reason = error instanceof Error ? error.message : String(error);
      throw new BrokerError(
        locked ? 'DATA_DIRECTORY_LOCKED' : 'DATA_DIRECTORY_UNUSABLE',
        `Cannot open the broker's data folder ${dataDirectory}: ${reason}`,
        { cause: error },
      );
    }
  }

  async #stop(drainMs: number): Promise<void> {
    // A start that failed has cleaned up after itself and told its caller.
    await this.#starting?.catch(() => undefined);
    await this.#server?.close(drainMs);
    this.#groups?.close();
    try {
      await this.#storage?.close();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#logger.error("Closing the broker's data folder failed", { error: reason });
    }
    this.#logger.info('The embedded broker has stopped');
  }
}
