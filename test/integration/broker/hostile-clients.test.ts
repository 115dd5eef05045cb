import { connect } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BrokerSettings } from '../../../src/main/broker/index.js';
import { encodeRequest, RawClient } from '../../support/broker/raw-client.js';
import { buildRecordBatch } from '../../support/broker/record-batch-builder.js';
import { startTestBroker, type TestBroker } from '../../support/embedded-broker.js';

const PRODUCE = 0;
const FETCH = 1;
const METADATA = 3;
const API_VERSIONS = 18;
const JOIN_GROUP = 11;

describe('a hostile client', () => {
  let broker: TestBroker;
  let healthy: RawClient;
  const clients: RawClient[] = [];

  async function start(defaults: Partial<BrokerSettings> = {}): Promise<void> {
    broker = await startTestBroker({ defaults });
    healthy = await connectClient();
    await expectHealthy();
  }

  async function connectClient(): Promise<RawClient> {
    const client = await RawClient.connect(broker.port);
    clients.push(client);
    return client;
  }

  async function expectHealthy(): Promise<void> {
    const reader = await healthy.request(API_VERSIONS, 0, () => undefined);
    expect(reader.int16()).toBe(0);
  }

  /** Sends bytes on a connection of their own and waits until the broker has closed it. */
  async function expectClosed(bytes: Buffer, reason: string): Promise<void> {
    const client = await connectClient();
    client.send(bytes);
    await client.closed();
    expect(broker.broker.counters.closedConnections).toMatchObject({ [reason]: 1 });
    await expectHealthy();
  }

  beforeEach(() => start());

  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await broker.close();
  });

  it('with a negative length loses its connection only', () =>
    expectClosed(Buffer.from([0xff, 0xff, 0xff, 0xf0]), 'negative-length'));

  it('with a length of two gigabytes loses its connection before sending a byte of it', () =>
    expectClosed(Buffer.from([0x7f, 0xff, 0xff, 0xff]), 'too-large'));

  it('speaking HTTP loses its connection', () =>
    expectClosed(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), 'too-large'));

  it('with an API nobody serves loses its connection', () =>
    expectClosed(
      encodeRequest(12_345, 0, 1, () => undefined),
      'unknown-api',
    ));

  it('with a version that is not served loses its connection', () =>
    expectClosed(
      encodeRequest(PRODUCE, 1, 1, () => undefined),
      'unsupported-version',
    ));

  it('with a body cut short loses its connection', () =>
    expectClosed(
      encodeRequest(METADATA, 1, 1, (writer) => writer.int32(5).int16(100)),
      'malformed',
    ));

  it('with a count of two thousand million elements loses its connection', () =>
    expectClosed(
      encodeRequest(METADATA, 1, 1, (writer) => writer.int32(2_000_000_000)),
      'malformed',
    ));

  it('with an empty frame loses its connection', () => expectClosed(Buffer.alloc(4), 'malformed'));

  it('asking for ApiVersions of the future is told UNSUPPORTED_VERSION in version 0 and may go on', async () => {
    const client = await connectClient();
    const reader = await client.request(API_VERSIONS, 127, (writer) => writer.int32(7));
    expect(reader.int16()).toBe(35);
    const offered = reader.array((r) => [r.int16(), r.int16(), r.int16()]);
    expect(offered).toEqual([[API_VERSIONS, 0, 3]]);
    expect((await client.request(API_VERSIONS, 0, () => undefined)).int16()).toBe(0);
  });

  it('sending random bytes never hurts anybody else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
        const client = await connectClient();
        client.send(Buffer.from(bytes));
        await expectHealthy();
        client.destroy();
      }),
      { numRuns: 100 },
    );
  });

  it('sending mutated valid requests never hurts anybody else', async () => {
    const batch = buildRecordBatch(['one', 'two']);
    const valid: Buffer[] = [
      encodeRequest(PRODUCE, 7, 1, (writer) => {
        writer.nullableString(null).int16(-1).int32(1000);
        writer.array(['fuzz'], (w, name) => {
          w.string(name).array([0], (p, partition) => p.int32(partition).bytes(batch));
        });
      }),
      encodeRequest(FETCH, 11, 2, (writer) => {
        writer.int32(-1).int32(0).int32(1).int32(1_000_000).int8(0).int32(0).int32(-1);
        writer.array(['fuzz'], (w, name) => {
          w.string(name).array([0], (p) => p.int32(0).int32(-1).int64(0).int64(0).int32(1_000_000));
        });
        writer.array([], () => undefined).string('');
      }),
      encodeRequest(
        METADATA,
        9,
        3,
        (writer) => {
          writer.array(['fuzz'], (w, name) => w.string(name).tags());
          writer.boolean(true).boolean(false).boolean(false).tags();
        },
        { flexible: true },
      ),
      encodeRequest(JOIN_GROUP, 5, 4, (writer) => {
        writer.string('fuzz').int32(10_000).int32(10_000).string('').nullableString(null).string('consumer');
        writer.array(['range'], (w, name) => w.string(name).bytes(Buffer.from('x')));
      }),
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...valid),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 6 }),
        async (request, mutations) => {
          const mutated = Buffer.from(request);
          // The length stays right, so that the frame reaches the decoders.
          for (const [at, byte] of mutations) mutated[4 + (at % (mutated.length - 4))] = byte;
          const client = await connectClient();
          client.send(mutated);
          await expectHealthy();
          client.destroy();
        },
      ),
      { numRuns: 200 },
    );
    expect(broker.broker.counters.closedConnections['handler-failed'] ?? 0).toBe(0);
  });
});

describe('a connection with limits set low', () => {
  let broker: TestBroker;
  const clients: RawClient[] = [];

  async function connectClient(): Promise<RawClient> {
    const client = await RawClient.connect(broker.port);
    clients.push(client);
    return client;
  }

  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await broker.close();
  });

  it('that never completes a frame is closed, while one that has spoken may be idle', async () => {
    broker = await startTestBroker({ defaults: { frameTimeoutMs: 1_000 } });
    const idle = await connectClient();
    await idle.request(API_VERSIONS, 0, () => undefined);
    const slow = await connectClient();
    slow.send(Buffer.from([0, 0, 0, 50, 1]));
    const mute = await connectClient();
    await Promise.all([slow.closed(), mute.closed()]);
    expect(broker.broker.counters.closedConnections).toMatchObject({ 'frame-timeout': 2 });
    expect((await idle.request(API_VERSIONS, 0, () => undefined)).int16()).toBe(0);
  });

  it('past the limit is refused and counted', async () => {
    broker = await startTestBroker({ defaults: { maxConnections: 20 } });
    const first = await connectClient();
    await first.request(API_VERSIONS, 0, () => undefined);
    const sockets = Array.from({ length: 60 }, () => connect({ port: broker.port, host: '127.0.0.1' }));
    const refused = sockets.map(async (socket) => {
      socket.on('error', () => undefined);
      await new Promise((resolve) => socket.once('close', resolve));
    });
    await Promise.all(refused.slice(30));
    expect(broker.broker.counters.openConnections).toBeLessThanOrEqual(20);
    expect(broker.broker.counters.refusedConnections).toBeGreaterThan(0);
    expect((await first.request(API_VERSIONS, 0, () => undefined)).int16()).toBe(0);
    for (const socket of sockets) socket.destroy();
    await Promise.all(refused);
  });

  it('that holds too much of unfinished requests is closed', async () => {
    broker = await startTestBroker({ defaults: { maxInboundBytes: 100_000 } });
    const client = await connectClient();
    const prefix = Buffer.alloc(4);
    prefix.writeInt32BE(1_000_000);
    client.send(Buffer.concat([prefix, Buffer.alloc(200_000)]));
    await client.closed();
    expect(broker.broker.counters.closedConnections).toMatchObject({ 'inbound-memory': 1 });
    expect(broker.broker.counters.inboundBytes).toBe(0);
  });

  it('that does not read its answers is read no further, and closed in the end', async () => {
    broker = await startTestBroker({ defaults: { responseTimeoutMs: 1_000 } });
    const client = await connectClient();
    const records = buildRecordBatch(['x'.repeat(900_000)]);
    await client.request(METADATA, 4, (writer) =>
      writer.array(['unread'], (w, name) => w.string(name)).boolean(true),
    );
    for (let copies = 0; copies < 8; copies += 1) {
      const answer = await client.request(PRODUCE, 7, (writer) => {
        writer.nullableString(null).int16(-1).int32(1000);
        writer.array(['unread'], (w, name) => {
          w.string(name).array([0], (p, partition) => p.int32(partition).bytes(Buffer.from(records)));
        });
      });
      const offsets = answer.array((topic) => {
        topic.string();
        return topic.array((p) => {
          const [, errorCode, baseOffset] = [p.int32(), p.int16(), p.int64(), p.int64(), p.int64()];
          return { errorCode, baseOffset };
        });
      });
      expect(offsets).toEqual([[{ errorCode: 0, baseOffset: copies }]]);
    }
    client.socket.pause();
    const fetch = encodeRequest(FETCH, 4, 1, (writer) => {
      writer.int32(-1).int32(0).int32(1).int32(50_000_000).int8(0);
      writer.array(['unread'], (w, name) => {
        w.string(name).array([0], (p, partition) => p.int32(partition).int64(0).int32(50_000_000));
      });
    });
    for (let requests = 0; requests < 200; requests += 1) client.send(fetch);
    await expect
      .poll(() => broker.broker.counters.closedConnections, { timeout: 10_000 })
      .toMatchObject({ 'response-timeout': 1 });
    const { counters } = broker.broker;
    // Two hundred answers of 7 MB each were asked for; what was begun is a few of them.
    expect(counters.sentBytes).toBeLessThan(50_000_000);
    expect(counters.outboundBytes).toBe(0);
  });
});
