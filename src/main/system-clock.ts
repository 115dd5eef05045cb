import { performance } from 'node:perf_hooks';
import type { Clock } from '../shared/clock.js';

/** The machine's own time. */
export function createSystemClock(): Clock {
  return {
    wallMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    after(delayMs, action) {
      const timeout = setTimeout(action, delayMs);
      return { cancel: () => clearTimeout(timeout) };
    },
    every(intervalMs, action) {
      const interval = setInterval(action, intervalMs);
      return { cancel: () => clearInterval(interval) };
    },
  };
}
