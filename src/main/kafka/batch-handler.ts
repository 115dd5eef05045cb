import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { fullJitterMs } from '../../shared/backoff.js';
import type { Clock } from '../../shared/clock.js';
import type { Envelope } from '../../shared/envelope.js';
import { describeError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import { settledWithin } from './deadline.js';
import { decodeRecord, type RejectedRecord, type ResolveNode } from './decode-record.js';
import type { FailedMessage, HandlerRegistry } from './handler-registry.js';
import type { OffsetLedger } from './offset-ledger.js';
import type { RepeatFilter } from './repeat-filter.js';

export interface BatchHandlerOptions {
  readonly handlers: HandlerRegistry;
  readonly repeats: RepeatFilter;
  readonly ledger: OffsetLedger;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly resolveNode: ResolveNode;
  readonly onEnvelopes: (envelopes: readonly Envelope[]) => void;
  readonly onRejected: (rejected: RejectedRecord) => void;
  /** Keeps a message that its handlers failed on; resolves once it is kept for good. */
  readonly onGivenUp: (failed: FailedMessage) => Promise<void>;
  /** A partition that had to wait has gone on: there is something to commit. */
  readonly onProgress: () => void;
  /** Whether a partition of this topic may be fetched again after it had to wait. */
  readonly mayResume: (topic: string) => boolean;
  readonly isClosed: () => boolean;
}

/** Records decoded and handled before the event loop gets its turn: about 2 ms of work. */
const sliceRecords = 250;
/** A handler that takes longer (or fails) holds up its partition alone. */
const patienceMs = 100;
const deadLetterBackoff = { baseMs: 250, capMs: 5_000 } as const;

/** What is known of a partition beyond its offset, from a message that had to wait until all read before it are through. */
interface Detour {
  /** The message that its handlers are at: its partition is paused. */
  isWaiting: boolean;
  /** Everything up to here has had its effect. */
  handledThrough: bigint;
  /** Everything up to here was shown already. */
  shownThrough: bigint;
}

/** What a slice of records amounts to. */
interface Slice {
  /** Not shown before. */
  readonly fresh: readonly Envelope[];
  /** Whose handlers have to run. */
  readonly unhandled: readonly Envelope[];
}

/**
 * Takes batches of records to their effects, in order within a partition: decode, mark repeats, show, run the handlers. What
 * was handled goes into the ledger, to be committed.
 *
 * A message whose handlers fail or take their time holds up its own partition and no other: the partition is paused, and
 * fetched again from the next message on once this one was handled, or kept as a dead letter.
 */
export class BatchHandler {
  readonly #options: BatchHandlerOptions;
  #detours = new Map<string, Detour>();

  constructor(options: BatchHandlerOptions) {
    this.#options = options;
  }

  /** Partitions may have moved: what is still being handled goes on, but no offset follows from it. */
  clear(): void {
    this.#detours = new Map();
  }

  async handle(payload: EachBatchPayload): Promise<void> {
    const { batch, isRunning, isStale, resolveOffset, pause } = payload;
    const { topic, partition, messages } = batch;
    const { ledger, isClosed } = this.#options;
    const detours = this.#detours;
    const name = `${topic}/${partition}`;
    if (detours.get(name)?.isWaiting === true) {
      pause();
      return;
    }
    // Decoding this fetch has just kept the loop busy.
    await nextTurn();
    for (let start = 0; start < messages.length; start += sliceRecords) {
      if (!isRunning() || isStale() || isClosed()) return;
      const records = messages.slice(start, start + sliceRecords);
      const last = records.at(-1);
      if (last === undefined) return;
      const slice = this.#read(records, topic, partition, detours.get(name));
      if (slice.fresh.length > 0) this.#guard('onEnvelopes', () => this.#options.onEnvelopes(slice.fresh));
      const stoppedAt = await this.#runHandlers(slice.unhandled);
      if (stoppedAt !== null) {
        const before = BigInt(stoppedAt.offset) - 1n;
        if (stoppedAt.offset !== messages[0]?.offset) {
          resolveOffset(before.toString());
          ledger.handled(topic, partition, before.toString(), records.length);
        }
        const shownThrough = BigInt(last.offset);
        detours.set(name, { isWaiting: true, handledThrough: before, shownThrough });
        void this.#finish(stoppedAt, name, detours, pause());
        return;
      }
      resolveOffset(last.offset);
      const isWhole = start + sliceRecords >= messages.length;
      // Past the last record may be others that are not for us: transaction markers, compacted ones.
      ledger.handled(topic, partition, isWhole ? batch.lastOffset() : last.offset, records.length);
      const detour = detours.get(name);
      if (detour !== undefined && BigInt(last.offset) >= detour.shownThrough) detours.delete(name);
      if (!isWhole) await nextTurn();
    }
  }

  #read(
    records: readonly KafkaMessage[],
    topic: string,
    partition: number,
    detour: Detour | undefined,
  ): Slice {
    const { clock, resolveNode, repeats, onRejected } = this.#options;
    const atMs = clock.wallMs();
    const fresh: Envelope[] = [];
    const unhandled: Envelope[] = [];
    for (const record of records) {
      const offset = detour === undefined ? null : BigInt(record.offset);
      if (offset !== null && detour !== undefined && offset <= detour.handledThrough) continue;
      const isFresh = offset === null || detour === undefined || offset > detour.shownThrough;
      const decoded = decodeRecord(record, topic, partition, atMs, resolveNode);
      if (!decoded.ok) {
        if (isFresh) this.#guard('onRejected', () => onRejected(decoded.rejected));
        continue;
      }
      const envelope = repeats.mark(decoded.envelope);
      if (isFresh) fresh.push(envelope);
      if (envelope.isRepeat !== true) unhandled.push(envelope);
    }
    return { fresh, unhandled };
  }

  /** Null when all are handled; else the first that is not: its handlers are at it, and the ones after it are untouched. */
  async #runHandlers(envelopes: readonly Envelope[]): Promise<Unfinished | null> {
    const { handlers, repeats, clock } = this.#options;
    for (const [index, envelope] of envelopes.entries()) {
      const pending = handlers.handle(envelope);
      if (pending !== undefined) {
        const isSettled = await settledWithin(pending, patienceMs, clock);
        if (!isSettled || (await pending) !== null) {
          for (const untouched of envelopes.slice(index + 1)) repeats.release(untouched);
          return { envelope, pending, offset: envelope.kafka?.offset ?? '0' };
        }
      }
      repeats.settle(envelope);
    }
    return null;
  }

  async #finish(
    { envelope, pending, offset }: Unfinished,
    name: string,
    detours: Map<string, Detour>,
    resume: () => void,
  ): Promise<void> {
    const { repeats, ledger, onProgress, mayResume } = this.#options;
    const failed = await pending;
    const isHandled = failed === null || (await this.#giveUp(failed));
    if (isHandled) repeats.settle(envelope);
    else repeats.release(envelope);
    const detour = detours.get(name);
    const { topic = '', partition = 0 } = envelope.kafka ?? {};
    if (isHandled && detour !== undefined && this.#detours === detours) {
      detour.handledThrough = BigInt(offset);
      detour.isWaiting = false;
      ledger.handled(topic, partition, offset, 1);
      onProgress();
    }
    // After a rebalance too: kafkajs would go on pausing the partition if it came back.
    if (mayResume(topic)) resume();
  }

  /** Until the message is kept: there is no going past it. False when there is no time left. */
  async #giveUp(failed: FailedMessage): Promise<boolean> {
    const { clock, logger, onGivenUp, isClosed } = this.#options;
    for (let attempt = 0; ; attempt += 1) {
      try {
        await onGivenUp(failed);
        return true;
      } catch (error) {
        if (attempt === 0)
          logger.error(`a dead letter could not be kept, its partition waits: ${describeError(error)}`);
      }
      if (isClosed()) return false;
      await new Promise<void>((resolve) => clock.after(fullJitterMs(attempt, deadLetterBackoff), resolve));
    }
  }

  /** A receiver that throws must not make kafkajs read the whole batch again. */
  #guard(name: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#options.logger.error(`${name} threw: ${describeError(error)}`);
    }
  }
}

interface Unfinished {
  readonly envelope: Envelope;
  readonly offset: string;
  readonly pending: Promise<FailedMessage | null>;
}
