import type { Clock } from '../../shared/clock.js';
import type { Stamp } from '../../shared/stamp.js';

/** A year, near enough for bounds. */
const yearMs = 31_557_600_000;

/** A clock that reads earlier than this (a machine without a battery starts in 1970) judges nobody by its own time. */
const earliestBelievedMs = Date.UTC(2026, 0, 1);

/** The latest wall time that a stamp on the wire may carry (shared/message.ts). */
const latestWallMs = 4_102_444_800_000;

/**
 * How far ahead of this node's own time a stamp may be. Two clocks that are ten years off in opposite directions still
 * agree; beyond that a stamp is nonsense, and believing it would leave no room above it.
 */
export const maxStampAheadMs = 25 * yearMs;

/** Changes within one millisecond before the wall part moves on by itself. */
export const maxStampCounter = 0xffff_ffff;

/**
 * A hybrid logical clock (Kulkarni, Demirbas et al., 2014): follows the wall clock where it can, and never goes back.
 * A change made after seeing another one gets the higher stamp, whatever the two machines' clocks say.
 */
export class HybridClock {
  readonly #clock: Pick<Clock, 'wallMs'>;
  readonly #node: string;
  #wallMs = 0;
  #counter = 0;

  /** @param node ends up in every stamp, and decides between equal readings of two nodes */
  constructor(clock: Pick<Clock, 'wallMs'>, node: string) {
    this.#clock = clock;
    this.#node = node;
  }

  /** A stamp higher than any this clock has given or observed. */
  next(): Stamp {
    const wallMs = Math.min(Math.max(0, Math.floor(this.#clock.wallMs())), latestWallMs);
    if (wallMs > this.#wallMs) {
      this.#wallMs = wallMs;
      this.#counter = 0;
    } else if (this.#counter < maxStampCounter) {
      this.#counter += 1;
    } else {
      this.#wallMs += 1;
      this.#counter = 0;
    }
    return [this.#wallMs, this.#counter, this.#node];
  }

  /** Takes note of a stamp seen elsewhere (another node's, or one of an earlier run); the caller checks that it is plausible. */
  observe(stamp: Stamp): void {
    const [wallMs, counter] = stamp;
    if (wallMs > this.#wallMs) {
      this.#wallMs = wallMs;
      this.#counter = counter;
    } else if (wallMs === this.#wallMs && counter > this.#counter) {
      this.#counter = counter;
    }
  }

  /** Whether a stamp may be believed: whole numbers, and not further ahead than {@link maxStampAheadMs}. */
  isPlausible(stamp: Stamp): boolean {
    const [wallMs, counter] = stamp;
    const nowMs = Math.max(this.#clock.wallMs(), earliestBelievedMs);
    return (
      Number.isSafeInteger(wallMs) &&
      wallMs >= 0 &&
      wallMs <= Math.min(nowMs + maxStampAheadMs, latestWallMs) &&
      Number.isSafeInteger(counter) &&
      counter >= 0 &&
      counter <= maxStampCounter
    );
  }
}
