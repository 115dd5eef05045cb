import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';

export type HeartbeatClockOutcome = 'mended' | 'unknown shape';

let outcome: HeartbeatClockOutcome | undefined;

interface LastRequest {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/**
 * kafkajs 2.2.4 tells by the wall clock whether a heartbeat is due. Set back by an hour, it sends none for an hour: the
 * coordinator expels the member, which notices nothing, commits in vain, and goes on reading partitions that others have by
 * now.
 *
 * Here `lastRequest` is read as so long ago as has passed by the monotonic clock, or by the wall clock where that is more:
 * it alone goes on while a machine sleeps. Applied once a process.
 */
export function mendHeartbeatClock(): HeartbeatClockOutcome {
  outcome ??= mend();
  return outcome;
}

function mend(): HeartbeatClockOutcome {
  const { prototype } = ConsumerGroup;
  if (typeof prototype.heartbeat !== 'function' || 'lastRequest' in prototype) return 'unknown shape';
  const lastRequests = new WeakMap<ConsumerGroup, LastRequest>();
  Object.defineProperty(prototype, 'lastRequest', {
    configurable: true,
    get(this: ConsumerGroup): number {
      const last = lastRequests.get(this);
      if (last === undefined) return 0;
      const passedMs = performance.now() - last.monotonicMs;
      return Math.min(last.wallMs, Date.now() - passedMs);
    },
    set(this: ConsumerGroup, wallMs: number) {
      lastRequests.set(this, { wallMs, monotonicMs: performance.now() });
    },
  });
  return 'mended';
}
