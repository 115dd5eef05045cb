import { fullJitterMs } from '../../shared/backoff.js';
import type { Clock, Timer } from '../../shared/clock.js';
import { toErrorReport } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';

/**
 * What became of one try: nothing waits; a copy arrived; a copy was settled without arriving (given up, discarded); the
 * destination did not take it, and may later.
 */
export type LaneStep = 'idle' | 'delivered' | 'settled' | 'refused';

export interface DeliveryLaneOptions {
  readonly clock: Clock;
  /** 0 <= x < 1, for the jitter of the backoff. */
  readonly random: () => number;
  readonly logger: Logger;
  /** Tries the oldest copy that waits. Rejects when the outcome could not be put on disk: it is tried again. */
  readonly tryNext: () => Promise<LaneStep>;
}

const firstBackoffMs = 250;
const longestBackoffMs = 30_000;
const healthyMs = 30_000;

/** Keeps the copies for one destination in order: one at a time, with full-jitter pauses while it does not take them. */
export class DeliveryLane {
  readonly #options: DeliveryLaneOptions;
  #busy = false;
  /** The tries under way, or the last ones. */
  #draining = Promise.resolve();
  /** Something may have come while the lane was found empty. */
  #wasKicked = false;
  /** Failures in a row; a success in between does not end the row, {@link healthyMs} of them does. */
  #failures = 0;
  /** Monotonic; since then every try has succeeded. */
  #healthySinceMs: number | null = null;
  #timer: Timer | null = null;
  #closed = false;

  constructor(options: DeliveryLaneOptions) {
    this.#options = options;
  }

  /** Tries at once: something waits, or the destination has just become reachable. */
  kick(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#wasKicked = true;
    if (!this.#busy && !this.#closed) this.#draining = this.#drain();
  }

  /** Begins no other try; resolves when the one under way is over. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = null;
    await this.#draining;
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    try {
      while (!this.#closed) {
        this.#wasKicked = false;
        const step = await this.#options.tryNext();
        if (step === 'idle' && !this.#wasKicked) return;
        if (step === 'delivered') this.#healthySinceMs ??= this.#options.clock.monotonicMs();
        if (step === 'refused') {
          this.#countFailure();
          this.#pause(this.#failures);
          return;
        }
      }
    } catch (error) {
      // The disk is what failed: the destination's own pauses do not count.
      this.#options.logger.error('the outbox could not record a delivery', { error: toErrorReport(error) });
      this.#pause(1);
    } finally {
      this.#busy = false;
    }
  }

  #pause(failures: number): void {
    if (this.#closed) return;
    const { clock, random } = this.#options;
    const delayMs = fullJitterMs(failures, { baseMs: firstBackoffMs, capMs: longestBackoffMs, random });
    this.#timer = clock.after(delayMs, () => this.kick());
  }

  #countFailure(): void {
    const since = this.#healthySinceMs;
    const wasHealthy = since !== null && this.#options.clock.monotonicMs() - since >= healthyMs;
    this.#failures = wasHealthy ? 1 : this.#failures + 1;
    this.#healthySinceMs = null;
  }
}
