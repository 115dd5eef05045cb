import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Receipt } from '../../../src/shared/feed.js';
import { FaultProxy } from '../../support/fault-proxy.js';
import { type PythonNode, startPythonNode, whyNoPythonNode } from '../../support/python-node.js';
import { startTestNode, type TestNode } from '../../support/test-node.js';
import { Waiter } from '../../support/waiter.js';

const noPython = await whyNoPythonNode();
const closables: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closables.splice(0).reverse()) await close();
});

async function startNode(websocket: string): Promise<TestNode> {
  const resonance = await startTestNode({
    settings: { peers: { nexus: { websocket, topic: 'resonance.nexus' } } },
  });
  closables.push(() => resonance.close());
  await resonance.feed(({ nodes }) =>
    nodes?.find(({ name, websocket }) => name === 'nexus' && websocket?.phase === 'open'),
  );
  return resonance;
}

/** Resolves with the receipt of an event over the WebSocket alone, once it is delivered or failed. */
function sendEvent({ send }: TestNode, event: string): Promise<Receipt> {
  const fields = { event_type: event, data: {} };
  return send({ type: 'repository_event', fields, target: 'nexus', via: 'websocket' });
}

function eventsOf(python: PythonNode): { readonly event_type: string; readonly id: string }[] {
  return python.events
    .flatMap(({ text }) => (text === undefined ? [] : [JSON.parse(text)]))
    .filter(({ type }) => type === 'repository_event');
}

describe('what a peer has not acknowledged', () => {
  it.runIf(noPython === null)(
    'is sent again, under the same id and before what came after it, to an old Python node over the next link',
    async () => {
      const python = await startPythonNode(['--name', 'nexus']);
      closables.push(() => python.stop());
      const proxy = await FaultProxy.start(Number(new URL(python.url).port));
      closables.push(() => proxy.close());
      const resonance = await startNode(`ws://${proxy.address}`);

      await proxy.set('deaf');
      const first = sendEvent(resonance, 'first');
      await python.event(({ text }) => text?.includes('"first"') === true);
      const later = ['second', 'third'].map((event) => sendEvent(resonance, event));
      await resonance.feed(({ status }) => (status?.outbox.queued === 2 ? true : undefined));
      await proxy.set('pass');
      proxy.resetAll();

      const receipts = await Promise.all([first, ...later]);
      expect(receipts.map(({ deliveries }) => deliveries[0])).toMatchObject([
        { via: 'websocket', destination: 'nexus', phase: 'delivered' },
        { phase: 'delivered', attempts: 1 },
        { phase: 'delivered', attempts: 1 },
      ]);
      // While the link is not up again a try fails without reaching anybody.
      expect(receipts[0]?.deliveries[0]?.attempts).toBeGreaterThanOrEqual(2);
      for (const { deliveries } of receipts) expect(deliveries[0]?.ackMs).toBeGreaterThan(0);
      const received = eventsOf(python);
      expect(received.map(({ event_type }) => event_type)).toEqual(['first', 'first', 'second', 'third']);
      expect(received[0]?.id).toBe(received[1]?.id);
    },
  );

  it('is not taken for acknowledged by the acks of an old peer for what came before it', async () => {
    const waiter = new Waiter();
    const frames: Record<string, unknown>[] = [];
    let isHolding = true;
    const old = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(old, 'listening');
    closables.push(async () => {
      for (const client of old.clients) client.terminate();
      old.close();
    });
    old.on('connection', (socket) => {
      socket.on('message', (data) => {
        const frame = JSON.parse(String(data)) as Record<string, unknown>;
        frames.push(frame);
        waiter.check();
        // It has acknowledged every broadcast of this type so far, in order and without ids; then it dies.
        if (frame.frequency === 0.05 && frame.periodic === undefined && isHolding) {
          isHolding = false;
          socket.terminate();
        } else socket.send(JSON.stringify({ type: 'ack', original_type: frame.type }));
      });
    });
    const { port } = old.address() as { port: number };
    const { send } = await startNode(`ws://127.0.0.1:${port}`);
    await waiter.until(() => frames.filter(({ type }) => type === 'frequency_sync').length >= 2);
    const { id, deliveries } = await send({
      type: 'frequency_sync',
      fields: { frequency: 0.05, s_roi: 0.5 },
      target: null,
      via: 'websocket',
    });
    expect(deliveries).toMatchObject([{ phase: 'delivered' }]);
    expect(deliveries[0]?.attempts).toBeGreaterThanOrEqual(2);
    expect(frames.filter((frame) => frame.id === id)).toHaveLength(2);
  });
});
