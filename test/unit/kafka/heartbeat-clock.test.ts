import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { mendHeartbeatClock } from '../../../src/main/kafka/faults/heartbeat-clock.js';

const hourMs = 3_600_000;
const interval = 1_500;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: Date.UTC(2026, 0, 13) });
});
afterEach(() => {
  vi.useRealTimers();
});

function createMember() {
  const logger = { namespace: () => logger };
  const group = new ConsumerGroup({ logger, retry: {}, instrumentationEmitter: { emit: () => undefined } });
  let heartbeats = 0;
  group.memberId = 'member';
  group.coordinator = {
    heartbeat: async () => {
      heartbeats += 1;
    },
  };
  return { group, heartbeats: () => heartbeats };
}

/** Both clocks, as time passes. */
function pass(ms: number): void {
  vi.advanceTimersByTime(ms);
}

it('kafkajs misses heartbeats while a clock that was set back catches up; mended it misses none', async () => {
  const unmended = createMember();
  vi.setSystemTime(Date.now() - hourMs);
  pass(2 * interval);
  await unmended.group.heartbeat({ interval });
  expect(unmended.heartbeats()).toBe(0);

  expect(mendHeartbeatClock()).toBe('mended');
  expect(mendHeartbeatClock()).toBe('mended');
  const mended = createMember();
  vi.setSystemTime(Date.now() - hourMs);
  await mended.group.heartbeat({ interval });
  expect(mended.heartbeats()).toBe(0);
  pass(interval);
  await mended.group.heartbeat({ interval });
  await mended.group.heartbeat({ interval });
  expect(mended.heartbeats()).toBe(1);
});

it('a heartbeat is due at once after a machine has slept, whose monotonic clock stood still', async () => {
  mendHeartbeatClock();
  const { group, heartbeats } = createMember();
  vi.setSystemTime(Date.now() + hourMs);
  await group.heartbeat({ interval });
  expect(heartbeats()).toBe(1);
});
