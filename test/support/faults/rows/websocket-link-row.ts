import type { LinkState } from '../../../../src/shared/feed.js';
import { FaultProxy, proxyHost } from '../../fault-proxy.js';
import { startTestNode, type TestNode } from '../../test-node.js';
import { History } from '../history.js';
import { type RowResult, RowRun } from '../row.js';
import { backWithinMs, type LinkRowOptions, noticedWithinMs } from './kafka-link-row.js';

const peer = 'lexamoris';
/** Distance of two messages of the load. */
const intervalMs = 100;

/** The WebSocket link of one node to another fails while messages go over it, and heals. */
export async function runWebSocketLinkRow({ fault, holdMs }: LinkRowOptions): Promise<RowResult> {
  const run = new RowRun(new History([peer]));
  const receiver = await startReceivingPeer(run.history);
  const proxy = await FaultProxy.start(Number(new URL(receiver.url).port));
  const sender = await startTestNode({
    settings: { peers: { [peer]: { websocket: `ws://${proxy.address}`, topic: 'resonance.lexamoris' } } },
  });
  const load = new PeerLoad(sender, run.history);
  try {
    const link = (matches: (state: LinkState) => boolean): Promise<LinkState> =>
      sender.feed(({ nodes }) => {
        const state = nodes?.find(({ name }) => name === peer)?.websocket;
        return state != null && matches(state) ? state : undefined;
      });
    const applied = (): Promise<void> => run.history.next(({ kind }) => kind === 'applied');
    const { sinceMs } = await link(({ phase }) => phase === 'open');
    await applied();
    // A link that is back before the next picture of it shows by its age.
    const isLost = link((state) => state.phase !== 'open' || state.sinceMs !== sinceMs);
    await proxy.set(fault);
    if (fault === 'delay') {
      const lost = isLost.then(() => 1);
      const held = new Promise<number>((resolve) => setTimeout(() => resolve(0), holdMs));
      await run.measure('delay: from sending to effect', backWithinMs, applied());
      run.note({
        what: 'delay: link called down',
        unit: 'times',
        measured: await Promise.race([lost, held]),
        bound: 0,
      });
    } else {
      await run.measure(`${fault}: noticed`, noticedWithinMs, isLost);
      await new Promise((resolve) => setTimeout(resolve, holdMs));
    }
    await proxy.set('pass');
    const isBack = Promise.all([link(({ phase }) => phase === 'open'), applied()]);
    await run.measure(`${fault}: back`, backWithinMs, isBack);
    await load.stop();
    await run.history.untilApplied();
    return run.result({ readBack: false });
  } finally {
    await load.stop();
    await proxy.set('pass');
    await sender.close();
    await receiver.close();
    await proxy.close();
  }
}

async function startReceivingPeer(history: History): Promise<TestNode> {
  const receiver = await startTestNode({
    settings: { node: { name: peer }, websocket: { allowedHosts: [proxyHost] } },
  });
  receiver.node.pipeline.registerHandler('repository_event', ({ event_type }) => {
    history.record({ kind: 'applied', receiver: peer, id: event_type, position: null });
  });
  return receiver;
}

/** An operator who sends one message after the other to the peer alone; queued is acknowledged. */
class PeerLoad {
  readonly #sender: TestNode;
  readonly #history: History;
  readonly #timer: NodeJS.Timeout;
  readonly #pending = new Set<Promise<void>>();
  #sequence = 0;

  constructor(sender: TestNode, history: History) {
    this.#sender = sender;
    this.#history = history;
    this.#timer = setInterval(() => {
      const sending = this.#send();
      this.#pending.add(sending);
      void sending.finally(() => this.#pending.delete(sending));
    }, intervalMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#pending);
  }

  async #send(): Promise<void> {
    this.#sequence += 1;
    const id = `message-${this.#sequence}`;
    this.#history.record({ kind: 'attempted', id, lane: 'operator', sequence: this.#sequence });
    const request = {
      type: 'repository_event',
      fields: { event_type: id, data: {} },
      target: peer,
      via: 'websocket',
    } as const;
    await this.#sender.node.pipeline.send(request, 0);
    this.#history.record({ kind: 'acknowledged', id, position: null });
  }
}
