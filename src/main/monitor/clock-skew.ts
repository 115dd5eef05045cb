/** An estimate rests on samples of the last one to two of these. */
const bucketMs = 150_000;

/**
 * How far a node's clock is ahead of ours, from the timestamps of its messages. A message arrives after it was sent,
 * so each sample (its time minus ours) is too low by its delay; the highest of the recent ones is the closest.
 */
export class ClockSkew {
  #current = Number.NEGATIVE_INFINITY;
  #previous = Number.NEGATIVE_INFINITY;
  #bucketStartedMs = Number.NEGATIVE_INFINITY;

  /**
   * @param nowMs monotonic time
   * @param differenceMs the message's timestamp minus the wall time of its receipt
   */
  sample(nowMs: number, differenceMs: number): void {
    if (nowMs - this.#bucketStartedMs >= bucketMs) {
      const isRecent = nowMs - this.#bucketStartedMs < 2 * bucketMs;
      this.#previous = isRecent ? this.#current : Number.NEGATIVE_INFINITY;
      this.#current = Number.NEGATIVE_INFINITY;
      this.#bucketStartedMs = nowMs;
    }
    this.#current = Math.max(this.#current, differenceMs);
  }

  /** Positive when its clock is ahead; `null` without a sample. */
  get estimateMs(): number | null {
    const best = Math.max(this.#current, this.#previous);
    return best === Number.NEGATIVE_INFINITY ? null : best;
  }
}
