import type { Clock, Timer } from '../../src/shared/clock.js';

interface PendingTimer {
  dueMs: number;
  readonly everyMs: number | null;
  readonly action: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #wallOffsetMs: number;
  readonly #timers = new Set<PendingTimer>();

  constructor(wallStartMs = 0) {
    this.#wallOffsetMs = wallStartMs;
  }

  get pendingTimers(): number {
    return this.#timers.size;
  }

  wallMs(): number {
    return this.#wallOffsetMs + this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, action: () => void): Timer {
    return this.#add({ dueMs: this.#nowMs + delayMs, everyMs: null, action });
  }

  every(intervalMs: number, action: () => void): Timer {
    return this.#add({ dueMs: this.#nowMs + intervalMs, everyMs: intervalMs, action });
  }

  /** Runs what falls due on the way, in order of its time. */
  advance(durationMs: number): void {
    const endMs = this.#nowMs + durationMs;
    for (let next = this.#nextDue(endMs); next !== undefined; next = this.#nextDue(endMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      if (next.everyMs === null) this.#timers.delete(next);
      else next.dueMs += next.everyMs;
      next.action();
    }
    this.#nowMs = endMs;
  }

  /** As {@link advance}, in steps between which promises settle. */
  async advanceSlowly(durationMs: number, stepMs = 50): Promise<void> {
    for (let left = durationMs; left > 0; left -= stepMs) {
      this.advance(Math.min(stepMs, left));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #add(timer: PendingTimer): Timer {
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  #nextDue(endMs: number): PendingTimer | undefined {
    let next: PendingTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs <= endMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  }
}
