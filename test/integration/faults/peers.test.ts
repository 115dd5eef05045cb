import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { startTestNode, type TestNode } from '../../support/test-node.js';
import { startClient, type TestClient } from '../../support/websocket/test-client.js';
import { startServer, type TestServer } from '../../support/websocket/test-server.js';
import { Waiter } from '../../support/websocket/waiter.js';

const peerCount = 100;
const backWithinMs = 30_000;
/** How long the server is away: a few attempts of everybody. */
const awayMs = 2_000;
const windowMs = 50;
/** By chance alone the first 250 ms have 20 attempts in such a window; in step there would be 100. */
const mostInWindow = 45;

const closables: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  await Promise.all(closables.splice(0).map((closable) => closable.close()));
});

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

/** The most of these times that lie within one window. */
function densest(timesMs: readonly number[]): number {
  const sorted = [...timesMs].sort((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [index, timeMs] of sorted.entries()) {
    while (timeMs - (sorted[first] ?? 0) > windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

interface Attempts {
  readonly clients: readonly TestClient[];
  /** Of all attempts so far. */
  readonly timesMs: number[];
  untilOpen(count: number): Promise<void>;
}

async function connectMany(url: string, random: () => number): Promise<Attempts> {
  const waiter = new Waiter();
  const timesMs: number[] = [];
  const open = new Set<string>();
  const clients = Array.from({ length: peerCount }, (_, index) => {
    const name = `peer-${index}`;
    const client = startClient(url, {
      name: 'resonance',
      identity: { name, anchor: 'BOLZANO_71' },
      random,
      onLinkChange: ({ phase }) => {
        if (phase === 'connecting') timesMs.push(performance.now());
        if (phase === 'open') open.add(name);
        else open.delete(name);
        waiter.check();
      },
    });
    closables.push(client);
    return client;
  });
  return { clients, timesMs, untilOpen: (count) => waiter.until(() => open.size >= count) };
}

/** Drops everybody at once, and comes back on the same port. */
async function dropAll(server: TestServer): Promise<TestServer> {
  await server.server.close({ deadlineMs: 0 });
  await pause(awayMs);
  const again = await startServer({ port: server.port });
  closables.push(again);
  return again;
}

describe('100 peers that lose their server at once', () => {
  it('are back within 30 s, 90 % of them, with their attempts spread', async () => {
    const server = await startServer();
    const { timesMs, untilOpen } = await connectMany(server.url, Math.random);
    await untilOpen(peerCount);
    timesMs.length = 0;
    const again = await dropAll(server);
    const startedAtMs = performance.now();
    await untilOpen(peerCount * 0.9);
    expect(performance.now() - startedAtMs).toBeLessThan(backWithinMs);
    expect(timesMs.length).toBeGreaterThan(2 * peerCount);
    expect(densest(timesMs)).toBeLessThan(mostInWindow);
    await again.until(() => again.server.stats.connections >= peerCount * 0.9);
  }, 60_000);

  it('would be seen coming in step if their pauses were not drawn', async () => {
    const server = await startServer();
    const { timesMs, untilOpen } = await connectMany(server.url, () => 0.5);
    await untilOpen(peerCount);
    timesMs.length = 0;
    await dropAll(server);
    await untilOpen(peerCount * 0.9);
    expect(densest(timesMs)).toBeGreaterThan(mostInWindow);
  }, 60_000);
});

describe('a node with 100 peers that are gone at once', () => {
  it('has links to 90 % of them again within 30 s of their return', async () => {
    let peers = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(peers, 'listening');
    const { port } = peers.address() as { port: number };
    const settings = Object.fromEntries(
      Array.from({ length: peerCount }, (_, index) => [
        `peer-${index}`,
        { websocket: `ws://127.0.0.1:${port}/peer-${index}`, topic: `resonance.peer-${index}` },
      ]),
    );
    const resonance: TestNode = await startTestNode({ settings: { peers: settings } });
    closables.push(resonance);
    const linked = async (count: number): Promise<void> => {
      await resonance.feed(({ nodes }) => {
        const open = nodes?.filter(({ websocket }) => websocket?.phase === 'open').length ?? 0;
        return open >= count ? true : undefined;
      });
    };
    await linked(peerCount);
    for (const client of peers.clients) client.terminate();
    const closed = once(peers, 'close');
    peers.close();
    await closed;
    await pause(awayMs);
    peers = new WebSocketServer({ host: '127.0.0.1', port });
    closables.push({ close: async () => peers.close() });
    const startedAtMs = performance.now();
    await linked(peerCount * 0.9);
    expect(performance.now() - startedAtMs).toBeLessThan(backWithinMs);
  }, 60_000);
});
