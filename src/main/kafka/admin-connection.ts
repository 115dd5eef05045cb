import type { Admin } from 'kafkajs';
import type { Clock, Timer } from '../../shared/clock.js';
import { type ErrorCode, ResonanceError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import { brokersAsText, type KafkaConnectionSettings } from './connection-settings.js';
import { noAnswer, settledWithin, withDeadline } from './deadline.js';
import { dropUnansweredAdmin } from './faults/unanswered-connection.js';
import { createKafka, type KafkaClient } from './kafka-client.js';
import { translateKafkaError } from './translate-error.js';

export interface AdminConnectionOptions {
  readonly connection: KafkaConnectionSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Longest time for one operation, connecting included. Default 15,000 ms. */
  readonly timeoutMs?: number;
  /** A connection that nobody uses is ended after so long. Default 10,000 ms. */
  readonly idleMs?: number;
}

interface OpenAdmin {
  readonly client: KafkaClient;
  readonly admin: Admin;
  readonly connected: Promise<void>;
}

const disconnectTimeoutMs = 1_000;

/*
 * A connection that failed or hangs is not worth keeping; one whose broker says no is. Except for topics: kafkajs asks
 * for the metadata of every topic that it ever heard of, and fails as a whole once one of them is gone
 * (https://github.com/tulios/kafkajs/issues/1622, 651).
 */
const endsConnection: ReadonlySet<ErrorCode> = new Set([
  'KAFKA_UNREACHABLE',
  'KAFKA_TIMEOUT',
  'KAFKA_TOPIC_UNKNOWN',
]);

/** Connects kafkajs' admin client when it is needed, gives every operation a deadline, disconnects when idle. */
export class AdminConnection {
  readonly #options: AdminConnectionOptions;
  readonly #endpoint: string;
  #open: OpenAdmin | undefined;
  #inUse = 0;
  #idle: Timer | undefined;
  #closed = false;

  constructor(options: AdminConnectionOptions) {
    this.#options = options;
    this.#endpoint = brokersAsText(options.connection);
  }

  /**
   * Runs one operation.
   *
   * @param doing for messages: `listing topics`
   * @throws ResonanceError of any `KAFKA_` code
   */
  async run<T>(doing: string, work: (admin: Admin) => Promise<T>): Promise<T> {
    if (this.#closed) throw new ResonanceError('KAFKA_CLOSED', `${doing}: the Kafka admin client is closed`);
    this.#idle?.cancel();
    this.#inUse += 1;
    this.#open ??= this.#connect();
    const open = this.#open;
    const timeoutMs = this.#options.timeoutMs ?? 15_000;
    const attempt = open.connected.then(() => work(open.admin));
    try {
      return await withDeadline(attempt, timeoutMs, this.#options.clock, () =>
        noAnswer(doing, this.#endpoint, timeoutMs),
      );
    } catch (error) {
      const translated = translateKafkaError(error, doing, this.#endpoint);
      if (endsConnection.has(translated.code)) this.#drop(open);
      throw translated;
    } finally {
      this.#inUse -= 1;
      if (this.#inUse === 0) this.#disconnectWhenIdle();
    }
  }

  /** Ends the connection; idempotent, never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#idle?.cancel();
    await this.#end();
  }

  #connect(): OpenAdmin {
    const client = createKafka(this.#options.connection, this.#options.logger);
    const admin = client.kafka.admin();
    dropUnansweredAdmin(admin, client.sockets);
    const connected = admin.connect();
    const open = { client, admin, connected };
    connected.catch(() => this.#drop(open));
    return open;
  }

  #drop(open: OpenAdmin): void {
    if (this.#open === open) this.#open = undefined;
    open.client.sockets.close();
  }

  #disconnectWhenIdle(): void {
    if (this.#open === undefined) return;
    this.#idle = this.#options.clock.after(this.#options.idleMs ?? 10_000, () => void this.#end());
  }

  async #end(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    await settledWithin(open.admin.disconnect(), disconnectTimeoutMs, this.#options.clock);
    open.client.sockets.close();
  }
}
