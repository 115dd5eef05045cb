export interface BackoffOptions {
  readonly baseMs: number;
  readonly capMs: number;
  /** Uniform in [0, 1). Default `Math.random`. */
  readonly random?: () => number;
}

/** Full jitter: uniform between 0 and min(cap, base * 2^attempt), so that many clients don't return at one instant. */
export function fullJitterMs(
  attempt: number,
  { baseMs, capMs, random = Math.random }: BackoffOptions,
): number {
  const ceilingMs = Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30));
  return Math.round(ceilingMs * random());
}
