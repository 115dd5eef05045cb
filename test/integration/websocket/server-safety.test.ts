import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { RejectedFrame } from '../../../src/main/websocket/resonance-websocket-server.js';
import { ManualClock } from '../../support/manual-clock.js';
import { clientFrame, RawSocket, readFrames } from '../../support/websocket/raw-socket.js';
import { startServer, type TestServer } from '../../support/websocket/test-server.js';
import { TestSocket } from '../../support/websocket/test-socket.js';

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(options: Parameters<typeof startServer>[0] = {}): Promise<TestServer> {
  const server = await startServer(options);
  cleanups.push(() => server.close());
  return server;
}

async function raw(server: TestServer): Promise<RawSocket> {
  const socket = await RawSocket.connect(server.port);
  cleanups.push(() => socket.socket.destroy());
  return socket;
}

async function rawWebSocket(server: TestServer): Promise<RawSocket> {
  const socket = await RawSocket.openWebSocket(server.port);
  cleanups.push(() => socket.socket.destroy());
  return socket;
}

async function join(server: TestServer): Promise<TestSocket> {
  const socket = await TestSocket.open(server.url);
  cleanups.push(() => socket.terminate());
  await socket.next();
  return socket;
}

async function response(server: TestServer, headers: Parameters<RawSocket['handshake']>[0], path = '/') {
  const socket = await raw(server);
  socket.handshake(headers, path);
  await socket.until((received) => received.includes('\r\n\r\n'));
  const text = socket.received.toString('latin1');
  if (!text.startsWith('HTTP/1.1 101')) await socket.closed;
  return socket.received.toString();
}

/** The server still serves: a fresh client is welcomed and acknowledged. */
async function expectAlive(server: TestServer): Promise<void> {
  const socket = await join(server);
  socket.send({ type: 's_roi_update', s_roi: 1 });
  expect(await socket.nextOfType('ack')).toMatchObject({ original_type: 's_roi_update' });
  socket.terminate();
}

describe('the door', () => {
  it('lets programs and loopback pages in, whatever the path', async () => {
    const server = await serve({
      allowedOrigins: ['https://dashboard.example'],
      allowedHosts: ['mesh.example'],
    });
    expect(await response(server, {})).toContain('101 Switching Protocols');
    expect(await response(server, { Origin: 'http://localhost:5173' }, '/any?path')).toContain('101');
    expect(
      await response(server, { Origin: 'https://dashboard.example', Host: 'mesh.example:8765' }),
    ).toContain('101');
    expect(server.server.stats.refused).toMatchObject({ origin: 0, host: 0 });
  });

  it('turns away other pages and other names with 403 and a line that says what to do', async () => {
    const server = await serve();
    const refusal = await response(server, { Origin: 'https://evil.example' });
    expect(refusal).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(refusal).toMatch(
      /\r\n\r\nPages of "https:\/\/evil.example" may not connect: list the origin in websocket.allowedOrigins.\n$/,
    );
    expect(await response(server, { Origin: 'null' })).toContain('403');
    expect(await response(server, { 'Sec-WebSocket-Origin': 'https://evil.example' })).toContain('403');
    expect(await response(server, { Host: 'evil.example:8765' })).toMatch(/403.*websocket.allowedHosts/s);
    expect(await response(server, { Host: null })).toContain('403');
    expect(server.server.stats.refused).toMatchObject({ origin: 3, host: 2 });
    expect(server.server.stats.connections).toBe(0);
  });

  it('answers a handshake that is none, and a plain request, with what is wrong', async () => {
    const server = await serve();
    expect(await response(server, { 'Sec-WebSocket-Key': 'short' })).toMatch(/400.*Sec-WebSocket-Key/s);
    expect(await response(server, { 'Sec-WebSocket-Version': '7' })).toMatch(/400.*Sec-WebSocket-Version/s);
    const plain = await fetch(server.url.replace('ws:', 'http:'));
    expect(plain.status).toBe(426);
    expect(await plain.text()).toContain('ws://');
    const nonsense = await raw(server);
    nonsense.socket.write('\x16\x03\x01 not http\r\n\r\n');
    expect((await nonsense.until((received) => received.includes('\n'))).toString()).toContain(
      '400 Bad Request',
    );
    await nonsense.closed;
    expect(server.server.stats.refused).toMatchObject({ bad_handshake: 3, not_websocket: 1 });
  });

  it('drops whoever does not complete the handshake in time, silent or trickling', async () => {
    const server = await serve({ limits: { handshakeTimeoutMs: 50 } });
    const silent = await raw(server);
    const trickling = await raw(server);
    trickling.socket.write('GET / HTTP/1.1\r\nHost: loc');
    await Promise.all([silent.closed, trickling.closed]);
    expect(server.server.stats.refused.handshake_timeout).toBe(2);
  });

  it('refuses one client more than allowed with 503, and takes one again when there is room', async () => {
    const server = await serve({ limits: { maxConnections: 1 } });
    const first = await join(server);
    expect(await response(server, {})).toMatch(/503 Service Unavailable.*try again later/s);
    first.terminate();
    await server.until(() => server.server.connections().length === 0);
    expect(await response(server, {})).toContain('101');
    expect(server.server.stats.refused.connection_limit).toBe(1);
  });

  it('closes while a handshake hangs', async () => {
    const server = await serve();
    const hanging = await raw(server);
    hanging.socket.write('GET /');
    await server.close();
    await hanging.closed;
  });

  it('cuts off a client that does not answer the close frame at the deadline', async () => {
    const server = await serve();
    const deaf = await rawWebSocket(server);
    await server.server.close({ deadlineMs: 50 });
    await deaf.closed;
    const { frames } = readFrames(deaf.received);
    expect(frames.at(-1)).toMatchObject({ opcode: 8 });
    expect(frames.at(-1)?.payload.readUInt16BE(0)).toBe(1001);
  });
});

describe('the limits', () => {
  it('close the connection with 1009 when a message is larger than allowed', async () => {
    const rejected: RejectedFrame[] = [];
    const server = await serve({ onRejected: (frame) => rejected.push(frame) });
    const socket = await join(server);
    socket.sendText('x'.repeat(1_048_577));
    expect(await socket.closed).toMatchObject({ code: 1009 });
    expect(rejected.map(({ rejection }) => rejection.reason)).toEqual(['too_big']);
    await expectAlive(server);
  });

  it('close the connection with 1007 when a text frame is not UTF-8', async () => {
    const rejected: RejectedFrame[] = [];
    const server = await serve({ onRejected: (frame) => rejected.push(frame) });
    const socket = await rawWebSocket(server);
    socket.socket.write(clientFrame(1, Buffer.from([0xc3, 0x28])));
    const bytes = await socket.until((received) =>
      readFrames(received).frames.some(({ opcode }) => opcode === 8),
    );
    expect(readFrames(bytes).frames.at(-1)?.payload.readUInt16BE(0)).toBe(1007);
    expect(rejected.map(({ rejection }) => rejection.reason)).toEqual(['not_utf8']);
  });

  it('refuse messages above the rate, and close with 1008 when that goes on', async () => {
    const rejected: RejectedFrame[] = [];
    const server = await serve({
      limits: { maxMessagesPerSecond: 5 },
      onRejected: (frame) => rejected.push(frame),
    });
    const [socket, other] = [await join(server), await join(server)];
    for (let i = 0; i < 30; i += 1) socket.send({ type: 's_roi_update', s_roi: i });
    expect(await socket.closed).toEqual({ code: 1008, reason: 'At most 5 messages a second' });
    const answers = socket.unread.map((text) => (JSON.parse(text) as { type: string }).type);
    expect(answers.slice(0, 5)).toEqual(['ack', 'ack', 'ack', 'ack', 'ack']);
    expect(socket.unread[5]).toBe(
      '{"type":"error","message":"Invalid message: at most 5 messages a second are allowed"}',
    );
    expect(answers.filter((type) => type === 'error').length).toBeGreaterThanOrEqual(10);
    expect(rejected[0]).toMatchObject({
      rejection: { reason: 'rate_limited' },
      preview: expect.stringMatching(/^{/),
    });
    expect(server.server.stats.rateLimited).toBeGreaterThanOrEqual(11);
    other.send({ type: 'heartbeat' });
    expect(await other.nextOfType('heartbeat')).toBeDefined();
  });

  it('drop a client that does not answer pings, and keep one that does', async () => {
    const server = await serve({ pingIntervalMs: 50, pingTimeoutMs: 500 });
    const silent = await TestSocket.open(server.url, { autoPong: false });
    const answering = await join(server);
    await silent.closed;
    expect(server.server.stats.pingTimeouts).toBe(1);
    answering.send({ type: 'heartbeat' });
    expect(await answering.nextOfType('heartbeat')).toBeDefined();
  });
});

describe('a process that was stopped past the ping timeout', () => {
  it('reads the answer that lies in its socket before it drops anybody', async () => {
    const clock = new ManualClock(Date.now());
    const server = await serve({ clock });
    const answering = await rawWebSocket(server);
    const silent = await rawWebSocket(server);
    await server.until(() => server.server.connections().length === 2);
    clock.advance(20_000);
    answering.socket.write(clientFrame(10, Buffer.alloc(0)));
    // No turn of the event loop passes between the answer and the deadline.
    clock.advance(10_000);
    await silent.closed;
    expect(server.server.connections().map(({ id }) => id)).toEqual(['server#1']);
    expect(server.server.stats.pingTimeouts).toBe(1);
  });
});

describe('a reader that does not read', () => {
  it('is closed with 1013 and costs the others nothing', async () => {
    const server = await serve({ limits: { backlog: { maxBytes: 200_000, graceMs: 20 } } });
    const sender = await join(server);
    const reader = await join(server);
    const slow = await join(server);
    slow.socket.pause();
    const text = 'x'.repeat(100_000);
    let received = 0;
    for (let sent = 0; server.server.stats.slowReadersClosed === 0; sent += 1) {
      sender.send({ type: 'repository_event', event_type: 'push', data: { sent, text } });
      await sender.nextOfType('ack');
      expect(await reader.nextOfType('repository_event')).toMatchObject({ data: { sent: received } });
      received += 1;
    }
    slow.socket.resume();
    expect(await slow.closed).toEqual({ code: 1013, reason: 'Too slow: read faster, then connect again' });
    const got = slow.unread.map((line) => (JSON.parse(line) as { data: { sent: number } }).data.sent);
    expect(got).toEqual(Array.from(got.keys()));
    await server.until(() => server.server.connections().length === 2);
  });

  it('is cut off when not even the close frame can be written', async () => {
    const server = await serve({ limits: { backlog: { maxBytes: 200_000, graceMs: 20 } } });
    const sender = await join(server);
    const slow = await join(server);
    slow.socket.pause();
    const text = 'x'.repeat(500_000);
    while (server.server.stats.slowReadersClosed === 0) {
      sender.send({ type: 'repository_event', event_type: 'push', data: { text } });
      await sender.nextOfType('ack');
    }
    await server.until(() => server.server.connections().length === 1);
    slow.terminate();
  });
});

describe('the joined writes', () => {
  it('keep frames whole and in order between pings, pongs, large frames and the close', async () => {
    const clock = new ManualClock(Date.now());
    const server = await serve({ clock, limits: { backlog: { maxAgeMs: 3_600_000 } } });
    const [sender, receiver] = [await join(server), await rawWebSocket(server)];
    const count = 400;
    let acks = 0;
    for (let sent = 0; sent < count; sent += 1) {
      // One in ten is written on its own and needs the longest header.
      const padding = 'x'.repeat(sent % 10 === 0 ? 70_000 : sent % 200);
      sender.send({ type: 's_roi_update', s_roi: sent, padding });
      receiver.socket.write(clientFrame(9, Buffer.from(`ping ${sent}`)));
      if (sent % 40 === 39) clock.advance(20_000);
      if (sent % 50 === 49) {
        while (acks <= sent) {
          await sender.nextOfType('ack');
          acks += 1;
        }
      }
    }
    server.server.broadcast({ type: 's_roi_update', s_roi: count });
    const closing = server.close();
    const bytes = await receiver.until((received) =>
      readFrames(received).frames.some(({ opcode }) => opcode === 8),
    );
    receiver.socket.destroy();
    await closing;
    const { frames, rest } = readFrames(bytes);
    expect(rest.length).toBe(0);
    const texts = frames.filter(({ opcode }) => opcode === 1).map(({ payload }) => payload.toString());
    const values = texts.slice(1).map((text) => (JSON.parse(text) as { s_roi: number }).s_roi);
    expect(values).toEqual(Array.from({ length: count + 1 }, (_, index) => index));
    expect(frames.some(({ opcode }) => opcode === 9)).toBe(true);
    expect(frames.some(({ opcode }) => opcode === 10)).toBe(true);
    expect(frames.findIndex(({ opcode }) => opcode === 8)).toBe(frames.length - 1);
  });
});

describe('hostile bytes', () => {
  /** Reproducible bytes. */
  function bytesOf(seed: number, length: number): Buffer {
    const blocks: Buffer[] = [];
    for (let block = 0; block * 32 < length; block += 1)
      blocks.push(createHash('sha256').update(`${seed}.${block}`).digest());
    return Buffer.concat(blocks).subarray(0, length);
  }

  it('after the handshake close at most their own connection', async () => {
    const server = await serve();
    const witness = await join(server);
    for (let seed = 0; seed < 60; seed += 1) {
      const socket = await rawWebSocket(server);
      socket.socket.end(bytesOf(seed, 1 + ((seed * 37) % 300)));
      await socket.closed;
    }
    await server.until(() => server.server.connections().length === 1);
    witness.send({ type: 'heartbeat' });
    expect(await witness.nextOfType('heartbeat')).toBeDefined();
  });

  it('before the handshake are refused', async () => {
    const server = await serve();
    for (let seed = 0; seed < 40; seed += 1) {
      const socket = await raw(server);
      socket.socket.end(bytesOf(seed, 1 + ((seed * 53) % 500)));
      await socket.closed;
    }
    await expectAlive(server);
  });

  it('in frames of every kind do no harm', async () => {
    const server = await serve();
    const text = Buffer.from('{"type":"heartbeat"}');
    const hostile = [
      clientFrame(1, Buffer.alloc(0)),
      clientFrame(1, Buffer.from('{"__proto__":{"x":1},"type":"heartbeat"}')),
      clientFrame(1, Buffer.from(`${'['.repeat(100_000)}`)),
      clientFrame(1, Buffer.from(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`)),
      clientFrame(2, text),
      clientFrame(3, text),
      clientFrame(0, text),
      clientFrame(8, Buffer.from([0])),
      clientFrame(8, Buffer.from([0x03, 0xee])),
      clientFrame(9, Buffer.alloc(126)),
      Buffer.concat([clientFrame(1, text, false), clientFrame(1, text)]),
      Buffer.concat([
        clientFrame(1, Buffer.from('{"type":'), false),
        clientFrame(0, Buffer.from('"heartbeat"}')),
      ]),
      Buffer.from([0x81, 0x05, 1, 2, 3, 4, 5]),
      Buffer.from([0xf1, 0x80, 0, 0, 0, 0]),
      Buffer.from([0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
      Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff]),
      Buffer.concat(Array.from({ length: 500 }, () => clientFrame(9, Buffer.from('p')))),
      Buffer.concat(Array.from({ length: 20_000 }, () => clientFrame(0, Buffer.alloc(0), false))),
    ];
    for (const bytes of hostile) {
      const socket = await rawWebSocket(server);
      socket.socket.end(bytes);
      await socket.closed;
    }
    const vanishing = await rawWebSocket(server);
    vanishing.socket.write(clientFrame(1, text));
    vanishing.socket.resetAndDestroy();
    await server.until(() => server.server.connections().length === 0);
    await expectAlive(server);
    expect(server.logs.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
