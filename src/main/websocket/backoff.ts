import { fullJitterMs } from '../../shared/backoff.js';

/**
 * First and longest pause of the exponential series, and the time a link must hold before the series starts again. With
 * the longest pause a link is back within 5 s of its healing, however long it was away.
 */
export const backoffLimits = { baseMs: 250, capMs: 4_000, healthyMs: 30_000 } as const;

/**
 * Pause before attempt `attempt + 1`, with full jitter: anything from nothing to 250 ms x 2^n, at most 4 s. Spreading
 * over the whole range keeps many clients that lost the same server from coming back in step.
 *
 * @param attempt consecutive failures so far, from 1
 * @param random uniform in [0, 1)
 */
export function backoffMs(attempt: number, random: () => number): number {
  return fullJitterMs(attempt - 1, { ...backoffLimits, random });
}
