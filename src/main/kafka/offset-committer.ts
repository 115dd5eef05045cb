import type { Clock, Timer } from '../../shared/clock.js';
import { describeError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import type { NextOffset, OffsetLedger } from './offset-ledger.js';

/** A group as a member has it now. */
export interface CommitTarget {
  commit(offsets: readonly NextOffset[]): Promise<void>;
  /** False once the partitions were given out anew: another member may have them by now, and be further. */
  isCurrent(): boolean;
}

export interface OffsetCommitterOptions {
  readonly ledger: OffsetLedger;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Commit at most so often while messages flow. */
  readonly intervalMs: number;
  /** Awaited before each commit; while it rejects nothing is committed. */
  readonly beforeCommit: () => Promise<void>;
  /** Null while there is nothing to commit to. */
  readonly target: () => CommitTarget | null;
}

/** Commit at the latest after so many records, however fast they come. */
const thresholdRecords = 10_000;
/** After the last batch, so that little is repeated when this process ends now. */
const trailingMs = 200;

/** Commits what a ledger says was handled: from time to time while there is something, and soon after the last of it. */
export class OffsetCommitter {
  readonly #options: OffsetCommitterOptions;
  #timer: Timer | undefined;
  #committing: Promise<void> = Promise.resolve();
  #lastMs = 0;

  constructor(options: OffsetCommitterOptions) {
    this.#options = options;
  }

  /** Something was handled: commits now when it is time to, else a moment later. */
  handled(): void {
    const { ledger, clock, intervalMs } = this.#options;
    const isDue =
      ledger.uncommittedRecords >= thresholdRecords || clock.monotonicMs() - this.#lastMs >= intervalMs;
    // Not waited for: while the group's coordinator moves to another broker, fetching goes on.
    if (isDue) void this.commit();
    else this.commitLater();
  }

  commitLater(): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(trailingMs, () => void this.commit());
  }

  /** One commit at a time. Never rejects: one that fails loses nothing, the records are read again. */
  commit(): Promise<void> {
    this.#timer?.cancel();
    this.#committing = this.#committing.then(() => this.#commitPending());
    return this.#committing;
  }

  async #commitPending(): Promise<void> {
    const { ledger, clock, logger, beforeCommit } = this.#options;
    const target = this.#options.target();
    const offsets = ledger.pending();
    if (target === null || offsets.length === 0) return;
    this.#lastMs = clock.monotonicMs();
    try {
      await beforeCommit();
      if (!target.isCurrent()) return;
      await target.commit(offsets);
      ledger.committed(offsets);
    } catch (error) {
      logger.debug(`offsets not committed: ${describeError(error)}`);
    }
  }
}
