import protocolErrors from 'kafkajs/src/protocol/error.js';
import type { Timer } from '../../shared/clock.js';
import { ResonanceError } from '../../shared/errors.js';
import type { AdminConnectionOptions } from './admin-connection.js';
import { joinAddress } from './broker-handshake.js';
import { brokersAsText } from './connection-settings.js';
import { noAnswer, withDeadline } from './deadline.js';
import { encodeBroker } from './faults/ipv6-address.js';
import { wholeAnswer } from './faults/whole-answer.js';
import { createKafka } from './kafka-client.js';
import { createCluster, type KafkajsBroker } from './kafkajs-cluster.js';
import { translateKafkaError } from './translate-error.js';

export interface PartitionMetadata {
  readonly partitionErrorCode: number;
  readonly partitionId: number;
  /** -1: none. */
  readonly leader: number;
  readonly replicas: number[];
  readonly isr: number[];
}

export interface TopicMetadata {
  readonly name: string;
  readonly partitions: readonly PartitionMetadata[];
}

/** The cluster as one of its brokers knows it. */
export interface ClusterMetadata {
  readonly clusterId: string;
  /** HOST:PORT of those that are up, by their ids. */
  readonly brokers: ReadonlyMap<number, string>;
  readonly topics: readonly TopicMetadata[];
}

interface MetadataAnswer {
  readonly clusterId?: string;
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
  readonly topicMetadata: readonly {
    readonly topic: string;
    readonly partitionMetadata: readonly PartitionMetadata[];
  }[];
}

/** One broker's connections, ended by themselves. */
interface OpenBroker {
  readonly ready: Promise<KafkajsBroker>;
  /** What ended them. */
  failure?: unknown;
  close(): void;
}

/** What one operation may ask; see {@link ClusterReader.run}. */
export interface BrokerQuestions {
  readonly metadata: ClusterMetadata;
  /** Asks this one. @throws ResonanceError why it can't be asked, and what it refuses */
  ask<T>(nodeId: number, work: (broker: KafkajsBroker) => Promise<T>): Promise<T>;
  /** Asks one after the other until one answers. @throws ResonanceError what one refuses, or that none answers */
  askAny<T>(work: (broker: KafkajsBroker) => Promise<T>): Promise<T>;
}

/**
 * Reads what a cluster knows, from each broker by itself, over a connection of its own: where kafkajs' admin client fails as a
 * whole as soon as one broker is gone, here the others still answer. Connects when asked something, disconnects when idle.
 */
export class ClusterReader {
  readonly #options: AdminConnectionOptions;
  readonly #brokers = new Map<string, OpenBroker>();
  /** HOST:PORT of all that were ever told, the one that answered last before the others. */
  #addresses: readonly string[];
  #inUse = 0;
  #idle: Timer | undefined;
  #closed = false;

  constructor(options: AdminConnectionOptions) {
    this.#options = options;
    this.#addresses = options.connection.brokers;
  }

  /**
   * Runs one operation.
   *
   * @param doing for messages: `listing topics`
   * @throws ResonanceError of any `KAFKA_` code
   */
  async run<T>(doing: string, work: (questions: BrokerQuestions) => Promise<T>): Promise<T> {
    if (this.#closed) throw new ResonanceError('KAFKA_CLOSED', `${doing}: the Kafka admin client is closed`);
    this.#idle?.cancel();
    this.#inUse += 1;
    const { clock, connection, timeoutMs = 15_000 } = this.#options;
    try {
      return await withDeadline(this.#work(doing, work), timeoutMs, clock, () =>
        noAnswer(doing, brokersAsText(connection), timeoutMs),
      );
    } finally {
      this.#inUse -= 1;
      if (this.#inUse === 0 && !this.#closed) {
        this.#idle = clock.after(this.#options.idleMs ?? 10_000, () => this.#end());
      }
    }
  }

  /** Ends the connections; idempotent. */
  close(): void {
    this.#closed = true;
    this.#idle?.cancel();
    this.#end();
  }

  async #work<T>(doing: string, work: (questions: BrokerQuestions) => Promise<T>): Promise<T> {
    const metadata = await this.#askAny(doing, readMetadata);
    const told = [...metadata.brokers.values()];
    this.#addresses = [...new Set([...this.#addresses, ...told])];
    return work({
      metadata,
      ask: (nodeId, question) => {
        const address = metadata.brokers.get(nodeId);
        return address === undefined
          ? Promise.reject(notUp(nodeId))
          : this.#ask(address, `broker ${nodeId}`, question);
      },
      askAny: (question) => this.#askAny(doing, question),
    });
  }

  async #askAny<T>(doing: string, work: (broker: KafkajsBroker) => Promise<T>): Promise<T> {
    const asked = this.#addresses;
    let last: ResonanceError | undefined;
    for (const address of asked) {
      try {
        const answer = await this.#ask(address, doing, work);
        this.#addresses = [address, ...this.#addresses.filter((other) => other !== address)];
        return answer;
      } catch (error) {
        last = translateKafkaError(error, doing, address);
        // It answers, or what it refuses (a login) the next one would refuse too.
        if (!last.retriable || isRefusal(last.cause)) throw last;
      }
    }
    if (last === undefined || asked.length === 1) throw last ?? notUp(-1);
    throw new ResonanceError(
      last.code,
      `${doing}: none of the brokers answers (asked: ${asked.join(', ')}); ${last.message.replace(`${doing}: `, '')}`,
      { retriable: true, hint: last.hint ?? 'Check that the brokers run.', cause: last },
    );
  }

  async #ask<T>(address: string, doing: string, work: (broker: KafkajsBroker) => Promise<T>): Promise<T> {
    const open = this.#brokers.get(address) ?? this.#connect(address);
    try {
      const broker = await open.ready;
      await broker.connect();
      return await work(broker);
    } catch (error) {
      // One that says no is worth keeping.
      if (isRefusal(error)) throw translateKafkaError(error, doing, address);
      // Whoever asks at the same time is told this too, and not that the connection was ended because of it.
      open.failure ??= error;
      this.#drop(address, open);
      throw translateKafkaError(open.failure, doing, address);
    }
  }

  #connect(address: string): OpenBroker {
    const { connection, logger } = this.#options;
    const client = createKafka({ ...connection, brokers: [address] }, logger);
    const connect = async (): Promise<KafkajsBroker> => {
      const { brokerPool, connectionPoolBuilder, rootLogger } = createCluster(client.kafka);
      const encoded = encodeBroker(address);
      const colon = encoded.lastIndexOf(':');
      const host = encoded.slice(0, colon);
      const connectionPool = await connectionPoolBuilder.build({
        host,
        port: Number(encoded.slice(colon + 1)),
      });
      return brokerPool.createBroker({ connectionPool, logger: rootLogger });
    };
    const open: OpenBroker = { ready: connect(), close: () => client.sockets.close() };
    this.#brokers.set(address, open);
    return open;
  }

  #drop(address: string, open: OpenBroker): void {
    if (this.#brokers.get(address) === open) this.#brokers.delete(address);
    open.close();
  }

  #end(): void {
    for (const [address, open] of this.#brokers) this.#drop(address, open);
  }
}

async function readMetadata(broker: KafkajsBroker): Promise<ClusterMetadata> {
  const answer = (await wholeAnswer(broker, 'Metadata', {
    topics: [],
    allowAutoTopicCreation: false,
  })) as MetadataAnswer;
  return {
    clusterId: answer.clusterId ?? '',
    brokers: new Map(answer.brokers.map(({ nodeId, host, port }) => [nodeId, joinAddress(host, port)])),
    topics: answer.topicMetadata.map(({ topic, partitionMetadata }) => ({
      name: topic,
      partitions: partitionMetadata,
    })),
  };
}

/** The error that a broker's answer has for a partition; null: none. */
export function partitionError(code: number, doing: string): ResonanceError | null {
  return code === 0 ? null : translateKafkaError(protocolErrors.createErrorFromCode(code), doing, '');
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'KafkaJSProtocolError';
}

function notUp(nodeId: number): ResonanceError {
  return new ResonanceError('KAFKA_UNREACHABLE', `broker ${nodeId} is down, as the others say`, {
    retriable: true,
    hint: 'Start it, or wait until another broker takes its place.',
  });
}
