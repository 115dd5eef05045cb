import type { Clock, Timer } from '../../shared/clock.js';
import { describeError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import { AppendLog } from '../storage/append-log.js';
import type { FileSystem } from '../storage/file-system.js';
import { framedPayloads, frameRecord, simpleFraming } from '../storage/record-framing.js';
import { createFingerprint, fingerprintOf } from './fingerprint.js';
import { decodeSeenRecord, encodeSeenRecord, maxIdsInRecord } from './seen-record.js';
import { SeenSet } from './seen-set.js';

/**
 * How long a message's id must be known. `lasting`: for a message that changes something once. `brief`: for one that the
 * sender's next one replaces; long enough for its copy over the other transport.
 */
export type SeenKind = 'lasting' | 'brief';

/** `foreign`: the text is no UUIDv7, so nothing is known of the message. */
export type SeenVerdict = 'new' | 'repeat' | 'foreign';

export interface SeenMessagesOptions {
  /** Folder of its own; created when missing. */
  readonly directory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** At least so many of the newest lasting ids are known. Default 1,050,000 (25 MB of memory once they are there). */
  readonly minIds?: number;
  /** Default 7 days, counted while the node runs: a wall clock that jumps makes it forget nothing. */
  readonly retentionMs?: number;
  readonly fileSystem?: FileSystem;
}

const defaultMinIds = 1_050_000;
const defaultRetentionMs = 7 * 24 * 3_600_000;
const briefRetentionMs = 600_000;
const maxBriefIds = 65_536;
/** Ids that are not yet on disk; beyond that, while the disk refuses, the oldest will not be known after a restart. */
const maxPendingIds = 131_072;
/** What no commit waits for is written after so long. */
const writeDelayMs = 200;
const readBytes = 65_536;
const segmentBytes = 1_048_576;

/**
 * The ids of messages that had their effect: a message whose id is known is a repeat. Survives a restart: whoever makes an
 * effect durable or gives up the message's source (commits an offset) calls {@link persist} before.
 */
export class SeenMessages {
  readonly #options: SeenMessagesOptions;
  readonly #log: AppendLog;
  readonly #lasting: SeenSet;
  readonly #brief = new SeenSet({ maxIds: maxBriefIds, retentionMs: briefRetentionMs });
  readonly #fingerprint = createFingerprint();
  readonly #openedAtMs: number;
  /** Running time of all runs before this one, milliseconds. */
  #earlierRunsMs = 0;
  /** First record of each generation, to know what the log can forget. */
  readonly #firstRecords = new Map<number, number>();
  #pending: number[] = [];
  #droppedPending = 0;
  #writing: Promise<void> = Promise.resolve();
  #timer: Timer | null = null;
  #closed = false;

  private constructor(options: SeenMessagesOptions, log: AppendLog) {
    const { minIds = defaultMinIds, retentionMs = defaultRetentionMs } = options;
    this.#options = options;
    this.#log = log;
    this.#lasting = new SeenSet({ maxIds: Math.ceil((minIds * 8) / 7), retentionMs });
    this.#openedAtMs = options.clock.monotonicMs();
  }

  /**
   * Reads back what was stored, in slices between which the event loop runs on.
   *
   * @throws StorageError
   */
  static async open(options: SeenMessagesOptions): Promise<SeenMessages> {
    const { directory, logger, fileSystem } = options;
    const log = await AppendLog.open({
      directory,
      framing: simpleFraming,
      segmentBytes,
      onEvent: ({ level, message, details }) => logger[level](message, details),
      ...(fileSystem === undefined ? {} : { fileSystem }),
    });
    const seen = new SeenMessages(options, log);
    await seen.#load();
    return seen;
  }

  /** Lasting ids known now. */
  get size(): number {
    return this.#lasting.size;
  }

  /** Bytes of memory held by the ids. */
  get sizeBytes(): number {
    return this.#lasting.sizeBytes + this.#brief.sizeBytes;
  }

  /** Asks about a message and notes it in the same step: of two copies that come at once, one is `new`. */
  claim(id: string, kind: SeenKind = 'lasting'): SeenVerdict {
    if (!fingerprintOf(id, this.#fingerprint)) return 'foreign';
    const [low = 0, high = 0] = this.#fingerprint;
    const nowMs = this.#runningMs();
    if (kind === 'brief') return this.#brief.add(low, high, nowMs) ? 'new' : 'repeat';
    return this.#lasting.add(low, high, nowMs) ? 'new' : 'repeat';
  }

  /** The lasting message that was claimed has had its effect: from the next {@link persist} on that survives a restart. */
  settle(id: string): void {
    if (!fingerprintOf(id, this.#fingerprint)) return;
    const [low = 0, high = 0] = this.#fingerprint;
    this.#pending.push(low, high);
    if (this.#pending.length > 2 * maxPendingIds) this.#dropOldestPending();
    this.#timer ??= this.#options.clock.after(writeDelayMs, () => this.#writeInBackground());
  }

  /** Takes a claim back: the message had no effect, and will come again. */
  release(id: string, kind: SeenKind = 'lasting'): void {
    if (!fingerprintOf(id, this.#fingerprint)) return;
    const [low = 0, high = 0] = this.#fingerprint;
    (kind === 'brief' ? this.#brief : this.#lasting).delete(low, high);
  }

  /**
   * Resolves once everything settled so far is on disk.
   *
   * @throws StorageError; what could not be written is written with the next call
   */
  persist(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = null;
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#writePending());
    return this.#writing;
  }

  /** Writes what is settled, closes the files. Idempotent; never rejects. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.persist();
    } catch (error) {
      this.#warnUnwritten(error);
    }
    await this.#log.close();
  }

  #runningMs(): number {
    return this.#earlierRunsMs + this.#options.clock.monotonicMs() - this.#openedAtMs;
  }

  #writeInBackground(): void {
    this.#timer = null;
    this.persist().catch((error: unknown) => this.#warnUnwritten(error));
  }

  #warnUnwritten(error: unknown): void {
    this.#options.logger.warn(
      'ids of handled messages could not be written; they are known until the restart',
      {
        ids: this.#pending.length / 2,
        dropped: this.#droppedPending,
        error: describeError(error),
      },
    );
  }

  #dropOldestPending(): void {
    const kept = maxPendingIds / 2;
    this.#droppedPending += this.#pending.length / 2 - kept;
    this.#pending = this.#pending.slice(-2 * kept);
  }

  async #writePending(): Promise<void> {
    while (this.#pending.length > 0) {
      const ids = this.#pending.slice(0, 2 * maxIdsInRecord);
      this.#pending = this.#pending.slice(ids.length);
      const generation = this.#lasting.currentGeneration;
      const payload = encodeSeenRecord({ generation, runningMs: this.#runningMs(), ids });
      try {
        const sequence = await this.#log.append(payload.length, (next) => ({
          chunks: [frameRecord(next, payload)],
          nextSequence: next + 1,
          maxTimestampMs: -1,
          result: next,
        }));
        if (!this.#firstRecords.has(generation)) this.#firstRecords.set(generation, sequence);
      } catch (error) {
        this.#pending = [...ids, ...this.#pending];
        throw error;
      }
    }
    await this.#forgetRetired();
  }

  /** Nothing depends on it: what could not be deleted is deleted later. */
  async #forgetRetired(): Promise<void> {
    const oldest = this.#lasting.oldestGeneration;
    let hasRetired = false;
    for (const generation of this.#firstRecords.keys()) {
      if (generation >= oldest) break;
      this.#firstRecords.delete(generation);
      hasRetired = true;
    }
    const [firstKept] = this.#firstRecords.values();
    if (!hasRetired || firstKept === undefined) return;
    try {
      await this.#log.discardBefore(firstKept);
    } catch (error) {
      this.#options.logger.warn('old ids could not be deleted', { error: describeError(error) });
    }
  }

  async #load(): Promise<void> {
    const startedMs = new Map<number, number>();
    for (let next = this.#log.startSequence; ; ) {
      const run = await this.#log.read(next, readBytes);
      if (run.bytes.length === 0) break;
      for (const { sequence, payload } of framedPayloads(run.bytes)) {
        const record = decodeSeenRecord(payload);
        if (record === null) continue;
        const { generation, runningMs, ids } = record;
        if (!startedMs.has(generation)) {
          startedMs.set(generation, runningMs);
          this.#firstRecords.set(generation, sequence);
        }
        this.#earlierRunsMs = Math.max(this.#earlierRunsMs, runningMs);
        for (let at = 0; at < ids.length; at += 2) {
          this.#lasting.restore(
            ids[at] ?? 0,
            ids[at + 1] ?? 0,
            generation,
            startedMs.get(generation) ?? runningMs,
          );
        }
      }
      next = run.nextSequence;
    }
    this.#lasting.retire(this.#runningMs());
  }
}
