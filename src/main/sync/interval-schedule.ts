import type { Clock, Timer } from '../../shared/clock.js';

/**
 * Runs an action every interval without drift: due times are start + n x interval in monotonic time, however late a
 * timer fires. Times missed altogether (a blocked event loop, a suspended machine) are skipped, not made up for.
 */
export class IntervalSchedule {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #action: () => void;
  #timer: Timer | undefined;
  #dueMs = 0;

  constructor(clock: Clock, intervalMs: number, action: () => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#action = action;
  }

  /** The first run is one interval from now. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#dueMs = this.#clock.monotonicMs() + this.#intervalMs;
    this.#arm();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #arm(): void {
    this.#timer = this.#clock.after(Math.max(0, this.#dueMs - this.#clock.monotonicMs()), () => this.#run());
  }

  #run(): void {
    const nowMs = this.#clock.monotonicMs();
    const missed = Math.max(0, Math.floor((nowMs - this.#dueMs) / this.#intervalMs));
    this.#dueMs += (missed + 1) * this.#intervalMs;
    this.#arm();
    this.#action();
  }
}
