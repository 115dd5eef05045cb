import type { ResonanceProducer } from '../../../src/main/kafka/resonance-producer.js';
import type { LinkState } from '../../../src/shared/feed.js';
import { KafkaFixture } from '../kafka-fixture.js';
import type { TestNode } from '../test-node.js';
import { History } from './history.js';
import { Load } from './load.js';
import { readBack } from './read-back.js';
import { startReceiver } from './receiver.js';
import { type RowResult, RowRun } from './row.js';

/** Between two questions to a broker that has nothing to wait for. */
const askAgainMs = 200;

/** Has a link: the load's producer, the receiver's consumer. */
export interface LinkedPart {
  readonly link: LinkState;
  onLinkChange(listener: (state: LinkState) => void): () => void;
}

export interface LoadedTopicOptions {
  readonly brokers: readonly string[];
  readonly partitions: number;
  readonly replicationFactor: number;
}

/**
 * A topic under a steady load from one producer, and a whole node that reads it: what a broker's fault happens to. All
 * with the settings as they ship.
 */
export class LoadedTopic extends RowRun {
  readonly topic: string;
  readonly #brokers: readonly string[];
  readonly #fixture: KafkaFixture;
  readonly #receiver: TestNode;
  readonly #producer: ResonanceProducer;
  readonly #load: Load;

  private constructor(
    history: History,
    brokers: readonly string[],
    fixture: KafkaFixture,
    receiver: TestNode,
    partitions: number,
  ) {
    super(history);
    this.topic = fixture.topics.inbound;
    this.#brokers = brokers;
    this.#fixture = fixture;
    this.#receiver = receiver;
    this.#producer = fixture.producer();
    this.#load = new Load({ producer: this.#producer, topic: this.topic, partitions, history });
  }

  /** Resolves when messages flow from end to end. */
  static async start({ brokers, ...settings }: LoadedTopicOptions): Promise<LoadedTopic> {
    const history = new History(['lexamoris']);
    const fixture = new KafkaFixture(brokers);
    const topic = fixture.topics.inbound;
    await fixture.admin.createTopic(topic, settings);
    const receiver = await startReceiver({ brokers, topic, history });
    const loaded = new LoadedTopic(history, brokers, fixture, receiver, settings.partitions);
    await history.untilAcknowledged(100);
    await loaded.consuming();
    return loaded;
  }

  /** The connections that carry the load. */
  get linkedParts(): LinkedPart[] {
    const consumer = this.#receiver.node.pipeline.kafka?.consumer;
    return consumer === undefined ? [this.#producer] : [this.#producer, consumer];
  }

  /** Resolves once a message that is sent from now on was applied. */
  consuming(): Promise<void> {
    return this.history.next(({ kind }) => kind === 'applied');
  }

  /** The broker that leads each partition, as a cluster's node id. */
  async leaders(): Promise<number[]> {
    const [view] = await this.#fixture.admin.describeTopics([this.topic]);
    return (view?.partitions ?? []).map(({ leader }) => leader);
  }

  /** Resolves once every partition has so many replicas in sync, so that it can bear the loss of a broker again. */
  async untilInSync(replicas: number): Promise<void> {
    for (;;) {
      const [view] = await this.#fixture.admin.describeTopics([this.topic]);
      if (view?.partitions.every(({ inSyncReplicas }) => inSyncReplicas.length === replicas)) return;
      await new Promise((resolve) => setTimeout(resolve, askAgainMs));
    }
  }

  /** Ends the load, waits until everything acknowledged was applied, reads the topic back and judges. */
  async finish(): Promise<RowResult> {
    const { topic, history } = this;
    await this.#load.stop();
    await history.untilApplied();
    await readBack({ brokers: this.#brokers, topic, history });
    return this.result();
  }

  async close(): Promise<void> {
    await this.#load.stop();
    await this.#fixture.close();
    await this.#receiver.close();
  }
}
