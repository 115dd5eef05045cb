import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { RejectedFrame } from '../../../src/main/websocket/resonance-websocket-server.js';
import type { Envelope } from '../../../src/shared/envelope.js';
import { startServer, type TestServer } from '../../support/websocket/test-server.js';
import { TestSocket } from '../../support/websocket/test-socket.js';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(options: Parameters<typeof startServer>[0] = {}): Promise<TestServer> {
  const server = await startServer(options);
  cleanups.push(() => server.close());
  return server;
}

async function join(server: TestServer): Promise<TestSocket> {
  const socket = await TestSocket.open(server.url);
  cleanups.push(() => socket.terminate());
  await socket.next();
  return socket;
}

const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/;

describe('the WebSocket server speaks the protocol', () => {
  it('welcomes each client with its values at the top level', async () => {
    const server = await serve();
    const socket = await TestSocket.open(server.url);
    cleanups.push(() => socket.terminate());
    expect(await socket.next()).toEqual({
      type: 'state_update',
      timestamp: expect.stringMatching(iso),
      frequency: 0.043,
      s_roi: 0.502,
      anchor: 'BOLZANO_71',
      message: 'Connected to Resonance node',
    });
  });

  it.each([
    { type: 'state_update', anchor: 'A', data: { frequency: 0.05 } },
    { type: 'frequency_sync', frequency: 0.043, s_roi: 0.502, anchor: 'BOLZANO_71' },
    { type: 's_roi_update', s_roi: 0.4, anchor: 'A' },
    { type: 'repository_event', event_type: 'push', data: { sha: 'abc', deep: [1] }, source: 'nexus' },
  ])('relays a $type to every other client, then acknowledges it', async (message) => {
    const server = await serve();
    const [sender, first, second] = [await join(server), await join(server), await join(server)];
    sender.send(message);
    expect(await sender.next()).toEqual({
      type: 'ack',
      original_type: message.type,
      timestamp: expect.stringMatching(iso),
    });
    expect(await first.next()).toEqual(message);
    expect(await second.next()).toEqual(message);
    expect(sender.unread).toEqual([]);
  });

  it('passes the text on as it came, spaces, escapes, order and unknown fields included', async () => {
    const server = await serve();
    const [sender, other] = [await join(server), await join(server)];
    const text = '{ "x_new" : [1.0, "\\u00e9\u00e9"],\n "s_roi":5.020e-1 , "type":"s_roi_update"}';
    sender.sendText(text);
    expect(await other.nextText()).toBe(text);
  });

  it('answers a heartbeat and relays it to nobody', async () => {
    const server = await serve();
    const [sender, other] = [await join(server), await join(server)];
    sender.send({ type: 'heartbeat', anchor: 'TEST' });
    expect(await sender.next()).toEqual({
      type: 'heartbeat',
      timestamp: expect.stringMatching(iso),
      anchor: 'BOLZANO_71',
    });
    sender.send({ type: 's_roi_update', s_roi: 1 });
    expect(await other.next()).toEqual({ type: 's_roi_update', s_roi: 1 });
  });

  it('answers what it cannot take with the old words and stays open', async () => {
    const rejected: RejectedFrame[] = [];
    const server = await serve({ onRejected: (frame) => rejected.push(frame) });
    const socket = await join(server);
    socket.sendText('not json');
    expect(await socket.next()).toEqual({ type: 'error', message: 'Invalid JSON format' });
    socket.send({ type: 'X' });
    expect(await socket.next()).toEqual({ type: 'error', message: 'Unknown message type: X' });
    socket.send({ type: 'frequency_sync', frequency: 'high' });
    expect(await socket.next()).toEqual({
      type: 'error',
      message: expect.stringMatching(/^Invalid message: `frequency`/),
    });
    socket.socket.send(Buffer.from([1, 2, 3]));
    expect(await socket.next()).toEqual({
      type: 'error',
      message: expect.stringMatching(/^Invalid message: a binary frame/),
    });
    socket.send({ type: 's_roi_update', s_roi: 1 });
    expect(await socket.next()).toMatchObject({ type: 'ack' });
    expect(rejected.map(({ rejection }) => rejection.reason)).toEqual([
      'not_json',
      'unknown_type',
      'wrong_shape',
      'binary_frame',
    ]);
    expect(rejected[0]).toMatchObject({ connection: 'server#1', byteLength: 8, preview: 'not json' });
    expect(server.server.stats.rejected).toBe(4);
  });

  it('takes an ack or an error from a client silently', async () => {
    const server = await serve();
    const [socket, other] = [await join(server), await join(server)];
    socket.send({ type: 'ack', original_type: 'state_update' });
    socket.send({ type: 'error', message: 'Unknown message type: ack' });
    socket.send({ type: 's_roi_update', s_roi: 1 });
    expect(await socket.next()).toMatchObject({ type: 'ack', original_type: 's_roi_update' });
    expect(await other.next()).toMatchObject({ type: 's_roi_update' });
    expect(server.server.stats.rejected).toBe(0);
  });

  it('gives the ack the id of the message that had one', async () => {
    const server = await serve();
    const socket = await join(server);
    socket.send({ type: 's_roi_update', s_roi: 1, id: '0190"x' });
    expect(await socket.next()).toMatchObject({ type: 'ack', id: '0190"x' });
  });

  it('hands each valid message to the node with where it came from', async () => {
    const envelopes: Envelope[] = [];
    const server = await serve({ onEnvelope: (envelope) => envelopes.push(envelope) });
    const socket = await join(server);
    socket.send({ type: 'heartbeat', anchor: 'TEST' });
    socket.send({ type: 's_roi_update', s_roi: 1, source: 'nexus' });
    socket.send({ type: 'heartbeat' });
    for (let answers = 0; answers < 3; answers += 1) await socket.next();
    expect(envelopes.map(({ node }) => node)).toEqual([null, 'nexus', 'nexus']);
    expect(envelopes[1]).toMatchObject({
      message: { type: 's_roi_update', s_roi: 1, source: 'nexus' },
      direction: 'in',
      transport: 'websocket',
      text: '{"type":"s_roi_update","s_roi":1,"source":"nexus"}',
      byteLength: 50,
      connection: 'server#1',
    });
    expect(server.server.connections()[0]).toMatchObject({ id: 'server#1', node: 'nexus', messagesIn: 3 });
  });

  it('keeps serving when a receiver of messages throws', async () => {
    const server = await serve({
      onEnvelope: () => {
        throw new Error('boom');
      },
    });
    const socket = await join(server);
    socket.send({ type: 's_roi_update', s_roi: 1 });
    socket.send({ type: 's_roi_update', s_roi: 2 });
    expect(await socket.next()).toMatchObject({ type: 'ack' });
    expect(await socket.next()).toMatchObject({ type: 'ack' });
    expect(server.logs.filter(({ level }) => level === 'error')).toHaveLength(2);
  });

  it('reaches a node by the name that its messages gave, and all clients by broadcast', async () => {
    const server = await serve();
    const [nexus, other] = [await join(server), await join(server)];
    nexus.send({ type: 'heartbeat', source: 'nexus' });
    await nexus.next();
    expect(server.server.sendTo('nexus', { type: 's_roi_update', s_roi: 7 })).toBe(1);
    expect(server.server.sendTo('lexamoris', { type: 's_roi_update', s_roi: 7 })).toBe(0);
    expect(server.server.broadcast({ type: 's_roi_update', s_roi: 8 })).toBe(2);
    expect(await nexus.next()).toEqual({ type: 's_roi_update', s_roi: 7 });
    expect(await nexus.next()).toEqual({ type: 's_roi_update', s_roi: 8 });
    expect(await other.next()).toEqual({ type: 's_roi_update', s_roi: 8 });
    nexus.socket.close();
    await nexus.closed;
    await server.until(() => server.server.connections().length === 1);
    expect(server.server.sendTo('nexus', { type: 's_roi_update', s_roi: 7 })).toBe(0);
  });

  it('closes its clients with 1001, also twice', async () => {
    const server = await serve();
    const socket = await join(server);
    const closes = [server.server.close(), server.server.close()];
    expect(await socket.closed).toEqual({ code: 1001, reason: 'Resonance node is shutting down' });
    await Promise.all(closes);
    await expect(server.server.start()).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  });

  it('says so when the port is taken', async () => {
    const first = await serve();
    await expect(startServer({ port: first.port })).rejects.toMatchObject({
      code: 'WEBSOCKET_PORT_TAKEN',
      message: expect.stringContaining(String(first.port)),
      hint: expect.stringContaining('websocket.port'),
    });
  });

  it('still acknowledges what came just before the client closed', async () => {
    const server = await serve();
    const [socket, other] = [await join(server), await join(server)];
    socket.send({ type: 's_roi_update', s_roi: 1 });
    socket.socket.close(1000, 'done');
    expect(await socket.next()).toMatchObject({ type: 'ack' });
    expect(await socket.closed).toEqual({ code: 1000, reason: 'done' });
    expect(await other.next()).toEqual({ type: 's_roi_update', s_roi: 1 });
    expect(other.socket.readyState).toBe(WebSocket.OPEN);
  });
});
