import { afterEach, describe, expect, it } from 'vitest';
import { FaultProxy } from '../../support/fault-proxy.js';
import { startClient } from '../../support/websocket/test-client.js';
import { startServer } from '../../support/websocket/test-server.js';

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe('a peer behind a link that fails', () => {
  it('is noticed within ten seconds when the link dies just after an answer, while messages go on', async () => {
    const server = await startServer();
    cleanups.push(() => server.close());
    const proxy = await FaultProxy.start(server.port);
    cleanups.push(() => proxy.close());
    const client = startClient(`ws://${proxy.address}`);
    cleanups.push(() => client.close());
    await client.untilPhase('open');
    const update = { type: 's_roi_update', s_roi: 0.5 } as const;
    await client.client.send(update);
    await proxy.set('blackhole');
    const deadSinceMs = performance.now();
    const sending = setInterval(() => client.client.post(update), 200);
    cleanups.push(() => clearInterval(sending));
    await client.untilPhase('backoff');
    expect(performance.now() - deadSinceMs).toBeLessThan(10_000);
  });

  it('leaves a message unacknowledged when it is cut between sending and ack, to be sent again under the same id', async () => {
    const received: (string | undefined)[] = [];
    let cut = (): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      cut = resolve;
    });
    const server = await startServer({
      onEnvelope: ({ message }) => {
        received.push(message.id);
        cut();
      },
    });
    cleanups.push(() => server.close());
    const proxy = await FaultProxy.start(server.port);
    cleanups.push(() => proxy.close());
    const client = startClient(`ws://${proxy.address}`);
    cleanups.push(() => client.close());
    await client.untilPhase('open');
    await proxy.set('deaf');
    const update = { type: 's_roi_update', s_roi: 0.5, id: 'same' } as const;
    const lost = client.client.send(update);
    lost.catch(() => undefined);
    await arrived;
    await proxy.set('pass');
    proxy.resetAll();
    await expect(lost).rejects.toMatchObject({ code: 'WEBSOCKET_NOT_CONNECTED', retriable: true });
    await client.until(() => client.client.link.phase === 'open');
    await client.client.send(update);
    expect(received).toEqual(['same', 'same']);
  });
});
