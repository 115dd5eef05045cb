/** Crashes within {@link windowMs} that are answered at once. */
const immediateReloads = 3;
const windowMs = 60_000;
const firstDelayMs = 5_000;
const maxDelayMs = 60_000;

/**
 * When to bring a crashed page back: at once for the first three in a minute, then after 5, 10, 20, 40, 60 s, so that
 * a page that can't live does not take the machine with it. A minute without a crash forgives.
 */
export class CrashBackoff {
  readonly #crashesMs: number[] = [];
  #delayed = 0;

  /** @returns milliseconds to wait before the reload */
  next(nowMs: number): number {
    const last = this.#crashesMs.at(-1);
    if (last !== undefined && nowMs - last >= windowMs + this.#delayOf(this.#delayed)) this.#delayed = 0;
    this.#crashesMs.push(nowMs);
    while ((this.#crashesMs[0] ?? nowMs) <= nowMs - windowMs) this.#crashesMs.shift();
    if (this.#delayed === 0 && this.#crashesMs.length <= immediateReloads) return 0;
    this.#delayed += 1;
    return this.#delayOf(this.#delayed);
  }

  #delayOf(delayed: number): number {
    return delayed === 0 ? 0 : Math.min(maxDelayMs, firstDelayMs * 2 ** (delayed - 1));
  }
}
