import { randomUUID } from 'node:crypto';
import type { KafkaConnectionSettings } from '../../src/main/kafka/connection-settings.js';
import type { RejectedRecord } from '../../src/main/kafka/decode-record.js';
import { KafkaAdmin } from '../../src/main/kafka/kafka-admin.js';
import { createKafka } from '../../src/main/kafka/kafka-client.js';
import { ResonanceConsumer, type ResonanceConsumerOptions } from '../../src/main/kafka/resonance-consumer.js';
import { ResonanceProducer, type ResonanceProducerOptions } from '../../src/main/kafka/resonance-producer.js';
import { createSystemClock } from '../../src/main/system-clock.js';
import type { Envelope } from '../../src/shared/envelope.js';
import { silentLogger } from './silent-logger.js';
import { Waiter } from './waiter.js';

/** Producers and consumers of one test on topics and a group of its own; `close()` ends them all. */
export class KafkaFixture {
  readonly clock = createSystemClock();
  readonly name = randomUUID().slice(0, 8);
  readonly groupId = `group-${this.name}`;
  readonly topics = {
    outbound: `outbound-${this.name}`,
    inbound: `inbound-${this.name}`,
    stateSync: `state-${this.name}`,
  };
  readonly targets = { lexamoris: `lexamoris-${this.name}`, nexus: `nexus-${this.name}` };
  readonly connection: KafkaConnectionSettings;
  readonly admin: KafkaAdmin;
  readonly envelopes: Envelope[] = [];
  readonly rejected: RejectedRecord[] = [];
  readonly #closables: { close(): Promise<void> }[] = [];
  readonly #waiter = new Waiter();

  constructor(brokers: readonly string[], connection: Partial<KafkaConnectionSettings> = {}) {
    this.connection = { brokers, clientId: 'test', ...connection };
    this.admin = new KafkaAdmin({ connection: this.connection, clock: this.clock, logger: silentLogger });
  }

  producer(options: Partial<ResonanceProducerOptions> = {}): ResonanceProducer {
    const producer = new ResonanceProducer({
      connection: this.connection,
      identity: { name: 'resonance', anchor: 'BOLZANO_71' },
      topics: this.topics,
      targets: this.targets,
      readState: () => ({ frequency: 0.043, s_roi: 0.502 }),
      catalogue: this.admin,
      clock: this.clock,
      logger: silentLogger,
      ...options,
    });
    this.#closables.push(producer);
    return producer;
  }

  consumer(options: Partial<ResonanceConsumerOptions> = {}): ResonanceConsumer {
    const consumer = new ResonanceConsumer({
      connection: this.connection,
      groupId: this.groupId,
      topics: [this.topics.inbound, this.topics.stateSync],
      catalogue: this.admin,
      clock: this.clock,
      logger: silentLogger,
      onEnvelopes: (envelopes) => {
        this.envelopes.push(...envelopes);
        this.#waiter.check();
      },
      onRejected: (rejected) => {
        this.rejected.push(rejected);
        this.#waiter.check();
      },
      ...options,
    });
    this.#closables.push(consumer);
    return consumer;
  }

  /** What every part of src/main/kafka takes. */
  get parts() {
    return { connection: this.connection, admin: this.admin, clock: this.clock, logger: silentLogger };
  }

  /** Values as they are, null for a tombstone, in one request. */
  async produceRaw(topic: string, values: readonly (Buffer | null)[], partition = 0): Promise<void> {
    const { kafka, sockets } = createKafka(this.connection, silentLogger);
    const producer = kafka.producer({ createPartitioner: () => () => partition });
    const messages = values.map((value) => ({ value }));
    await producer.connect();
    const sent = await producer.send({ topic, messages });
    await producer.disconnect();
    sockets.close();
    // To a partition that the broker did not tell it of kafkajs sends nothing, and says nothing of it.
    if (sent.length === 0) await this.produceRaw(topic, values, partition);
  }

  /** Gives an existing topic more partitions, so many in all. */
  async addPartitions(topic: string, count: number): Promise<void> {
    const { kafka, sockets } = createKafka(this.connection, silentLogger);
    const admin = kafka.admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic, count }] });
    await admin.disconnect();
    sockets.close();
  }

  /** The offset that this fixture's group has committed in partition 0 of a topic. */
  async committed(topic: string): Promise<string | null> {
    const [view] = await this.admin.describeTopics([topic], {
      groupId: this.groupId,
      consumedTopics: [topic],
    });
    return view?.partitions[0]?.committedOffset ?? null;
  }

  /** Resolves once that offset is committed; asks again and again, which the broker answers in its own time. */
  async untilCommitted(topic: string, offset: string): Promise<void> {
    while ((await this.committed(topic)) !== offset);
  }

  /** Resolves when the condition holds; looked at whenever the consumer's link or assignment changes. */
  untilChange(consumer: ResonanceConsumer, condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const unsubscribe = consumer.onLinkChange(() => {
        if (!condition()) return;
        unsubscribe();
        resolve();
      });
      if (condition()) {
        unsubscribe();
        resolve();
      }
    });
  }

  /** The first `count` messages of all consumers, once they are there. */
  async received(count: number): Promise<Envelope[]> {
    await this.until(() => this.envelopes.length >= count);
    return this.envelopes.slice(0, count);
  }

  /** Resolves when the condition holds; looked at whenever something was received. */
  until(condition: () => boolean): Promise<void> {
    return this.#waiter.until(condition);
  }

  /** Ends everything that this fixture made. */
  async close(): Promise<void> {
    await Promise.all(this.#closables.map((closable) => closable.close()));
    await this.admin.close();
  }
}
