import { freePorts } from '../../free-ports.js';
import { ShiftedClock } from '../../shifted-clock.js';
import { startTestNode, type TestNode } from '../../test-node.js';
import { History } from '../history.js';
import { type RowResult, RowRun } from '../row.js';

export interface ClockRowOptions {
  /**
   * By how much one node's clock is off, one after the other while it runs; rising, since what it is behind shows only after
   * minutes (see ClockSkew).
   */
  readonly offsetsMs: readonly number[];
}

const peer = 'lexamoris';
const syncIntervalMs = 500;
const beats = 4;
const skewToleranceMs = 2_000;
const appliedWithinMs = 5_000;
const agreedWithinMs = 5_000;
const beatsWithinMs = 10_000;

/**
 * Two nodes on one broker and one WebSocket, of which one has a wall clock that is wrong and jumps. Messages go both ways,
 * both change the state by turns, and each watches the other's heartbeats.
 */
export async function runClockRow({ offsetsMs }: ClockRowOptions): Promise<RowResult> {
  const run = new RowRun(new History([]));
  const { history } = run;
  const clock = new ShiftedClock(offsetsMs[0] ?? 0);
  const [port = 0] = await freePorts(1);
  const right = await startTestNode({
    settings: {
      sync: { intervalMs: syncIntervalMs },
      peers: { [peer]: { websocket: `ws://127.0.0.1:${port}`, topic: 'resonance.lexamoris' } },
    },
  });
  const wrong = await startTestNode({
    clock,
    settings: {
      node: { name: peer },
      sync: { intervalMs: syncIntervalMs },
      websocket: { port },
      kafka: {
        mode: 'external',
        brokers: [...right.brokers],
        groupId: 'lexamoris-group',
        topics: { inbound: 'resonance.lexamoris' },
      },
      peers: { resonance: { websocket: right.url, topic: 'resonance.inbound' } },
    },
  });
  const nodes = [
    { node: right, name: 'resonance', target: peer },
    { node: wrong, name: peer, target: 'resonance' },
  ];
  for (const { node, name } of nodes) {
    node.node.pipeline.registerHandler('repository_event', ({ event_type }, { kafka }) => {
      history.record({ kind: 'applied', receiver: name, id: event_type, position: kafka ?? null });
    });
  }
  try {
    await beatsInTime(right);
    let sequence = 0;
    for (const offsetMs of offsetsMs) {
      clock.offsetMs = offsetMs;
      for (const { node, name, target } of nodes) {
        sequence += 1;
        const id = `${name}-${sequence}`;
        const applied = history.next((event) => event.kind === 'applied' && event.id === id);
        history.record({ kind: 'attempted', id, lane: name, sequence });
        const measured = run.measure('applied by the other', appliedWithinMs, applied);
        const fields = { event_type: id, data: {} };
        await node.node.pipeline.send({ type: 'repository_event', fields, target, via: 'both' }, 0);
        await measured;
      }
      await run.measure(
        'changes by turns agreed on',
        agreedWithinMs,
        changeByTurns(right, wrong, `${offsetMs} ms`),
      );
      await run.measure('beats seen in time', beatsWithinMs, beatsInTime(right));
      const errorMs = Math.abs((await shownSkewMs(right)) - offsetMs);
      run.note({ what: 'error of the shown skew', unit: 'ms', measured: errorMs, bound: skewToleranceMs });
    }
    run.note({
      what: 'times a peer was called silent',
      unit: 'times',
      measured: timesCalledSilent(right) + timesCalledSilent(wrong),
      bound: 0,
    });
    return run.result({ readBack: false });
  } finally {
    await wrong.close();
    await right.close();
  }
}

/** The node with the wrong clock changes the state, then the other one, who has seen it: the later change is the one that stays. */
async function changeByTurns(right: TestNode, wrong: TestNode, tag: string): Promise<void> {
  for (const [author, reader] of [
    [wrong, right],
    [right, wrong],
  ] as const) {
    const status = `${author === right ? 'right' : 'wrong'} at ${tag}`;
    const merged = untilStatus(reader, status);
    author.node.pipeline.updateState({ status });
    await merged;
  }
}

function untilStatus({ node }: TestNode, status: string): Promise<void> {
  const { synchronizer } = node.pipeline;
  return new Promise((resolve) => {
    const unsubscribe = synchronizer.onChange(({ state }) => {
      if (state.status !== status) return;
      unsubscribe();
      resolve();
    });
  });
}

/** Resolves once the node has seen so many of its peer's heartbeats from now on, each in time. */
async function beatsInTime(node: TestNode): Promise<void> {
  const startedAtMs = Date.now();
  await node.feed(({ nodes }) => {
    const view = nodes?.find(({ name }) => name === peer);
    const recent = view?.beats.filter(({ atMs }) => atMs >= startedAtMs).slice(-beats) ?? [];
    return recent.length === beats && recent.every(({ state }) => state === 'seen') ? true : undefined;
  });
}

function shownSkewMs(node: TestNode): Promise<number> {
  return node.feed(({ nodes }) => nodes?.find(({ name }) => name === peer)?.clockSkewMs ?? undefined);
}

function timesCalledSilent({ node }: TestNode): number {
  return node.startFeed().logs.filter(({ message }) => message.endsWith(' is silent')).length;
}
