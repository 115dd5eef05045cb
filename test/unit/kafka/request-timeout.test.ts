import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mendIdleTimer } from '../../../src/main/kafka/faults/idle-timer.js';
import { mendRequestTimeout } from '../../../src/main/kafka/faults/request-timeout.js';

const defaultTimeoutMs = 8_000;

function createQueue(): RequestQueue {
  return new RequestQueue({
    maxInFlightRequests: null,
    requestTimeout: defaultTimeoutMs,
    enforceRequestTimeout: true,
    clientId: 'test',
    broker: 'test',
    logger: { debug: () => undefined },
  });
}

/** Sends a request; the answer tells how it ended. */
function send(queue: RequestQueue, correlationId: number, requestTimeout?: number): { outcome: string } {
  const request = { outcome: 'open' };
  queue.push({
    entry: {
      correlationId,
      apiName: 'Fetch',
      apiKey: 1,
      apiVersion: 11,
      resolve: () => {
        request.outcome = 'answered';
      },
      reject: (error) => {
        request.outcome = error.message;
      },
    },
    expectResponse: true,
    sendRequest: () => undefined,
    ...(requestTimeout === undefined ? {} : { requestTimeout }),
  });
  return request;
}

const answer = (queue: RequestQueue, correlationId: number): void =>
  queue.fulfillRequest({ correlationId, size: 0, payload: Buffer.alloc(0) });

describe('the request timeouts of kafkajs, mended', () => {
  beforeEach(() => {
    mendIdleTimer();
    mendRequestTimeout();
    vi.useFakeTimers();
  });
  afterEach(() => void vi.useRealTimers());

  it('keep no timer while nothing is under way', () => {
    const queue = createQueue();
    queue.scheduleRequestTimeoutCheck();
    expect(vi.getTimerCount()).toBe(0);
    send(queue, 1);
    expect(vi.getTimerCount()).toBe(1);
    answer(queue, 1);
    vi.advanceTimersByTime(defaultTimeoutMs);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('end a request that is overdue, and no other', () => {
    const queue = createQueue();
    const first = send(queue, 1);
    vi.advanceTimersByTime(1_000);
    const second = send(queue, 2);
    vi.advanceTimersByTime(defaultTimeoutMs - 1_000);
    expect(first.outcome).toMatch(/timed out/);
    expect(second.outcome).toBe('open');
    vi.advanceTimersByTime(1_000);
    expect(second.outcome).toMatch(/timed out/);
  });

  it('end a request in time that was sent after one with more time of its own', () => {
    const queue = createQueue();
    const patient = send(queue, 1, 60_000);
    const usual = send(queue, 2);
    vi.advanceTimersByTime(defaultTimeoutMs);
    expect(usual.outcome).toMatch(/timed out/);
    expect(patient.outcome).toBe('open');
    vi.advanceTimersByTime(60_000 - defaultTimeoutMs);
    expect(patient.outcome).toMatch(/timed out/);
  });

  it('do not mind a wall clock that is set forward', () => {
    const queue = createQueue();
    const request = send(queue, 1);
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.advanceTimersByTime(defaultTimeoutMs - 1);
    expect(request.outcome).toBe('open');
    answer(queue, 1);
    expect(request.outcome).toBe('answered');
  });

  it('leave no timer behind a queue that is destroyed, and start one with the next request', () => {
    const queue = createQueue();
    send(queue, 1);
    queue.destroy();
    expect(vi.getTimerCount()).toBe(0);
    const request = send(queue, 2);
    vi.advanceTimersByTime(defaultTimeoutMs);
    expect(request.outcome).toMatch(/timed out/);
  });
});
