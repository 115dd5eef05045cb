import type { Consumer, EachBatchPayload, IMemberAssignment } from 'kafkajs';
import type { Clock, Timer } from '../../shared/clock.js';
import { ResonanceError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import { brokersAsText, type KafkaConnectionSettings } from './connection-settings.js';
import { settledWithin } from './deadline.js';
import { dropUnansweredConsumer } from './faults/unanswered-connection.js';
import { createKafka, type KafkaClient } from './kafka-client.js';
import { translateKafkaError } from './translate-error.js';

export interface ConsumerTuning {
  /** Largest fetch of one partition, and of one answer. Default {@link defaultConsumerTuning}. */
  readonly maxBytes: number;
  /** The broker answers an empty fetch after so long. */
  readonly maxWaitMs: number;
  /** A member that is silent for longer loses its partitions. The broker's own minimum is 6,000 by default. */
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  /** How long the others may take to join again in a rebalance. */
  readonly rebalanceTimeoutMs: number;
  /** No answer of any kind for so long: the link is dead, whatever the sockets say. */
  readonly silenceTimeoutMs: number;
  /** New partitions of a topic are noticed after so long at the latest, by one request for its metadata. */
  readonly metadataMaxAgeMs: number;
}

/*
 * maxBytes: one answer is looked through in one go, and the event loop stands still meanwhile; more of it at a time is more for
 * the garbage collector to move.
 * metadataMaxAgeMs: kafkajs' own five minutes would be as long as nobody reads a new partition; a request costs 0.4 ms of CPU.
 * sessionTimeoutMs: a consumer that was rebuilt waits so long for its former self to be expelled from the group.
 */
export const defaultConsumerTuning: ConsumerTuning = {
  maxBytes: 524_288,
  maxWaitMs: 500,
  sessionTimeoutMs: 6_000,
  heartbeatIntervalMs: 1_500,
  rebalanceTimeoutMs: 10_000,
  silenceTimeoutMs: 15_000,
  metadataMaxAgeMs: 5_000,
};

export interface ConsumerSessionOptions {
  readonly connection: KafkaConnectionSettings;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly fromBeginning: boolean;
  readonly tuning: ConsumerTuning;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onBatch: (payload: EachBatchPayload) => Promise<void>;
  readonly onJoined: (assignment: IMemberAssignment, memberId: string) => void;
  /** The connection is gone; kafkajs tries again for a while. */
  readonly onInterrupted: () => void;
  /** An answer came: the connection works. */
  readonly onAlive: () => void;
}

const disconnectTimeoutMs = 2_000;

/**
 * One kafkajs consumer from its first connection to its end. It is never restarted: kafkajs leaves a consumer that
 * crashed with an error that it calls non-retriable dead, without a rejection anywhere
 * (https://github.com/tulios/kafkajs/issues/1443), and may hang silently when the link swallows packets
 * (issues 659, 1545), so the end of a session for whatever reason is reported by {@link ended} and the owner makes the
 * next one.
 */
export class ConsumerSession {
  /** Resolves with the reason once this session is over; with null after {@link end}. */
  readonly ended: Promise<ResonanceError | null>;
  readonly #options: ConsumerSessionOptions;
  readonly #client: KafkaClient;
  readonly #consumer: Consumer;
  readonly #watchdog: Timer;
  #finish: (reason: ResonanceError | null) => void = () => undefined;
  #lastAnswerMs: number;
  #isOver = false;

  constructor(options: ConsumerSessionOptions) {
    this.#options = options;
    const { tuning, clock } = options;
    this.ended = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.#client = createKafka(options.connection, options.logger, { onDisconnected: options.onInterrupted });
    this.#consumer = this.#client.kafka.consumer({
      groupId: options.groupId,
      allowAutoTopicCreation: false,
      sessionTimeout: tuning.sessionTimeoutMs,
      heartbeatInterval: tuning.heartbeatIntervalMs,
      rebalanceTimeout: tuning.rebalanceTimeoutMs,
      metadataMaxAge: tuning.metadataMaxAgeMs,
      maxBytes: tuning.maxBytes,
      maxBytesPerPartition: tuning.maxBytes,
      maxWaitTimeInMs: tuning.maxWaitMs,
      // Long enough to get over a short interruption as the same member; not longer, since kafkajs stays with the
      // coordinator that it knows, and when that broker is gone only a new session finds the next one.
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4, restartOnFailure: async () => false },
    });
    this.#lastAnswerMs = clock.monotonicMs();
    this.#watchdog = clock.every(1_000, () => this.#checkSilence());
    this.#listen();
  }

  /** Connects, joins the group and consumes until the session is over. */
  async run(): Promise<void> {
    const { topics, fromBeginning, onBatch } = this.#options;
    try {
      await this.#consumer.connect();
      await this.#consumer.subscribe({ topics: [...topics], fromBeginning });
      if (this.#isOver) return;
      await this.#consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: onBatch });
    } catch (error) {
      this.#over(this.#translate(error));
    }
  }

  /** Commits the given next offsets; rejects with what kafkajs says (a rebalance may have taken the partitions). */
  commit(offsets: readonly { topic: string; partition: number; offset: string }[]): Promise<void> {
    return this.#consumer.commitOffsets([...offsets]);
  }

  /** Continues this partition at `offset`. */
  seek(next: { readonly topic: string; readonly partition: number; readonly offset: string }): void {
    this.#consumer.seek(next);
  }

  pause(topics: readonly string[]): void {
    this.#consumer.pause(topics.map((topic) => ({ topic })));
  }

  resume(topics: readonly string[]): void {
    this.#consumer.resume(topics.map((topic) => ({ topic })));
  }

  /** Leaves the group and disconnects, gracefully for a moment, then at once. Never rejects. */
  async end(timeoutMs = disconnectTimeoutMs): Promise<void> {
    const wasRunning = !this.#isOver;
    this.#over(null);
    if (wasRunning) await settledWithin(this.#consumer.disconnect(), timeoutMs, this.#options.clock);
    this.#client.sockets.close();
  }

  #listen(): void {
    const { onJoined, onAlive } = this.#options;
    this.#consumer.on('consumer.group_join', ({ payload }) =>
      onJoined(payload.memberAssignment, payload.memberId),
    );
    this.#consumer.on('consumer.network.request', () => {
      this.#lastAnswerMs = this.#options.clock.monotonicMs();
      onAlive();
    });
    dropUnansweredConsumer(this.#consumer, this.#client.sockets);
    this.#consumer.on('consumer.crash', ({ payload }) => this.#over(this.#translate(payload.error)));
  }

  #checkSilence(): void {
    const { clock, tuning, connection } = this.#options;
    if (clock.monotonicMs() - this.#lastAnswerMs < tuning.silenceTimeoutMs) return;
    this.#over(
      new ResonanceError(
        'KAFKA_TIMEOUT',
        `no answer from ${brokersAsText(connection)} for ${tuning.silenceTimeoutMs} ms`,
        { retriable: true, hint: 'The broker hangs, or the network swallows packets.' },
      ),
    );
  }

  #translate(error: unknown): ResonanceError {
    const { connection, topics } = this.#options;
    return translateKafkaError(error, `consuming ${topics.join(', ')}`, brokersAsText(connection));
  }

  /** The one way to the end: whoever comes first says why. */
  #over(reason: ResonanceError | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#watchdog.cancel();
    // After a failure nothing graceful is left to do; before `end` has disconnected, there is.
    if (reason !== null) this.#client.sockets.close();
    this.#finish(reason);
  }
}
