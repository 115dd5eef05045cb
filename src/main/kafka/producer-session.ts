import type { ICustomPartitioner, Producer } from 'kafkajs';
import type { Clock } from '../../shared/clock.js';
import type { SendingCompression } from '../../shared/kafka-config.js';
import type { Logger } from '../../shared/logger.js';
import { compressionCodecs } from './compression/codec.js';
import { defaultRequestTimeoutMs, type KafkaConnectionSettings } from './connection-settings.js';
import { settledWithin } from './deadline.js';
import { dropUnansweredProducer } from './faults/unanswered-connection.js';
import { createKafka, type KafkaClient } from './kafka-client.js';

/** One record, its partition decided. */
export interface OutgoingRecord {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ProducerSessionOptions {
  readonly connection: KafkaConnectionSettings;
  readonly compression: SendingCompression;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onDisconnected: () => void;
}

const disconnectTimeoutMs = 1_000;
/** The leader waits so long for its in-sync replicas, then says so: well before its answer would count as missing. */
const replicaTimeoutMs = 3_000;

/**
 * One producer id: a kafkajs idempotent producer, used so that its sequence numbers stay honest.
 *
 * kafkajs takes a batch's sequence numbers back when the answer is lost and lets the next batch have them
 * (producer/sendMessages.js); the broker then calls that one a duplicate, and it is acknowledged and gone
 * (https://github.com/tulios/kafkajs/issues/1005, 353). Therefore the lanes have at most one batch of a partition under
 * way and try it again, unchanged, so that it meets its own numbers; and once a batch was given up
 * nothing more is sent under this producer id.
 */
export class ProducerSession {
  readonly #client: KafkaClient;
  readonly #producer: Producer;
  readonly #clock: Clock;
  /** Its number in kafkajs and on the wire. */
  readonly #codec: number;
  readonly #replicaTimeoutMs: number;
  #batches = 0;
  #retired = false;
  #hasProducerId = false;
  /** Wait for the next sign of life: an answer, or the end of the last batch. */
  readonly #waiting = new Set<() => void>();

  constructor(options: ProducerSessionOptions) {
    this.#clock = options.clock;
    this.#codec = compressionCodecs.indexOf(options.compression);
    const { requestTimeoutMs = defaultRequestTimeoutMs } = options.connection;
    this.#replicaTimeoutMs = Math.min(replicaTimeoutMs, Math.ceil(requestTimeoutMs / 2));
    this.#client = createKafka(options.connection, options.logger, {
      onDisconnected: options.onDisconnected,
    });
    this.#producer = this.#client.kafka.producer({
      idempotent: true,
      allowAutoTopicCreation: false,
      // None: the lanes try again, and tell why. kafkajs insists on at least one from an idempotent producer, for whose
      // numbers the lanes care themselves; NaN passes its check, and is no more than no retry.
      retry: { retries: Number.NaN },
      createPartitioner: givenPartition,
    });
    dropUnansweredProducer(this.#producer, this.#client.sockets);
    this.#producer.on('producer.network.request', () => this.#wake());
  }

  /** No batch is under way whose fate hangs on this producer id. */
  get isIdle(): boolean {
    return this.#batches === 0;
  }

  /**
   * Connects and gets a producer id. Later calls reconnect under the same one, for a batch under way: they resolve once it
   * was answered, since kafkajs calls itself connected as soon as a socket is open, to a frozen broker too.
   */
  async connect(): Promise<void> {
    await this.#producer.connect();
    if (this.#hasProducerId && !this.isIdle) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
    this.#hasProducerId = true;
  }

  /** A batch begins its life here; until {@link endBatch} this producer id is kept for it. */
  beginBatch(): void {
    this.#batches += 1;
  }

  endBatch(): void {
    this.#batches -= 1;
    if (this.isIdle) this.#wake();
    if (this.#retired && this.#batches === 0) this.close();
  }

  /** Tries to send one batch to one partition; resolves with the offset of its first record. */
  async send(topic: string, partition: number, records: readonly OutgoingRecord[]): Promise<bigint> {
    const [answer] = await this.#producer.send({
      topic,
      acks: -1,
      timeout: this.#replicaTimeoutMs,
      compression: this.#codec,
      messages: records.map(({ key, value, headers }) => ({
        key,
        value,
        headers: { ...headers },
        partition,
      })),
    });
    if (answer === undefined) throw notSent(topic, partition);
    return BigInt(answer.baseOffset ?? -1);
  }

  /** No new batches; closes when those under way have ended. */
  retire(): void {
    this.#retired = true;
    if (this.#batches === 0) this.close();
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

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/**
 * Partitions come with the records; kafkajs asks the partitioner all the same. To one that was added since it last looked it
 * would send nothing, and say nothing of it (cluster/index.js, `findLeaderForPartitions`); for this error it looks again.
 */
const givenPartition: ICustomPartitioner =
  () =>
  ({ topic, partitionMetadata, message: { partition = 0 } }) => {
    if (partitionMetadata.some(({ partitionId }) => partitionId === partition)) return partition;
    throw notSent(topic, partition);
  };

function notSent(topic: string, partition: number): Error {
  const error = new Error(`${topic}/${partition} was not known to the client yet`);
  return Object.assign(error, { name: 'KafkaJSMetadataNotLoaded', retriable: true });
}
