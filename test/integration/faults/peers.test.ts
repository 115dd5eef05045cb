import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { expectWithinBounds } from '../../support/faults/expect-row.js';
import { runPeersRow } from '../../support/faults/rows/peers-row.js';
import { startTestNode, type TestNode } from '../../support/test-node.js';

const peerCount = 100;
const backWithinMs = 30_000;
const awayMs = 2_000;

const closables: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  await Promise.all(closables.splice(0).map((closable) => closable.close()));
});

describe('100 peers that lose their server at once', () => {
  it('are back within 30 s, 90 % of them, with their attempts spread', async () => {
    expectWithinBounds(await runPeersRow({ peers: peerCount, awayMs, random: Math.random }));
  }, 60_000);

  it('would be seen coming in step if their pauses were not drawn', async () => {
    const { measurements } = await runPeersRow({ peers: peerCount, awayMs, random: () => 0.5 });
    const spikes = measurements.find(({ unit }) => unit === 'times');
    expect(spikes?.measured).toBeGreaterThan(spikes?.bound ?? Number.POSITIVE_INFINITY);
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
    await new Promise((resolve) => setTimeout(resolve, awayMs));
    peers = new WebSocketServer({ host: '127.0.0.1', port });
    closables.push({ close: async () => peers.close() });
    const startedAtMs = performance.now();
    await linked(peerCount * 0.9);
    expect(performance.now() - startedAtMs).toBeLessThan(backWithinMs);
  }, 60_000);
});
