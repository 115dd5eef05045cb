import { createSystemClock } from '../../src/main/system-clock.js';
import type { Clock, Timer } from '../../src/shared/clock.js';

/** The machine's timers with a wall clock that is wrong, and can be set while the node runs. */
export class ShiftedClock implements Clock {
  readonly #clock = createSystemClock();
  /** Ahead of the machine's own, milliseconds. */
  offsetMs: number;

  constructor(offsetMs: number) {
    this.offsetMs = offsetMs;
  }

  wallMs(): number {
    return this.#clock.wallMs() + this.offsetMs;
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  after(delayMs: number, action: () => void): Timer {
    return this.#clock.after(delayMs, action);
  }

  every(intervalMs: number, action: () => void): Timer {
    return this.#clock.every(intervalMs, action);
  }
}
