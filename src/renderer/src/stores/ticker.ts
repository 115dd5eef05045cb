/** What a ticker needs of its surroundings. */
export interface TickerEnvironment {
  readonly wallMs: () => number;
  /** Runs the action every `intervalMs`; returns what stops it. */
  readonly every: (intervalMs: number, action: () => void) => () => void;
  readonly isHidden: () => boolean;
  /** Returns its unsubscribe. */
  readonly onVisibilityChange: (listener: () => void) => () => void;
}

export const tickMs = 1_000;

/**
 * One timer for every ticking text of the window. It runs only while something ticks and the window shows: an
 * operator has it open all day.
 */
export class Ticker {
  readonly #environment: TickerEnvironment;
  readonly #listeners = new Set<() => void>();
  #stopTimer: (() => void) | null = null;
  #stopWatching: (() => void) | null = null;
  #nowMs: number;

  constructor(environment: TickerEnvironment) {
    this.#environment = environment;
    this.#nowMs = environment.wallMs();
  }

  /** Wall time of the last tick; changes only with a tick. */
  readonly nowMs = (): number => this.#nowMs;

  /** Returns its unsubscribe. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#stopWatching ??= this.#environment.onVisibilityChange(() => this.#run());
    this.#run();
    return () => {
      this.#listeners.delete(listener);
      this.#run();
      if (this.#listeners.size > 0) return;
      this.#stopWatching?.();
      this.#stopWatching = null;
    };
  };

  /**
   * Ticks along when the window is about to be drawn anyway, so that ticking costs no frame of its own: the timer then
   * finds that it is not due.
   */
  tickAlong(): void {
    if (this.#stopTimer !== null) this.#tickAfter(tickMs / 2);
  }

  #run(): void {
    const wanted = this.#listeners.size > 0 && !this.#environment.isHidden();
    if (wanted && this.#stopTimer === null) {
      this.#tick();
      this.#stopTimer = this.#environment.every(tickMs, () => this.#tickAfter(tickMs * 0.9));
    } else if (!wanted) {
      this.#stopTimer?.();
      this.#stopTimer = null;
    }
  }

  #tickAfter(leastMs: number): void {
    const sinceMs = this.#environment.wallMs() - this.#nowMs;
    // A clock that was set back must not stop the ticking.
    if (sinceMs >= leastMs || sinceMs < 0) this.#tick();
  }

  #tick(): void {
    this.#nowMs = this.#environment.wallMs();
    for (const listener of this.#listeners) listener();
  }
}
