import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

/** Delay of the next look at requests that wait for a free place (upstream's own value). */
const pendingCheckDelayMs = 10;

export type IdleTimerOutcome = 'mended' | 'not needed' | 'unknown shape';

let outcome: IdleTimerOutcome | undefined;

/**
 * Mends the endless timer of kafkajs 2.2.4: after its first answer every connection looks for waiting requests once
 * a millisecond for ever, because the delay is computed from `throttledUntil` = -1 and so is negative
 * (https://github.com/tulios/kafkajs/issues/1556, 1704, 1751; never released). Idle it costs 7% of a core a connection.
 *
 * Whether the fault is there is tried out, not read from a version number: a release that mends it is left alone, and
 * one whose queue looks different is left alone too. Applied once a process.
 */
export function mendIdleTimer(): IdleTimerOutcome {
  outcome ??= mend();
  return outcome;
}

function mend(): IdleTimerOutcome {
  const queue = new RequestQueue({
    maxInFlightRequests: null,
    requestTimeout: 1_000,
    enforceRequestTimeout: false,
    clientId: 'probe',
    broker: 'probe',
    logger: { debug: () => undefined },
  });
  const hasKnownShape =
    Array.isArray(queue.pending) &&
    queue.throttledUntil === -1 &&
    queue.throttleCheckTimeoutId === null &&
    typeof queue.scheduleCheckPendingRequests === 'function' &&
    typeof queue.checkPendingRequests === 'function';
  if (!hasKnownShape) return 'unknown shape';
  queue.scheduleCheckPendingRequests();
  if (queue.throttleCheckTimeoutId === null) return 'not needed';
  clearTimeout(queue.throttleCheckTimeoutId);

  RequestQueue.prototype.scheduleCheckPendingRequests = function scheduleWhenSomethingWaits(): void {
    if (this.pending.length === 0 || this.throttleCheckTimeoutId !== null) return;
    const throttledForMs = this.throttledUntil - Date.now();
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      throttledForMs > 0 ? throttledForMs : pendingCheckDelayMs,
    );
  };
  return 'mended';
}
