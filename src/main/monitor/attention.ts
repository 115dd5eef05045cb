import type { Clock } from '../../shared/clock.js';

/** A pulse that comes later than this was held up: the event loop was blocked, or the machine slept. */
const toleranceMs = 300;

/**
 * Time during which this process was able to hear others: monotonic time without the stretches in which a timer that
 * was due did not fire. Silence is measured in it, so that a blocked event loop or a suspended laptop makes no peer
 * look silent: what they sent meanwhile is still waiting to be read.
 *
 * Nobody knows when within its last second a process fell asleep, so the whole stretch since it last looked at this
 * clock is left out: a peer that really is silent is noticed a second later, a living one never called dead.
 */
export class Attention {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  #lastLookMs = 0;
  #dueMs = Number.POSITIVE_INFINITY;
  #inattentiveMs = 0;

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  /** Milliseconds since an arbitrary start; never goes back. */
  nowMs(): number {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs > this.#dueMs + toleranceMs) {
      this.#inattentiveMs += nowMs - this.#lastLookMs;
      this.#dueMs = nowMs;
    }
    this.#lastLookMs = nowMs;
    return nowMs - this.#inattentiveMs;
  }

  /** The next pulse is due in so long. Called by whoever runs the pulse, each time. */
  expectPulse(inMs: number): void {
    this.nowMs();
    this.#dueMs = this.#lastLookMs + inMs;
  }

  /** No pulse is due any more. */
  expectNoPulse(): void {
    this.nowMs();
    this.#dueMs = Number.POSITIVE_INFINITY;
  }
}
