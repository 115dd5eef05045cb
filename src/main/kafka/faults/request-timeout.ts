import RequestQueue, { type SocketRequest } from 'kafkajs/src/network/requestQueue/index.js';

export type RequestTimeoutOutcome = 'mended' | 'unknown shape';

let outcome: RequestTimeoutOutcome | undefined;

/**
 * kafkajs 2.2.4 looks ten times a second, on every open connection, whether a request is overdue
 * (https://github.com/tulios/kafkajs/pull/650): 30 wake-ups a second for a node at rest, each of them two turns of
 * Electron's event loop. And it compares wall clocks, so a clock that is set forward makes every request under way
 * "time out".
 *
 * Here the queue wakes when its oldest request would be due, by the monotonic clock, and not at all while nothing is
 * under way. Applied once a process.
 */
export function mendRequestTimeout(): RequestTimeoutOutcome {
  outcome ??= mend();
  return outcome;
}

function mend(): RequestTimeoutOutcome {
  const { prototype } = RequestQueue;
  const hasKnownShape =
    typeof prototype.scheduleRequestTimeoutCheck === 'function' &&
    typeof prototype.sendSocketRequest === 'function' &&
    typeof prototype.destroy === 'function';
  if (!hasKnownShape) return 'unknown shape';

  const dueAtMs = new WeakMap<SocketRequest, number>();
  const wakesAtMs = new WeakMap<RequestQueue, number>();
  const due = (request: SocketRequest): number => dueAtMs.get(request) ?? 0;

  const send = prototype.sendSocketRequest;
  prototype.sendSocketRequest = function sendAndWatch(request): void {
    const dueMs = performance.now() + request.requestTimeout;
    dueAtMs.set(request, dueMs);
    send.call(this, request);
    if (dueMs < (wakesAtMs.get(this) ?? Number.POSITIVE_INFINITY)) this.scheduleRequestTimeoutCheck();
  };

  prototype.scheduleRequestTimeoutCheck = function scheduleForTheOldest(): void {
    if (!this.enforceRequestTimeout) return;
    // Upstream's name for the timer.
    clearTimeout(this.requestTimeoutIntervalId);
    wakesAtMs.delete(this);
    if (this.inflight.size === 0) return;
    const wakeMs = Math.min(...[...this.inflight.values()].map(due));
    wakesAtMs.set(this, wakeMs);
    this.requestTimeoutIntervalId = setTimeout(
      () => {
        const nowMs = performance.now();
        for (const request of [...this.inflight.values()]) {
          if (due(request) <= nowMs) request.timeoutRequest();
        }
        this.scheduleRequestTimeoutCheck();
      },
      Math.max(1, Math.ceil(wakeMs - performance.now())),
    );
  };

  const destroy = prototype.destroy;
  prototype.destroy = function destroyWithTimer(): void {
    destroy.call(this);
    wakesAtMs.delete(this);
  };
  return 'mended';
}
