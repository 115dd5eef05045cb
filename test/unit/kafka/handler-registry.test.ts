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

  it('runs the others when one throws, and reports where it happened', () => {
    const { handlers, failures } = registry();
    const seen: string[] = [];
    handlers.register('heartbeat', () => {
      throw new Error('broken');
    });
    handlers.register('heartbeat', ({ id }) => void seen.push(String(id)));
    handlers.handle(envelope);
    expect(seen).toEqual(['1']);
    expect(failures).toMatchObject([
      { code: 'HANDLER_FAILED', message: 'a handler of heartbeat failed at topic/0/7: broken' },
    ]);
  });

  it('does not wait for ever for a handler that never ends', async () => {
    const { clock, handlers, failures } = registry();
    handlers.register('heartbeat', () => new Promise(() => undefined));
    const handled = handlers.handle(envelope);
    clock.advance(5_000);
    await handled;
    expect(failures).toHaveLength(1);
    expect(handlers.failures).toBe(1);
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
