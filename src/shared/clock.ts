/** A pending timer; `cancel` is idempotent. */
export interface Timer {
  cancel(): void;
}

/**
 * Time as the node sees it, given to constructors so that tests own it.
 *
 * Wall time is for what people and messages read; every deadline and interval uses monotonic time, so that a
 * clock that jumps by an hour breaks nothing.
 */
export interface Clock {
  /** Wall time, milliseconds since the Unix epoch. */
  wallMs(): number;
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonicMs(): number;
  /** Runs `action` once after `delayMs`. */
  after(delayMs: number, action: () => void): Timer;
  /** Runs `action` every `intervalMs` until cancelled. */
  every(intervalMs: number, action: () => void): Timer;
}
