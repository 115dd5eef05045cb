import type { Clock, Timer } from '../../shared/clock.js';
import type { Envelope } from '../../shared/envelope.js';
import { describeError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import type { KafkaConnectionSettings } from '../kafka/connection-settings.js';
import { settledWithin } from '../kafka/deadline.js';
import type { KafkaAdmin } from '../kafka/kafka-admin.js';
import type { ResonanceConsumer } from '../kafka/resonance-consumer.js';
import { TopicTap } from '../kafka/topic-tap.js';

export interface StateTopicFollowerOptions {
  readonly topic: string;
  readonly consumer: Pick<ResonanceConsumer, 'view' | 'memberId' | 'onLinkChange'>;
  readonly admin: KafkaAdmin;
  readonly connection: KafkaConnectionSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For what is shown and merged; handlers run where the partition is assigned, and only there. */
  readonly onEnvelopes: (envelopes: readonly Envelope[]) => void;
}

const tryAgainMs = 5_000;

/**
 * Lets every instance of a node know the whole mesh. Instances with one group share the partitions of the state topic, so
 * that each would hear some of the nodes alone, call the others silent, and miss changes of the state: what is assigned to
 * others is looked at besides, through a tap. An instance that has all partitions, as most have, needs none.
 */
export class StateTopicFollower {
  readonly #options: StateTopicFollowerOptions;
  readonly #unsubscribe: () => void;
  /** Partitions that other instances read. */
  #elsewhere: ReadonlySet<number> = new Set();
  #assigned = '';
  #tap: TopicTap | null = null;
  #retry: Timer | null = null;
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: StateTopicFollowerOptions) {
    this.#options = options;
    this.#unsubscribe = options.consumer.onLinkChange(() => this.#onChange());
  }

  /** Within `deadlineMs`; idempotent, never rejects. */
  async close(deadlineMs: number): Promise<void> {
    this.#closed = true;
    this.#unsubscribe();
    this.#retry?.cancel();
    if (this.#tap !== null) await settledWithin(this.#tap.close(), deadlineMs, this.#options.clock);
  }

  #onChange(): void {
    const { consumer } = this.#options;
    // Between two memberships it stays as it is.
    if (consumer.memberId === null || this.#closed) return;
    const assigned = JSON.stringify(this.#own());
    if (assigned === this.#assigned) return;
    this.#assigned = assigned;
    this.#retry?.cancel();
    this.#looking = this.#looking.then(() => this.#follow());
  }

  #own(): readonly number[] {
    const { consumer, topic } = this.#options;
    return consumer.view.assignment.find((entry) => entry.topic === topic)?.partitions ?? [];
  }

  async #follow(): Promise<void> {
    const { admin, topic } = this.#options;
    if (this.#closed) return;
    try {
      const count = (await admin.ensureTopics([topic])).get(topic) ?? 0;
      const own = new Set(this.#own());
      const all = Array.from({ length: count }, (_, partition) => partition);
      this.#elsewhere = new Set(all.filter((partition) => !own.has(partition)));
    } catch (error) {
      this.#tryAgain(error);
      return;
    }
    if (this.#closed) return;
    if (this.#elsewhere.size === 0) {
      await this.#tap?.close();
      this.#tap = null;
    } else if (this.#tap === null) {
      this.#tap = this.#createTap();
      void this.#read(this.#tap);
    }
  }

  #createTap(): TopicTap {
    const { topic, admin, connection, clock, logger } = this.#options;
    return new TopicTap({ topics: [topic], from: 'latest', admin, connection, clock, logger });
  }

  async #read(tap: TopicTap): Promise<void> {
    try {
      for await (const item of tap.items()) {
        // What is refused is counted where the partition is assigned.
        if (!('envelope' in item)) continue;
        const { kafka } = item.envelope;
        if (kafka !== undefined && this.#elsewhere.has(kafka.partition)) {
          this.#options.onEnvelopes([item.envelope]);
        }
      }
    } catch (error) {
      if (this.#tap !== tap) return;
      this.#tap = null;
      this.#tryAgain(error);
    }
  }

  #tryAgain(error: unknown): void {
    const { clock, logger } = this.#options;
    logger.debug(`the partitions of other instances are not followed yet: ${describeError(error)}`);
    this.#retry?.cancel();
    this.#retry = clock.after(tryAgainMs, () => {
      this.#looking = this.#looking.then(() => this.#follow());
    });
  }
}
