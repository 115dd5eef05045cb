import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { afterNextPoll } from '../../../src/main/websocket/after-next-poll.js';
import { ManualClock } from '../../support/manual-clock.js';
import { startClient, type TestClient } from '../../support/websocket/test-client.js';
import { startServer, type TestServer } from '../../support/websocket/test-server.js';

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(options: Parameters<typeof startServer>[0] = {}): Promise<TestServer> {
  const server = await startServer(options);
  cleanups.push(() => server.close());
  return server;
}

function connect(url: string, options: Parameters<typeof startClient>[1] = {}): TestClient {
  const client = startClient(url, options);
  cleanups.push(() => client.close());
  return client;
}

/** An old-style peer: a bare `ws` server whose answers the test decides. */
async function servePeer(
  onMessage: (text: string, reply: (message: object) => void) => void,
): Promise<string> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.on('message', (data) =>
      onMessage(data.toString(), (message) => socket.send(JSON.stringify(message))),
    );
  });
  cleanups.push(() => {
    for (const socket of server.clients) socket.terminate();
    return new Promise((resolve) => server.close(resolve));
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

const update = { type: 's_roi_update', s_roi: 0.5 } as const;

describe('the link to a peer', () => {
  it('opens, reads the welcome and measures the round trip', async () => {
    const server = await serve();
    const client = connect(server.url);
    await client.until(() => client.envelopes.length === 1);
    expect(client.links.map(({ phase }) => phase)).toEqual(['connecting', 'open']);
    expect(client.envelopes[0]).toMatchObject({
      message: { type: 'state_update', frequency: 0.043, message: 'Connected to Resonance node' },
      node: 'nexus',
      connection: 'peer:nexus',
    });
    await client.client.send(update);
    expect(client.client.roundTripMs).toBeGreaterThan(0);
  });

  it('resolves a send at the ack and names this node as source', async () => {
    const server = await serve();
    const client = connect(server.url);
    const other = connect(server.url);
    await Promise.all([client.untilPhase('open'), other.untilPhase('open')]);
    const { ackMs } = await client.client.send({ ...update, id: 'm1' });
    expect(ackMs).toBeGreaterThan(0);
    await other.until(() => other.envelopes.length === 2);
    expect(other.envelopes[1]).toMatchObject({ message: { ...update, id: 'm1' }, node: 'resonance' });
    expect(await client.client.send({ type: 'heartbeat' })).toHaveProperty('ackMs');
    expect(client.client.stats).toMatchObject({ messagesOut: 2, acknowledged: 1, dropped: 0 });
  });

  it('matches the acks of an old peer by order and its error by the oldest message', async () => {
    const answers: (() => void)[] = [];
    const url = await servePeer((text, reply) => {
      const { type, s_roi } = JSON.parse(text) as { type: string; s_roi?: number };
      answers.push(() =>
        reply(
          s_roi === 3
            ? { type: 'error', message: 'Unknown message type: X' }
            : { type: 'ack', original_type: type },
        ),
      );
      if (answers.length === 4) for (const answer of answers) answer();
    });
    const client = connect(url);
    await client.untilPhase('open');
    client.client.post({ ...update, s_roi: 1 });
    const results = await Promise.allSettled([
      client.client.send({ ...update, s_roi: 2, id: 'two' }),
      client.client.send({ ...update, s_roi: 3, id: 'three' }),
      client.client.send({ type: 'frequency_sync', frequency: 0.043 }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({
      reason: {
        code: 'WEBSOCKET_REFUSED',
        retriable: false,
        message: 'nexus answered: Unknown message type: X',
      },
    });
  });

  it('gives up a send that is not acknowledged in time', async () => {
    const url = await servePeer(() => undefined);
    const client = connect(url, { ackTimeoutMs: 20 });
    await client.untilPhase('open');
    await expect(client.client.send(update)).rejects.toMatchObject({
      code: 'WEBSOCKET_TIMEOUT',
      retriable: true,
    });
  });

  it('refuses to send and drops posts while it is not connected', async () => {
    const port = await listen(createTcpServer());
    const client = connect(`ws://127.0.0.1:${port}`);
    expect(client.client.post(update)).toBe(false);
    await expect(client.client.send(update)).rejects.toMatchObject({
      code: 'WEBSOCKET_NOT_CONNECTED',
      retriable: true,
    });
    expect(client.client.stats.dropped).toBe(1);
  });

  it('refuses more when too much waits for acks or for the network', async () => {
    const url = await servePeer(() => undefined);
    const client = connect(url, { maxUnacknowledged: 1, maxBufferedBytes: 100_000 });
    await client.untilPhase('open');
    const first = expect(client.client.send(update)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    await expect(client.client.send(update)).rejects.toMatchObject({ code: 'WEBSOCKET_BACKPRESSURE' });
    const big = { type: 'repository_event', event_type: 'push', data: { x: 'y'.repeat(900_000) } } as const;
    let posted = 0;
    while (client.client.post(big)) posted += 1;
    expect(posted).toBeGreaterThan(0);
    expect(client.client.stats.dropped).toBe(1);
    await client.close();
    await first;
  });

  it('comes back after the peer was gone', async () => {
    const first = await serve();
    const client = connect(first.url);
    await client.untilPhase('open');
    await first.close();
    await client.until(() => client.links.some(({ phase }) => phase === 'backoff'));
    const second = await serve({ port: first.port });
    await client.until(() => client.links.filter(({ phase }) => phase === 'open').length === 2);
    expect(await client.client.send(update)).toHaveProperty('ackMs');
    expect(second.server.stats.connectionsAccepted).toBe(1);
    expect(client.client.stats.connects).toBe(2);
    expect(client.links.find(({ phase }) => phase === 'backoff')?.lastError?.message).toBe(
      'nexus closed the connection (code 1001: Resonance node is shutting down).',
    );
  });

  it('rejects what was not acknowledged when the connection is lost', async () => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    cleanups.push(() => new Promise((resolve) => server.close(resolve)));
    server.on('connection', (socket) => socket.on('message', () => socket.terminate()));
    const client = connect(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await client.untilPhase('open');
    await expect(client.client.send(update)).rejects.toMatchObject({
      code: 'WEBSOCKET_NOT_CONNECTED',
      message: expect.stringContaining('may or may not'),
    });
  });

  it('notices a peer that is silent past the ping timeout', async () => {
    const silent = new WebSocketServer({ host: '127.0.0.1', port: 0, autoPong: false });
    await once(silent, 'listening');
    cleanups.push(() => {
      for (const socket of silent.clients) socket.terminate();
      return new Promise((resolve) => silent.close(resolve));
    });
    const client = connect(`ws://127.0.0.1:${(silent.address() as AddressInfo).port}`, { pingTimeoutMs: 30 });
    await client.until(() => client.links.some(({ phase }) => phase === 'backoff'));
    expect(client.links.find(({ phase }) => phase === 'backoff')?.lastError).toMatchObject({
      code: 'WEBSOCKET_TIMEOUT',
      message: 'nexus has not answered a ping for 30 ms.',
    });
  });

  it('reads the answer that lies in its socket before it gives the peer up', async () => {
    const peer = new WebSocketServer({ host: '127.0.0.1', port: 0, autoPong: false });
    await once(peer, 'listening');
    cleanups.push(() => {
      for (const socket of peer.clients) socket.terminate();
      return new Promise((resolve) => peer.close(resolve));
    });
    const clock = new ManualClock(Date.now());
    const client = connect(`ws://127.0.0.1:${(peer.address() as AddressInfo).port}`, { clock });
    await client.untilPhase('open');
    const [socket] = peer.clients;
    socket?.pong();
    // No turn of the event loop passes between the answer and the deadline.
    clock.advance(10_000);
    await new Promise<void>((resolve) => afterNextPoll(resolve));
    socket?.send('{"type":"s_roi_update","s_roi":1}');
    await client.until(() => client.envelopes.length === 1);
    expect(client.client.link.phase).toBe('open');
  });

  it('counts and shows what it cannot read, and stays open', async () => {
    const url = await servePeer((_text, reply) => {
      reply({ type: 'nonsense' });
      reply({ type: 'ack', original_type: 's_roi_update' });
    });
    const client = connect(url);
    await client.untilPhase('open');
    await client.client.send(update);
    expect(client.rejected).toEqual([
      {
        connection: 'peer:nexus',
        rejection: expect.objectContaining({ reason: 'unknown_type' }),
        byteLength: 19,
        preview: '{"type":"nonsense"}',
      },
    ]);
    expect(client.client.link.phase).toBe('open');
  });

  it('stops for good when closed, also while connecting or waiting, and can be started again', async () => {
    const server = await serve();
    const client = connect(server.url);
    await client.close();
    expect(client.client.link.phase).toBe('off');
    client.client.start();
    await client.untilPhase('open');
    await Promise.all([client.close(), client.close()]);
    expect(client.client.link).toMatchObject({ phase: 'off', attempt: 0, nextAttemptAtMs: null });
    await server.until(() => server.server.connections().length === 0);
  });
});

describe('the pauses between attempts', () => {
  const half = (): number => 0.5;

  it('grow with each failure', async () => {
    const clock = new ManualClock(1_000_000);
    const server = await startServer();
    await server.close();
    const client = connect(server.url, { clock, random: half });
    for (const [attempt, delayMs] of [125, 250, 500, 1_000].entries()) {
      const link = await client.untilPhase('backoff');
      expect(link).toMatchObject({ attempt: attempt + 1, nextAttemptAtMs: clock.wallMs() + delayMs });
      clock.advance(delayMs);
      expect(client.client.link.phase).toBe('connecting');
    }
  });

  it('start again after the link held for 30 s, and not before', async () => {
    const clock = new ManualClock(1_000_000);
    const first = await startServer();
    await first.close();
    const client = connect(first.url, { clock, random: half });
    await client.untilPhase('backoff');
    clock.advance(125);
    await client.until(() => client.client.link.phase === 'backoff' && client.client.link.attempt === 2);

    for (const [heldMs, attempt] of [
      [29_999, 3],
      [30_000, 1],
    ] as const) {
      const server = await startServer({ port: first.port });
      client.client.reconnectNow();
      await client.untilPhase('open');
      clock.advance(heldMs);
      await server.close();
      expect((await client.untilPhase('backoff')).attempt).toBe(attempt);
    }
  });

  it('are a minute when somebody must change something first, unless told to try now', async () => {
    const clock = new ManualClock(1_000_000);
    const client = connect('ws//nexus', { clock });
    expect(await client.untilPhase('failed')).toMatchObject({ nextAttemptAtMs: 1_060_000, attempt: 1 });
    client.client.reconnectNow();
    expect(client.client.link.phase).toBe('connecting');
    expect(await client.untilPhase('failed')).toMatchObject({ attempt: 2 });
    clock.advance(60_000);
    expect(client.client.link.phase).toBe('connecting');
    await client.close();
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('a link that cannot be opened says why and what to do', () => {
  async function failure(url: string, phase: 'backoff' | 'failed', handshakeTimeoutMs = 5_000) {
    const client = connect(url, { handshakeTimeoutMs });
    return (await client.untilPhase(phase)).lastError;
  }

  it('when nothing listens', async () => {
    const server = createTcpServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    expect(await failure(`ws://127.0.0.1:${port}`, 'backoff')).toEqual({
      code: 'WEBSOCKET_UNREACHABLE',
      message: `Nothing listens at ws://127.0.0.1:${port}.`,
      retriable: true,
      hint: 'Start nexus, or edit its endpoint.',
    });
  });

  it('when the name is not known', async () => {
    expect(await failure('ws://nexus-node.invalid:8767', 'backoff')).toMatchObject({
      code: 'WEBSOCKET_UNREACHABLE',
      message: 'The name nexus-node.invalid is not known here.',
      hint: expect.stringContaining('hosts file'),
    });
  });

  it('when the peer has too many connections', async () => {
    const { url } = await serve({ limits: { maxConnections: 0 } });
    expect(await failure(url, 'backoff')).toMatchObject({
      code: 'WEBSOCKET_REFUSED',
      message: `nexus (${url}) refused the connection with status 503: Too many connections: try again later.`,
      retriable: true,
    });
  });

  it('when it is a web server without a WebSocket', async () => {
    const port = await listen(
      createHttpServer((_request, response) => response.writeHead(404).end('nothing here')),
    );
    expect(await failure(`ws://127.0.0.1:${port}`, 'failed')).toMatchObject({
      code: 'WEBSOCKET_REFUSED',
      message: `nexus (ws://127.0.0.1:${port}) refused the connection with status 404: nothing here`,
      retriable: false,
      hint: expect.stringContaining('no WebSocket at this address'),
    });
  });

  it('when it is no web server at all', async () => {
    const port = await listen(createTcpServer((socket) => socket.end('220 mail ready\r\n')));
    expect(await failure(`ws://127.0.0.1:${port}`, 'failed')).toMatchObject({
      code: 'WEBSOCKET_FAILED',
      message: expect.stringContaining('is not a WebSocket server'),
    });
  });

  it('when the address is none', async () => {
    expect(await failure('ws//nexus', 'failed')).toMatchObject({
      code: 'WEBSOCKET_FAILED',
      message: 'ws//nexus is not a WebSocket address.',
    });
  });

  it('when nothing answers the handshake', async () => {
    const port = await listen(createTcpServer());
    expect(await failure(`ws://127.0.0.1:${port}`, 'backoff', 30)).toMatchObject({
      code: 'WEBSOCKET_TIMEOUT',
      message: expect.stringContaining('did not complete the handshake within 30 ms'),
    });
  });

  it('when TLS is asked of a server without', async () => {
    const server = await serve();
    expect(await failure(server.url.replace('ws:', 'wss:'), 'failed')).toMatchObject({
      code: 'WEBSOCKET_FAILED',
      message: expect.stringContaining('does not speak TLS'),
      hint: expect.stringContaining('ws://'),
    });
  });
});
