import { afterEach, describe, expect, it } from 'vitest';
import { createSystemClock } from '../../../src/main/system-clock.js';
import { webSocketDoctorSteps } from '../../../src/main/websocket/doctor.js';
import type { Envelope } from '../../../src/shared/envelope.js';
import { type PythonNode, startPythonNode, whyNoPythonNode } from '../../support/python-node.js';
import { createRecordingLogger } from '../../support/websocket/recording-logger.js';
import { startClient, type TestClient } from '../../support/websocket/test-client.js';
import { startServer, type TestServer } from '../../support/websocket/test-server.js';

const reason = await whyNoPythonNode();
if (reason !== null) console.warn(`Skipped: interoperation with a Python node over WebSocket: ${reason}`);

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(options: Parameters<typeof startServer>[0] = {}): Promise<TestServer> {
  const server = await startServer(options);
  cleanups.push(() => server.close());
  return server;
}

async function python(args: readonly string[] = []): Promise<PythonNode> {
  const node = await startPythonNode(args);
  cleanups.push(() => node.stop());
  return node;
}

function connect(url: string): TestClient {
  const client = startClient(url);
  cleanups.push(() => client.close());
  return client;
}

const fiveTypes = [
  { type: 'state_update', anchor: 'PY', data: { frequency: 0.05, last_update: null, connected_nodes: [] } },
  { type: 'frequency_sync', frequency: 0.043, s_roi: 0.502, anchor: 'PY' },
  { type: 's_roi_update', s_roi: 0.61, anchor: 'PY' },
  { type: 'repository_event', event_type: 'commit', data: { sha: 'abc123', message: 'grüße' } },
  { type: 'heartbeat', anchor: 'PY' },
] as const;

describe.skipIf(reason !== null)('a Python node', () => {
  it('as a client is welcomed, understood, answered and relayed to', async () => {
    const envelopes: Envelope[] = [];
    const server = await serve({ onEnvelope: (envelope) => envelopes.push(envelope) });
    const node = await python(['--peer', `resonance=${server.url}`]);
    expect(await node.received('peer:resonance', 'state_update')).toMatchObject({
      message: 'Connected to Resonance node',
    });
    for (const message of fiveTypes) node.command({ command: 'ws', peer: 'resonance', message });
    await node.received('peer:resonance', 'heartbeat');
    const acks = node.events
      .filter(({ text }) => text?.includes('"ack"'))
      .map(({ text }) => JSON.parse(text ?? ''));
    expect(acks.map(({ original_type }) => original_type)).toEqual(
      fiveTypes.slice(0, 4).map(({ type }) => type),
    );
    expect(envelopes.map(({ message, node: from }) => ({ type: message.type, from }))).toEqual(
      fiveTypes.map(({ type }) => ({ type, from: 'nexus' })),
    );
    expect(envelopes[3]?.message).toMatchObject(fiveTypes[3]);

    const other = connect(server.url);
    await other.untilPhase('open');
    await other.client.send({ type: 'repository_event', event_type: 'push', data: { branch: 'main' } });
    expect(await node.received('peer:resonance', 'repository_event')).toMatchObject({
      event_type: 'push',
      source: 'resonance',
    });
    expect(server.server.sendTo('nexus', { type: 's_roi_update', s_roi: 0.9 })).toBe(1);
    expect(await node.received('peer:resonance', 's_roi_update')).toEqual({
      type: 's_roi_update',
      s_roi: 0.9,
    });
  });

  it('as a client is told of its mistakes and stays connected', async () => {
    const server = await serve();
    const node = await python(['--peer', `resonance=${server.url}`]);
    await node.received('peer:resonance', 'state_update');
    node.command({ command: 'ws', peer: 'resonance', text: '{"s_roi": NaN}' });
    node.command({ command: 'ws', peer: 'resonance', text: '{"type": "greeting"}' });
    node.command({ command: 'ws', peer: 'resonance', text: '{"type": "heartbeat"}' });
    await node.received('peer:resonance', 'heartbeat');
    const errors = node.events
      .filter(({ text }) => text?.includes('"error"'))
      .map(({ text }) => JSON.parse(text ?? ''));
    expect(errors).toEqual([
      { type: 'error', message: 'Invalid JSON format' },
      { type: 'error', message: 'Unknown message type: greeting' },
    ]);
  });

  it('as a client sees the server go with 1001', async () => {
    const server = await serve();
    const node = await python(['--peer', `resonance=${server.url}`]);
    await node.received('peer:resonance', 'state_update');
    await server.close();
    expect(await node.event(({ event }) => event === 'peer_gone')).toMatchObject({ code: 1001 });
  });

  it('as a peer greets, acknowledges in order and is read', async () => {
    const node = await python(['--name', 'nexus']);
    const client = connect(node.url);
    await client.until(() => client.envelopes.length === 1);
    expect(client.envelopes[0]).toMatchObject({
      message: { type: 'state_update', frequency: 0.043, message: 'Connected to Resonance node' },
      node: 'nexus',
    });
    const sent = [];
    for (const message of fiveTypes)
      sent.push(client.client.send({ ...message, id: `id-${message.type}` } as never));
    for (const { ackMs } of await Promise.all(sent)) expect(ackMs).toBeGreaterThan(0);
    expect(await node.received('server', 'repository_event')).toMatchObject({ source: 'resonance' });
    node.command({ command: 'broadcast', message: { type: 'frequency_sync', frequency: 0.044 } });
    await client.until(() => client.envelopes.some(({ message }) => message.type === 'frequency_sync'));
    expect(client.envelopes.at(-1)).toMatchObject({ message: { frequency: 0.044 }, node: 'nexus' });
    expect(client.client.roundTripMs).toBeGreaterThan(0);
    expect(client.rejected).toEqual([]);
  });

  it('as a peer that is killed and started again is found again', async () => {
    const first = await python();
    const client = connect(first.url);
    await client.untilPhase('open');
    await first.kill();
    await client.until(() => client.links.some(({ phase }) => phase === 'backoff'));
    await python(['--port', new URL(first.url).port]);
    await client.until(() => client.links.filter(({ phase }) => phase === 'open').length === 2);
    expect(await client.client.send({ type: 's_roi_update', s_roi: 1 })).toHaveProperty('ackMs');
  });

  it('broadcasts its state, frequency and heartbeat every interval', async () => {
    const envelopes: Envelope[] = [];
    const server = await serve({ onEnvelope: (envelope) => envelopes.push(envelope) });
    const node = await python(['--peer', `resonance=${server.url}`, '--sync-interval', '0.05']);
    await node.received('peer:resonance', 'heartbeat');
    expect(envelopes.slice(0, 3).map(({ message }) => message.type)).toEqual([
      'state_update',
      'frequency_sync',
      'heartbeat',
    ]);
    expect(envelopes[0]).toMatchObject({ node: 'nexus', message: { data: { status: 'supraleitend' } } });
  });

  it('passes every step of the doctor', async () => {
    const node = await python();
    const options = { peer: 'nexus', clock: createSystemClock(), logger: createRecordingLogger() };
    const states = [];
    for await (const { state } of webSocketDoctorSteps(node.url, options)) states.push(state);
    expect(states.filter((state) => state === 'passed')).toHaveLength(5);
  });
});
