import type { Clock } from '../../shared/clock.js';

/** One waiter that sleeps until it is woken or its time is over; a wake that nobody waits for is remembered. */
export class Wakeup {
  readonly #clock: Clock;
  #isPending = false;
  #resolve: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    const resolve = this.#resolve;
    this.#resolve = undefined;
    if (resolve === undefined) this.#isPending = true;
    else resolve();
  }

  /** Resolves at the next {@link wake}, or after `timeoutMs` where that is given. */
  async wait(timeoutMs?: number): Promise<void> {
    if (this.#isPending) {
      this.#isPending = false;
      return;
    }
    const woken = new Promise<void>((resolve) => {
      this.#resolve = resolve;
    });
    const timer = timeoutMs === undefined ? undefined : this.#clock.after(timeoutMs, () => this.wake());
    await woken;
    timer?.cancel();
  }
}
