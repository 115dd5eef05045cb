import { fullJitterMs } from '../../shared/backoff.js';
import type { ResonanceError } from '../../shared/errors.js';

/** Reconnects are quick: a broker that is back must serve again within ten seconds. */
export const reconnectBackoff = { baseMs: 250, capMs: 2_000 } as const;

/** Logins that were refused are not: servers lock an account after so many wrong passwords. */
const refusedLoginBackoff = { baseMs: 4_000, capMs: 60_000 } as const;

/**
 * How long to wait before connecting again, milliseconds.
 *
 * @param attempt from 0
 * @param random 0 <= x < 1
 */
export function reconnectDelayMs(attempt: number, reason: ResonanceError, random = Math.random): number {
  const isRefused = reason.code === 'KAFKA_AUTHENTICATION_FAILED' && !reason.retriable;
  return fullJitterMs(attempt, { ...(isRefused ? refusedLoginBackoff : reconnectBackoff), random });
}
