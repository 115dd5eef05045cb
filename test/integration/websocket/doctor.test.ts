import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { createSystemClock } from '../../../src/main/system-clock.js';
import { webSocketDoctorSteps } from '../../../src/main/websocket/doctor.js';
import type { DoctorStep } from '../../../src/shared/feed.js';
import { createRecordingLogger } from '../../support/websocket/recording-logger.js';
import { startServer } from '../../support/websocket/test-server.js';

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function walk(url: string, timeoutMs = 5_000): Promise<DoctorStep[]> {
  const clock = createSystemClock();
  const steps: DoctorStep[] = [];
  const options = { peer: 'nexus', clock, logger: createRecordingLogger(), timeoutMs };
  for await (const step of webSocketDoctorSteps(url, options)) steps.push(step);
  return steps;
}

function states(steps: readonly DoctorStep[]): string[] {
  return steps.map(({ id, state }) => `${id.replace('websocket.nexus.', '')} ${state}`);
}

function failed(steps: readonly DoctorStep[]): DoctorStep | undefined {
  return steps.find(({ state }) => state === 'failed');
}

describe('the doctor walks the way to a WebSocket server', () => {
  it('and finds a healthy one', async () => {
    const server = await startServer();
    cleanups.push(() => server.close());
    const steps = await walk(server.url.replace('127.0.0.1', 'localhost'));
    expect(states(steps)).toEqual(
      ['dns', 'tcp', 'handshake', 'welcome', 'ping'].flatMap((key) => [`${key} running`, `${key} passed`]),
    );
    expect(steps.every(({ state, durationMs }) => (state === 'running') === (durationMs === null))).toBe(
      true,
    );
    expect(steps[7]?.detail).toContain('Connected to Resonance node');
    expect(steps[9]?.detail).toMatch(/^round trip \d+\.\d ms$/);
    await server.until(() => server.server.connections().length === 0);
  });

  it('and says where it ends and what to do: nothing listens', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const steps = await walk(`ws://127.0.0.1:${port}`);
    expect(states(steps)).toEqual([
      'dns running',
      'dns passed',
      'tcp running',
      'tcp failed',
      'handshake skipped',
      'welcome skipped',
      'ping skipped',
    ]);
    expect(failed(steps)).toMatchObject({
      detail: `Nothing listens at ws://127.0.0.1:${port}.`,
      hint: 'Start nexus, or edit its endpoint.',
    });
  });

  it('and knows an unknown name, a refusal, and an address that is none', async () => {
    expect(failed(await walk('ws://nexus-node.invalid:8767'))).toMatchObject({
      id: 'websocket.nexus.dns',
      detail: 'The name nexus-node.invalid is not known here.',
    });
    const server = await startServer({ limits: { maxConnections: 0 } });
    cleanups.push(() => server.close());
    expect(failed(await walk(server.url))).toMatchObject({
      id: 'websocket.nexus.handshake',
      detail: expect.stringContaining('status 503'),
    });
    expect(failed(await walk('nexus'))).toMatchObject({
      id: 'websocket.nexus.dns',
      detail: 'nexus is not a WebSocket address.',
    });
  });

  it('and notices a WebSocket server that does not greet', async () => {
    const mute = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(mute, 'listening');
    cleanups.push(() => new Promise((resolve) => mute.close(resolve)));
    const steps = await walk(`ws://127.0.0.1:${(mute.address() as AddressInfo).port}`, 500);
    expect(failed(steps)).toMatchObject({
      id: 'websocket.nexus.welcome',
      detail: 'No welcome within 500 ms.',
      hint: expect.stringContaining('another WebSocket server'),
    });
  });
});
