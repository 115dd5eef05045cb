import { describe, expect, it } from 'vitest';
import { HandlerRegistry } from '../../../src/main/kafka/handler-registry.js';
import type { Envelope } from '../../../src/shared/envelope.js';
import type { ResonanceError } from '../../../src/shared/errors.js';
import { ManualClock } from '../../support/manual-clock.js';
import { silentLogger } from '../../support/silent-logger.js';

const envelope: Envelope = {
  message: { type: 'heartbeat', id: '1' },
  direction: 'in',
  transport: 'kafka',
  node: null,
  text: '{}',
  byteLength: 2,
  atMs: 0,
  kafka: { topic: 'topic', partition: 0, offset: '7' },
};

function registry() {
  const clock = new ManualClock();
  const failures: ResonanceError[] = [];
  const handlers = new HandlerRegistry({
    clock,
    logger: silentLogger,
    random: () => 0.8,
    onFailure: (error) => failures.push(error),
  });
  return { clock, failures, handlers };
}

describe('message handlers', () => {
  it('costs no promise where no handler makes one', () => {
    const { handlers } = registry();
    expect(handlers.handle(envelope)).toBeUndefined();
    handlers.register('heartbeat', () => undefined);
    expect(handlers.handle(envelope)).toBeUndefined();
  });

  it('calls a failing handler five times, with growing pauses, and the others once', async () => {
    const { clock, handlers, failures } = registry();
    const callsAtMs: number[] = [];
    const seen: string[] = [];
    handlers.register('heartbeat', () => {
      callsAtMs.push(clock.monotonicMs());
      throw new Error('broken');
    });
    handlers.register('heartbeat', ({ id }) => void seen.push(String(id)));
    const handled = handlers.handle(envelope);
    await clock.advanceSlowly(2_000, 10);
    expect(await handled).toMatchObject({ envelope, tries: 5, error: { code: 'HANDLER_FAILED' } });
    const pausesMs = callsAtMs.slice(1).map((atMs, index) => atMs - (callsAtMs[index] ?? 0));
    expect(pausesMs.slice(1)).toEqual([80, 160, 320]);
    expect(seen).toEqual(['1']);
    expect(failures).toMatchObject([{ message: 'a handler of heartbeat failed at topic/0/7: broken' }]);
    expect(handlers.failures).toBe(5);
  });

  it('counts a message as handled when a later try goes well', async () => {
    const { clock, handlers, failures } = registry();
    let calls = 0;
    handlers.register('heartbeat', async () => {
      calls += 1;
      if (calls < 3) throw new Error('not yet');
    });
    const handled = handlers.handle(envelope);
    await clock.advanceSlowly(1_000, 10);
    expect(await handled).toBeNull();
    expect([calls, failures.length, handlers.failures]).toEqual([3, 0, 2]);
  });

  it('does not wait for ever for a handler that never ends', async () => {
    const { clock, handlers, failures } = registry();
    handlers.register('heartbeat', () => new Promise(() => undefined));
    const handled = handlers.handle(envelope);
    await clock.advanceSlowly(27_000);
    expect(await handled).toMatchObject({ tries: 5 });
    expect(failures).toMatchObject([{ message: expect.stringContaining('not finished within 5000 ms') }]);
  });

  it('unregisters one handler and leaves the others', () => {
    const { handlers } = registry();
    const seen: string[] = [];
    const unregister = handlers.register('heartbeat', () => void seen.push('first'));
    handlers.register('heartbeat', () => void seen.push('second'));
    unregister();
    unregister();
    handlers.handle(envelope);
    expect(seen).toEqual(['second']);
    expect(handlers.isEmpty).toBe(false);
  });
});
