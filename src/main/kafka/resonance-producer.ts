import type { Clock } from '../../shared/clock.js';
import type { Envelope, KafkaPosition } from '../../shared/envelope.js';
import { ResonanceError } from '../../shared/errors.js';
import type { LinkState } from '../../shared/feed.js';
import type { SendingCompression } from '../../shared/kafka-config.js';
import type { Logger } from '../../shared/logger.js';
import { encodeMessage, type Message, type StateData } from '../../shared/message.js';
import { maxMessageBytes } from '../../shared/parse-message.js';
import { formatTimestamp } from '../../shared/timestamp.js';
import { createUuidV7 } from '../../shared/uuid.js';
import { brokersAsText, type KafkaConnectionSettings } from './connection-settings.js';
import { settledWithin } from './deadline.js';
import type { LinkListener } from './link-tracker.js';
import { partitionForKey } from './partition-for-key.js';
import { ProducerConnection } from './producer-connection.js';
import { ProducerLane } from './producer-lane.js';
import { readOnlyProfile } from './read-only-profile.js';
import { Refusals } from './refusals.js';
import { type TopicCatalogue, TopicDirectory } from './topic-directory.js';

export interface ResonanceProducerOptions {
  readonly connection: KafkaConnectionSettings;
  /** Who sends: `name` is the messages' `source` and key, `anchor` goes with every message. */
  readonly identity: { readonly name: string; readonly anchor: string };
  readonly topics: { readonly outbound: string; readonly inbound: string; readonly stateSync: string };
  /** Topic of each peer by its name; read with every message, since peers come and go. */
  readonly targets: Readonly<Record<string, string>>;
  /** Own values for heartbeats: frequency in Hz and S-ROI. */
  readonly readState: () => { readonly frequency?: number | undefined; readonly s_roi?: number | undefined };
  /** Looks topics up and creates missing ones: a `KafkaAdmin`. */
  readonly catalogue: TopicCatalogue;
  /** Of the batches. Default `none`. */
  readonly compression?: SendingCompression;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Message ids. Default: UUIDv7. */
  readonly createId?: () => string;
  /** Called once the broker has acknowledged a message. */
  readonly onSent?: (envelope: Envelope) => void;
  /** How long a message may wait for the broker's acknowledgement. Default 30,000 ms. */
  readonly deliveryTimeoutMs?: number;
  /** Messages that may be unacknowledged at once; `QUEUE_FULL` beyond. Default 10,000. */
  readonly maxInFlight?: number;
}

export interface PublishOptions {
  /** Default by type: repository events to the outbound topic, everything else to the state topic. */
  readonly topic?: string;
  /** A configured peer: its topic, instead of `topic`. */
  readonly target?: string;
  /** Messages with the same key keep their order. Default: the node's name. */
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Overrides the producer's own. */
  readonly deliveryTimeoutMs?: number;
  /** It could not be sent yet, for a reason that may pass; as long as there is time, it is tried again. */
  readonly onRefused?: (error: ResonanceError) => void;
}

const defaultDeliveryTimeoutMs = 30_000;
/** A heartbeat that comes later says nothing any more. */
const heartbeatDeliveryTimeoutMs = 5_000;
const defaultMaxInFlight = 10_000;
const lookupRetryMs = 250;

/**
 * Sends this node's messages to Kafka: acks=all, idempotent, in order for each key.
 *
 * Connects at the first send (or {@link start}) and stays connected, reconnecting with full-jitter backoff for ever.
 * Every send resolves with the record's position once all in-sync replicas have it, or rejects with a
 * {@link ResonanceError}: `TARGET_UNKNOWN`, `QUEUE_FULL`, or any of the `KAFKA_` codes.
 */
export class ResonanceProducer {
  readonly #options: ResonanceProducerOptions;
  readonly #connection: ProducerConnection;
  readonly #directory: TopicDirectory;
  readonly #refusals: Refusals;
  readonly #lanes = new Map<string, ProducerLane>();
  readonly #settled = new Set<() => void>();
  #inFlight = 0;
  #closed = false;

  constructor(options: ResonanceProducerOptions) {
    this.#options = options;
    this.#connection = new ProducerConnection({
      connection: options.connection,
      compression: options.compression ?? 'none',
      clock: options.clock,
      logger: options.logger.child('producer'),
    });
    this.#refusals = new Refusals(options.clock, (refusal) => this.#connection.refused(refusal));
    this.#directory = new TopicDirectory(options.catalogue, () => options.clock.monotonicMs());
  }

  get link(): LinkState {
    return this.#connection.link;
  }

  /** Messages given to the producer and not yet acknowledged nor failed. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Listens to changes of the connection's state; returns the unsubscribe. */
  onLinkChange(listener: LinkListener): () => void {
    return this.#connection.onLinkChange(listener);
  }

  /** Connects ahead of the first send; does not wait for it. Idempotent. */
  start(): void {
    this.#connection.start();
  }

  /** Tells the mesh this node's state. */
  sendStateUpdate(data: StateData): Promise<KafkaPosition> {
    return this.publish({ type: 'state_update', ...this.#common(), data });
  }

  /** @param frequency in Hz */
  sendFrequencySync(frequency: number, sRoi: number): Promise<KafkaPosition> {
    return this.publish({ type: 'frequency_sync', ...this.#common(), frequency, s_roi: sRoi });
  }

  sendSRoiUpdate(sRoi: number): Promise<KafkaPosition> {
    return this.publish({ type: 's_roi_update', ...this.#common(), s_roi: sRoi });
  }

  /**
   * Tells of a commit, a push, ...
   *
   * @param targetNode a configured peer; without one the event goes to the outbound topic, to all
   */
  sendRepositoryEvent(
    eventType: string,
    data: Readonly<Record<string, unknown>>,
    targetNode?: string | null,
  ): Promise<KafkaPosition> {
    const message: Message = {
      type: 'repository_event',
      ...this.#common(),
      event_type: eventType,
      data: { ...data },
    };
    return this.publish(message, targetNode == null ? {} : { target: targetNode });
  }

  /** Given up after five seconds: a late one says nothing. */
  sendHeartbeat(): Promise<KafkaPosition> {
    const { frequency, s_roi } = this.#options.readState();
    const message: Message = {
      type: 'heartbeat',
      ...this.#common(),
      ...(frequency === undefined ? {} : { frequency }),
      ...(s_roi === undefined ? {} : { s_roi }),
    };
    const { deliveryTimeoutMs = defaultDeliveryTimeoutMs } = this.#options;
    return this.publish(message, {
      deliveryTimeoutMs: Math.min(deliveryTimeoutMs, heartbeatDeliveryTimeoutMs),
    });
  }

  /** Sends any message as it is; nothing is added to it. */
  async publish(message: Message, options: PublishOptions = {}): Promise<KafkaPosition> {
    const topic = this.#topicFor(message, options);
    if (this.#options.connection.readOnly === true) throw readOnlyProfile(`sending to ${topic}`);
    const text = encodeMessage(message);
    const byteLength = Buffer.byteLength(text);
    this.#admit(topic, byteLength);
    const { clock } = this.#options;
    const timeoutMs =
      options.deliveryTimeoutMs ?? this.#options.deliveryTimeoutMs ?? defaultDeliveryTimeoutMs;
    const deadlineMs = clock.monotonicMs() + timeoutMs;
    const key = options.key ?? this.#options.identity.name;
    const { headers = {}, onRefused = () => undefined } = options;
    this.#inFlight += 1;
    try {
      const partitions =
        this.#directory.knownPartitions(topic) ?? (await this.#lookUp(topic, deadlineMs, onRefused));
      const partition = partitionForKey(key, partitions);
      const offset = await new Promise<bigint>((resolve, reject) => {
        const refused = onRefused;
        const record = { key, value: text, headers, byteLength, deadlineMs, refused, resolve, reject };
        this.#lane(topic, partition).add(record);
      });
      const kafka = { topic, partition, offset: offset.toString() };
      this.#tell({ message, text, byteLength, key, headers, kafka });
      return kafka;
    } catch (error) {
      if (error instanceof ResonanceError && error.code === 'KAFKA_TOPIC_UNKNOWN')
        this.#directory.forget(topic);
      throw error;
    } finally {
      this.#inFlight -= 1;
      if (this.#inFlight === 0) for (const resolve of this.#settled) resolve();
    }
  }

  /** Sends many at once, sharing requests; rejects with the first failure, the others may still have arrived. */
  publishAll(messages: readonly Message[], options: PublishOptions = {}): Promise<KafkaPosition[]> {
    return Promise.all(messages.map((message) => this.publish(message, options)));
  }

  /** Waits for what is in flight, then ends the connection; both within `deadlineMs`. Idempotent, never rejects. */
  async close(deadlineMs = 3_000): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#inFlight > 0) {
      const drained = new Promise<void>((resolve) => this.#settled.add(resolve));
      await settledWithin(drained, Math.max(0, deadlineMs - 1_000), this.#options.clock);
    }
    const error = new ResonanceError(
      'KAFKA_CLOSED',
      'the producer was closed before the broker had acknowledged',
    );
    for (const lane of this.#lanes.values()) lane.abandon(error);
    await this.#connection.close();
    this.#refusals.close();
  }

  #common() {
    const { identity, clock, createId = createUuidV7 } = this.#options;
    return {
      timestamp: formatTimestamp(clock.wallMs()),
      source: identity.name,
      anchor: identity.anchor,
      id: createId(),
    };
  }

  #topicFor(message: Message, { topic, target }: PublishOptions): string {
    const { topics, targets } = this.#options;
    if (target !== undefined) {
      const targetTopic = Object.hasOwn(targets, target) ? targets[target] : undefined;
      if (targetTopic === undefined) {
        const known = Object.keys(targets).sort().join(', ') || 'none';
        throw new ResonanceError('TARGET_UNKNOWN', `unknown target ${target}; known targets: ${known}`, {
          hint: 'Choose one of these, or add the node under peers in the settings.',
        });
      }
      return targetTopic;
    }
    return topic ?? (message.type === 'repository_event' ? topics.outbound : topics.stateSync);
  }

  #admit(topic: string, byteLength: number): void {
    if (this.#closed) throw new ResonanceError('KAFKA_CLOSED', 'the producer is closed');
    if (byteLength > maxMessageBytes) {
      throw new ResonanceError(
        'KAFKA_MESSAGE_TOO_LARGE',
        `sending to ${topic}: ${byteLength} bytes, at most ${maxMessageBytes} are allowed`,
        { hint: 'Send less: no node of the mesh reads larger messages.' },
      );
    }
    const maxInFlight = this.#options.maxInFlight ?? defaultMaxInFlight;
    if (this.#inFlight >= maxInFlight) {
      throw new ResonanceError('QUEUE_FULL', `${maxInFlight} messages wait for Kafka already`, {
        retriable: true,
        hint: 'The broker is slower than what is sent, or unreachable; look at the Kafka connection.',
      });
    }
  }

  async #lookUp(
    topic: string,
    deadlineMs: number,
    onRefused: (error: ResonanceError) => void,
  ): Promise<number> {
    const { clock } = this.#options;
    const startedMs = clock.monotonicMs();
    for (;;) {
      try {
        const partitions = await this.#directory.partitions(topic);
        this.#refusals.taken(topic);
        return partitions;
      } catch (error) {
        if (!(error instanceof ResonanceError) || !error.retriable) throw error;
        this.#refusals.refused(topic, error, startedMs);
        onRefused(error);
        if (clock.monotonicMs() + lookupRetryMs >= deadlineMs) {
          this.#refusals.givenUp(topic);
          throw error;
        }
      }
      await this.#connection.session(deadlineMs, onRefused);
      await new Promise<void>((resolve) => clock.after(lookupRetryMs, resolve));
    }
  }

  #lane(topic: string, partition: number): ProducerLane {
    const name = `${topic}/${partition}`;
    const existing = this.#lanes.get(name);
    if (existing !== undefined) return existing;
    const lane = new ProducerLane({
      topic,
      partition,
      endpoint: brokersAsText(this.#options.connection),
      clock: this.#options.clock,
      session: (deadlineMs, onWaiting) => this.#connection.session(deadlineMs, onWaiting),
      onGivenUp: (session, error) => this.#connection.giveUp(session, error),
      refusals: this.#refusals,
    });
    this.#lanes.set(name, lane);
    return lane;
  }

  #tell(sent: Pick<Envelope, 'message' | 'text' | 'byteLength' | 'key' | 'headers' | 'kafka'>): void {
    this.#options.onSent?.({
      ...sent,
      direction: 'out',
      transport: 'kafka',
      node: this.#options.identity.name,
      atMs: this.#options.clock.wallMs(),
    });
  }
}
