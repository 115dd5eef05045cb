import type { Producer } from 'kafkajs';
import type { Clock } from '../../shared/clock.js';
import type { Logger } from '../../shared/logger.js';
import type { KafkaConnectionSettings } from './connection-settings.js';
import { settledWithin } from './deadline.js';
import { createKafka, type KafkaClient } from './kafka-client.js';

/** One record, its partition decided. */
export interface OutgoingRecord {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ProducerSessionOptions {
  readonly connection: KafkaConnectionSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long kafkajs goes on with one batch under the same producer id and sequence. */
  readonly deliveryTimeoutMs: number;
  readonly onDisconnected: () => void;
}

const disconnectTimeoutMs = 1_000;
const retryTimeMs = 500;

/**
 * One producer id: a kafkajs idempotent producer, used so that its sequence numbers stay honest.
 *
 * kafkajs takes a batch's sequence numbers back when the answer is lost and lets the next batch have them
 * (producer/sendMessages.js); the broker then calls that one a duplicate, and it is acknowledged and gone
 * (https://github.com/tulios/kafkajs/issues/1005, 353). Therefore: at most one batch of a partition is under way (the
 * lanes see to it), a batch is retried under its own numbers for as long as it lives, and once one was given up
 * nothing more is sent under this producer id.
 */
export class ProducerSession {
  readonly #client: KafkaClient;
  readonly #producer: Producer;
  readonly #clock: Clock;
  #sending = 0;
  #retired = false;

  constructor(options: ProducerSessionOptions) {
    this.#clock = options.clock;
    this.#client = createKafka(options.connection, options.logger, {
      onDisconnected: options.onDisconnected,
    });
    this.#producer = this.#client.kafka.producer({
      idempotent: true,
      allowAutoTopicCreation: false,
      retry: {
        initialRetryTime: 100,
        maxRetryTime: retryTimeMs,
        retries: Math.ceil(options.deliveryTimeoutMs / retryTimeMs),
      },
      // Partitions come with the records; this one is never asked, and its presence silences a warning.
      createPartitioner: () => () => 0,
    });
    // A connection that missed one answer stays in use in kafkajs and misses all others (issue 501).
    this.#producer.on('producer.network.request_timeout', () =>
      this.#client.sockets.dropAll('no answer in time'),
    );
  }

  get isRetired(): boolean {
    return this.#retired;
  }

  get isIdle(): boolean {
    return this.#sending === 0;
  }

  /** Connects, and gets a producer id the first time; later calls reconnect under the same one. */
  connect(): Promise<void> {
    return this.#producer.connect();
  }

  /** Sends one batch to one partition; resolves with the offset of its first record. */
  async send(topic: string, partition: number, records: readonly OutgoingRecord[]): Promise<bigint> {
    this.#sending += 1;
    try {
      const [answer] = await this.#producer.send({
        topic,
        acks: -1,
        messages: records.map(({ key, value, headers }) => ({
          key,
          value,
          headers: { ...headers },
          partition,
        })),
      });
      return BigInt(answer?.baseOffset ?? -1);
    } finally {
      this.#sending -= 1;
      if (this.#retired && this.#sending === 0) this.close();
    }
  }

  /** No new batches; closes when those under way have ended. */
  retire(): void {
    this.#retired = true;
    if (this.#sending === 0) this.close();
  }

  /** Ends the connections, gracefully for a moment, then at once. */
  async disconnect(): Promise<void> {
    this.#retired = true;
    await settledWithin(this.#producer.disconnect(), disconnectTimeoutMs, this.#clock);
    this.close();
  }

  close(): void {
    this.#retired = true;
    this.#client.sockets.close();
  }
}
