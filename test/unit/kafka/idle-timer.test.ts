import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import { describe, expect, it } from 'vitest';
import { mendIdleTimer } from '../../../src/main/kafka/faults/idle-timer.js';

function createQueue(maxInFlightRequests: number | null = null): RequestQueue {
  return new RequestQueue({
    maxInFlightRequests,
    requestTimeout: 1_000,
    enforceRequestTimeout: false,
    clientId: 'test',
    broker: 'test',
    logger: { debug: () => undefined },
  });
}

describe('the idle timer of kafkajs', () => {
  it('is there without us, and gone once mended, however often that is asked for', () => {
    const before = createQueue();
    before.scheduleCheckPendingRequests();
    expect(before.throttleCheckTimeoutId).not.toBeNull();
    clearTimeout(before.throttleCheckTimeoutId ?? undefined);

    expect(mendIdleTimer()).toBe('mended');
    expect(mendIdleTimer()).toBe('mended');
    const after = createQueue();
    after.scheduleCheckPendingRequests();
    expect(after.throttleCheckTimeoutId).toBeNull();
  });

  it('still wakes for a request that waits', async () => {
    mendIdleTimer();
    const queue = createQueue(0);
    const checked = new Promise<void>((resolve) => {
      queue.checkPendingRequests = resolve;
    });
    queue.pending.push({});
    queue.scheduleCheckPendingRequests();
    await checked;
    expect(queue.throttleCheckTimeoutId).toBeNull();
  });
});
