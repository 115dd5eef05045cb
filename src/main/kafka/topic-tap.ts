import type { EachBatchPayload } from 'kafkajs';
import { fullJitterMs } from '../../shared/backoff.js';
import type { Clock } from '../../shared/clock.js';
import type { Envelope } from '../../shared/envelope.js';
import { describeError, ResonanceError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import { createUuidV7 } from '../../shared/uuid.js';
import { reconnectBackoff } from './backoff.js';
import { brokersAsText, type KafkaConnectionSettings } from './connection-settings.js';
import { ConsumerSession, defaultConsumerTuning } from './consumer-session.js';
import { type DecodedRecord, decodeRecord, type RejectedRecord, type ResolveNode } from './decode-record.js';
import type { KafkaAdmin } from './kafka-admin.js';
import { OffsetLedger } from './offset-ledger.js';
import { translateKafkaError } from './translate-error.js';
import { Wakeup } from './wakeup.js';

export interface TopicTapOptions {
  readonly connection: KafkaConnectionSettings;
  readonly topics: readonly string[];
  /** `newest`: so many records before each partition's end. */
  readonly from: 'beginning' | 'latest' | { readonly newest: number };
  /** Says where the topics end now, and removes the tap's group afterwards. */
  readonly admin: Pick<KafkaAdmin, 'describeTopics' | 'deleteGroup'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly resolveNode?: ResolveNode;
  /** Called once the tap reads: from then on nothing new is missed. */
  readonly onReading?: () => void;
}

export type TapItem = { readonly envelope: Envelope } | { readonly rejected: RejectedRecord };

/**
 * Looks into topics without disturbing anybody: a throw-away group of its own, nothing committed, the group removed
 * afterwards, no topic created.
 *
 * It reads no faster than its items are taken: at most one fetch is held.
 */
export class TopicTap {
  readonly groupId = `resonance-tap-${createUuidV7()}`;
  readonly #options: TopicTapOptions;
  readonly #resolveNode: ResolveNode;
  readonly #ledger = new OffsetLedger();
  readonly #arrived: Wakeup;
  readonly #taken: Wakeup;
  #held: DecodedRecord[] = [];
  #session: ConsumerSession | undefined;
  #failure: ResonanceError | undefined;
  #hasJoined = false;
  #closed = false;

  constructor(options: TopicTapOptions) {
    this.#options = options;
    this.#resolveNode = options.resolveNode ?? ((message) => message.source ?? null);
    this.#arrived = new Wakeup(options.clock);
    this.#taken = new Wakeup(options.clock);
  }

  /**
   * Reads for as long as it is iterated; leaving the loop closes the tap.
   *
   * @throws ResonanceError when the topics cannot be read at all; a connection lost later is rebuilt for ever
   */
  async *items(): AsyncGenerator<TapItem, void, undefined> {
    void this.#keepReading();
    try {
      while (!this.#closed) {
        const items = this.#held;
        this.#held = [];
        this.#taken.wake();
        for (const item of items) {
          if (this.#closed) return;
          yield item.ok ? { envelope: item.envelope } : { rejected: item.rejected };
        }
        if (this.#failure !== undefined) throw this.#failure;
        if (this.#held.length === 0 && !this.#closed) await this.#arrived.wait();
      }
    } finally {
      await this.close();
    }
  }

  /** Ends the iteration and removes the group. Idempotent, never rejects. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#arrived.wake();
    this.#taken.wake();
    await this.#session?.end();
    if (!this.#hasJoined) return;
    try {
      await this.#options.admin.deleteGroup(this.groupId);
    } catch (error) {
      // Without commits and members the broker forgets it by itself.
      this.#options.logger.debug(`the tap's group was not removed: ${describeError(error)}`);
    }
  }

  async #keepReading(): Promise<void> {
    try {
      await this.#findStart();
    } catch (error) {
      this.#fail(error);
      return;
    }
    const { connection, topics, from, clock, logger, onReading } = this.#options;
    for (let attempt = 0; !this.#closed; attempt += 1) {
      const session = new ConsumerSession({
        connection,
        groupId: this.groupId,
        topics,
        fromBeginning: from !== 'latest',
        tuning: defaultConsumerTuning,
        clock,
        logger: logger.child('tap'),
        onBatch: (payload) => this.#hold(payload),
        onJoined: () => {
          attempt = 0;
          this.#hasJoined = true;
          // Nothing is committed: only the tap itself knows where it starts, and where it was before a rebuild.
          for (const next of this.#ledger.pending()) session.seek(next);
          onReading?.();
        },
        onInterrupted: () => undefined,
        onAlive: () => undefined,
      });
      this.#session = session;
      void session.run();
      const reason = await session.ended;
      if (reason === null || this.#closed) return;
      if (!this.#hasJoined) {
        this.#fail(reason);
        return;
      }
      logger.debug(`tap interrupted: ${reason.message}`);
      await new Promise<void>((resolve) => clock.after(fullJitterMs(attempt, reconnectBackoff), resolve));
    }
  }

  /** A group without commits would find the end of a topic only at its first fetch, and miss what comes before it. */
  async #findStart(): Promise<void> {
    const { admin, topics, from } = this.#options;
    for (const { name, exists, partitions } of await admin.describeTopics(topics)) {
      if (!exists) {
        throw new ResonanceError('KAFKA_TOPIC_UNKNOWN', `the topic ${name} does not exist`, {
          hint: 'Check the name; looking into a topic does not create it.',
        });
      }
      for (const { partition, lowOffset, highWatermark, unknown } of partitions) {
        if (lowOffset === null || highWatermark === null) {
          const reason = unknown?.message ?? 'its offsets are not known';
          throw new ResonanceError(unknown?.code ?? 'KAFKA_FAILED', `${name}/${partition}: ${reason}`, {
            retriable: true,
            ...(unknown?.hint === undefined ? {} : { hint: unknown.hint }),
          });
        }
        const next = startOffset(BigInt(lowOffset), BigInt(highWatermark), from);
        this.#ledger.handled(name, partition, (next - 1n).toString(), 0);
      }
    }
  }

  #fail(error: unknown): void {
    const { topics, connection } = this.#options;
    this.#failure = translateKafkaError(error, `reading ${topics.join(', ')}`, brokersAsText(connection));
    this.#arrived.wake();
  }

  async #hold({ batch, resolveOffset, heartbeat, isRunning, isStale }: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = batch;
    const atMs = this.#options.clock.wallMs();
    while (this.#held.length > 0 && !this.#closed) {
      await this.#taken.wait(1_000);
      // A slow taker must not cost the membership.
      await heartbeat();
    }
    if (this.#closed || !isRunning() || isStale()) return;
    for (const record of messages)
      this.#held.push(decodeRecord(record, topic, partition, atMs, this.#resolveNode));
    resolveOffset(batch.lastOffset());
    this.#ledger.handled(topic, partition, batch.lastOffset(), messages.length);
    this.#arrived.wake();
  }
}

function startOffset(low: bigint, high: bigint, from: TopicTapOptions['from']): bigint {
  if (from === 'beginning') return low;
  if (from === 'latest') return high;
  const start = high - BigInt(from.newest);
  return start > low ? start : low;
}
