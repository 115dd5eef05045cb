import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrokerError, EmbeddedBroker } from '../../../src/main/broker/index.js';
import { RawClient } from '../../support/broker/raw-client.js';
import { startTestBroker } from '../../support/embedded-broker.js';

describe('the embedded broker’s life', () => {
  let dataDirectory: string;
  const cleanups: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), 'resonance-broker-'));
  });

  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
    await rm(dataDirectory, { recursive: true, force: true });
  });

  function create(options: { host?: string; port?: number; advertisedHost?: string } = {}): EmbeddedBroker {
    const broker = new EmbeddedBroker({ dataDirectory, port: 0, ...options });
    cleanups.push(() => broker.stop());
    return broker;
  }

  async function occupyPort(): Promise<number> {
    const server: Server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => new Promise((resolve) => server.close(resolve)));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  }

  it.each(['0.0.0.0', '::', '192.0.2.7', 'example.org'])('refuses to listen on %s', async (host) => {
    await expect(create({ host }).start()).rejects.toMatchObject({ code: 'HOST_NOT_LOOPBACK' });
  });

  it('tells the port it got and what clients connect to', async () => {
    const address = await create().start();
    expect(address.port).toBeGreaterThan(0);
    expect(address.brokers).toEqual([`127.0.0.1:${address.port}`]);
  });

  it('names the port that is taken and what to do, and leaves the folder usable', async () => {
    const port = await occupyPort();
    const failure: unknown = await create({ port })
      .start()
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BrokerError);
    expect(failure).toMatchObject({ code: 'PORT_IN_USE' });
    expect((failure as BrokerError).message).toContain(String(port));
    await expect(create().start()).resolves.toBeDefined();
  });

  it('refuses a folder that another broker uses', async () => {
    await create().start();
    await expect(create().start()).rejects.toMatchObject({ code: 'DATA_DIRECTORY_LOCKED' });
  });

  it('starts once only, and not after it was stopped', async () => {
    const broker = create();
    await broker.start();
    await expect(broker.start()).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
    await broker.stop();
    await expect(broker.start()).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
  });

  it('stops more than once, also when it never started', async () => {
    const broker = create();
    await Promise.all([broker.stop(), broker.stop()]);
    await broker.stop();
  });

  it('stops at once when told to, and can be waited for afterwards', async () => {
    const broker = create();
    const { port } = await broker.start();
    const client = await RawClient.connect(port);
    await broker.stop({ deadlineMs: 0 });
    await client.closed();
    await broker.stop();
    await expect(create({ port }).start()).resolves.toBeDefined();
  });

  it('stops while it is still starting and leaves nothing behind', async () => {
    const broker = create();
    const starting = broker.start();
    await broker.stop();
    await starting;
    await expect(create().start()).resolves.toBeDefined();
  });

  it('ends the connections of clients that wait for data when it stops', async () => {
    const broker = await startTestBroker();
    cleanups.push(() => broker.close());
    const client = await RawClient.connect(broker.port);
    await client.request(3, 4, (writer) =>
      writer.array(['waiting'], (w, name) => w.string(name)).boolean(true),
    );
    const fetching = client.request(1, 4, (writer) => {
      writer.int32(-1).int32(600_000).int32(1).int32(1_000_000).int8(0);
      writer.array(['waiting'], (w, name) => {
        w.string(name).array([0], (p, partition) => p.int32(partition).int64(0).int32(1_000_000));
      });
    });
    await expect.poll(() => broker.broker.counters.requests).toBe(2);
    const stopped = broker.broker.stop();
    // The waiting Fetch is answered with what there is: nothing.
    expect((await fetching).int32()).toBe(0);
    await client.closed();
    await stopped;
    expect(broker.broker.counters).toMatchObject({ openConnections: 0, inboundBytes: 0, outboundBytes: 0 });
  });

  it('tells clients the advertised host', async () => {
    const { port } = await create({ advertisedHost: 'workstation.localhost' }).start();
    const client = await RawClient.connect(port);
    const reader = await client.request(3, 1, (writer) => writer.array([], () => undefined));
    const brokers = reader.array((r) => {
      r.int32();
      const host = r.string();
      return { host, port: r.int32(), rack: r.nullableString() };
    });
    expect(brokers).toEqual([{ host: 'workstation.localhost', port, rack: null }]);
    client.destroy();
  });
});
