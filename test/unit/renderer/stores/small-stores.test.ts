import { expect, test } from 'vitest';
import { createClient } from '../../../../src/renderer/src/ipc/client.js';
import { appendBounded } from '../../../../src/renderer/src/stores/bounded-list.js';
import { createComposeStore } from '../../../../src/renderer/src/stores/compose-store.js';
import { createNodesStore } from '../../../../src/renderer/src/stores/nodes-store.js';
import { createReceiptsStore, receiptsKept } from '../../../../src/renderer/src/stores/receipts-store.js';
import { createSeriesStore } from '../../../../src/renderer/src/stores/series-store.js';
import { Ticker, tickMs } from '../../../../src/renderer/src/stores/ticker.js';
import { createToastsStore, toastsKept } from '../../../../src/renderer/src/stores/toasts-store.js';
import { createTopicsStore } from '../../../../src/renderer/src/stores/topics-store.js';
import { createTrafficStore, ratesKept } from '../../../../src/renderer/src/stores/traffic-store.js';
import type { FeedBatch, Receipt, SeriesWindow, TrafficView } from '../../../../src/shared/feed.js';
import type { ComposeRequest } from '../../../../src/shared/ipc.js';
import { createTestBridge, nodeStatus, nodeView } from '../bridge.js';

const request: ComposeRequest = { type: 'heartbeat', fields: {}, target: null, via: 'both' };
const receipt = (id: string, atMs: number, part: Partial<Receipt> = {}): Receipt => ({
  id,
  type: 'heartbeat',
  atMs,
  target: null,
  deliveries: [],
  ...part,
});

test('a bounded list keeps the newest', () => {
  expect(appendBounded([1, 2, 3], [4, 5], 4)).toEqual([2, 3, 4, 5]);
  expect(appendBounded([1], [2, 3, 4, 5, 6], 3)).toEqual([4, 5, 6]);
  const list = [1];
  expect(appendBounded(list, [], 3)).toBe(list);
});

test('nodes keep their style for the session, and this node comes first', () => {
  const store = createNodesStore();
  const apply = (...names: string[]): void =>
    store.getState().apply({
      sequence: 1,
      atMs: 0,
      nodes: names.map((name) =>
        nodeView(name, { isSelf: name === 'resonance', isConfigured: name === 'nexus' }),
      ),
    });
  apply('atlas', 'nexus', 'resonance');
  expect(store.getState().nodes.map((node) => node.name)).toEqual(['resonance', 'nexus', 'atlas']);
  const { styleByNode } = store.getState();
  apply('resonance', 'borealis');
  expect(store.getState().styleByNode).toEqual({ ...styleByNode, borealis: 3 });
});

test('traffic remembers a bounded course of rates and forgets channels that are gone', () => {
  const store = createTrafficStore();
  const channel = (name: string, rate: number): TrafficView => ({
    channel: name,
    messagesInPerSecond: rate,
    messagesOutPerSecond: 0,
    bytesInPerSecond: 0,
    bytesOutPerSecond: 0,
    messagesIn: 0,
    messagesOut: 0,
    bytesIn: 0,
    bytesOut: 0,
  });
  for (let rate = 0; rate <= ratesKept; rate += 1) {
    store.getState().apply({
      sequence: rate,
      atMs: 0,
      traffic: { channels: [channel('a', rate)], total: channel('total', rate), switchedAtMs: null },
    });
  }
  expect(store.getState().ratesByChannel.a?.in).toHaveLength(ratesKept);
  expect(store.getState().ratesByChannel.a?.in.at(-1)).toBe(ratesKept);
  const apply = (name: string, switchedAtMs: number | null) =>
    store.getState().apply({
      sequence: 99,
      atMs: 0,
      traffic: { channels: [channel(name, 1)], total: channel('total', 1), switchedAtMs },
    });
  apply('b', null);
  expect(Object.keys(store.getState().ratesByChannel)).toEqual(['b']);
  apply('b', 5_000);
  expect(store.getState().ratesByChannel.b?.in).toEqual([1]);
  expect(store.getState().topics).toEqual(['a', 'b']);
});

test('a receipt that the feed brought first is not overwritten by the answer to the command', async () => {
  const delivered = receipt('m1', 5, {
    deliveries: [{ via: 'kafka', destination: 't', phase: 'delivered', attempts: 1 }],
  });
  const bridge = createTestBridge();
  const store = createReceiptsStore(createClient(bridge));
  bridge.answers['compose.send'] = () => {
    store.getState().apply({ sequence: 1, atMs: 0, receipts: [delivered] });
    return receipt('m1', 5);
  };
  await store.getState().send(request);
  expect(store.getState().sent).toEqual([{ receipt: delivered, request }]);
});

test('a receipt goes when its message is discarded or replaced, and all do with another profile', () => {
  const store = createReceiptsStore(createClient(createTestBridge()));
  const ids = () => store.getState().sent.map(({ receipt: { id } }) => id);
  const apply = (batch: Partial<FeedBatch>) => store.getState().apply({ sequence: 1, atMs: 0, ...batch });
  apply({ status: nodeStatus(), receipts: [receipt('a', 1), receipt('b', 2)] });
  apply({ receipts: [receipt('a', 1, { isWithdrawn: true })] });
  expect(ids()).toEqual(['b']);
  apply({ status: nodeStatus() });
  expect(ids()).toEqual(['b']);
  const profile = { name: 'staging', color: 'blue', readOnly: false } as const;
  apply({ status: nodeStatus({ profile }), receipts: [receipt('c', 3)] });
  expect(ids()).toEqual(['c']);
});

test('receipts are updated in place, newest first, and bounded', () => {
  const store = createReceiptsStore(createClient(createTestBridge()));
  const many = Array.from({ length: receiptsKept + 5 }, (_, index) => receipt(`m${index}`, index));
  store.getState().apply({ sequence: 1, atMs: 0, receipts: many });
  store.getState().apply({ sequence: 2, atMs: 0, receipts: [receipt('m50', 50, { target: 'nexus' })] });
  const { sent } = store.getState();
  expect(sent).toHaveLength(receiptsKept);
  expect(sent[0]?.receipt.id).toBe(`m${receiptsKept + 4}`);
  expect(sent.find((entry) => entry.receipt.id === 'm50')?.receipt.target).toBe('nexus');
});

test('the draft stays after sending and after a failure, which keeps its hint', async () => {
  const bridge = createTestBridge({ 'compose.send': () => receipt('m1', 1) });
  const store = createComposeStore(createReceiptsStore(createClient(bridge)));
  store.getState().edit({ text: '{"type":"heartbeat"}', target: 'nexus' });
  const { draft } = store.getState();
  await store.getState().send(request);
  expect(store.getState()).toMatchObject({ draft, lastReceiptId: 'm1', error: null, sending: false });
  bridge.answers['compose.send'] = () => ({
    ok: false,
    error: { code: 'QUEUE_FULL', message: 'full', retriable: true, hint: 'Wait.' },
  });
  await store.getState().send(request);
  expect(store.getState()).toMatchObject({
    draft,
    error: { code: 'QUEUE_FULL', hint: 'Wait.' },
    sending: false,
  });
});

test('an earlier message goes back into the draft as it was asked for', () => {
  const store = createComposeStore(createReceiptsStore(createClient(createTestBridge())));
  store.getState().reuse({ type: 's_roi_update', fields: { s_roi: 0.6 }, target: 'nexus', via: 'kafka' });
  const { text, target, via } = store.getState().draft;
  expect(JSON.parse(text)).toEqual({ type: 's_roi_update', s_roi: 0.6 });
  expect({ target, via }).toEqual({ target: 'nexus', via: 'kafka' });
});

test('the window of another span that was asked for last wins, whatever order the answers take', async () => {
  const answers = new Map<number, (window: SeriesWindow) => void>();
  const bridge = createTestBridge({
    'series.window': (windowMs) => new Promise((resolve) => answers.set(windowMs, resolve)),
  });
  const store = createSeriesStore(createClient(bridge), () => 0);
  const hour = store.getState().setWindow(3_600_000);
  const minute = store.getState().setWindow(60_000);
  await expect.poll(() => answers.size).toBe(2);
  answers.get(60_000)?.({ windowMs: 60_000, startMs: 7, stepMs: 1_000, nodes: [] });
  answers.get(3_600_000)?.({ windowMs: 3_600_000, startMs: 9, stepMs: 12_000, nodes: [] });
  await Promise.all([hour, minute]);
  expect(store.getState().series).toMatchObject({ windowMs: 60_000, startMs: 7 });
});

test('topics that cannot be listed leave the last ones and say why', async () => {
  const bridge = createTestBridge({
    'topics.list': () => [{ name: 't', role: null, exists: true, partitions: [], differences: [] }],
  });
  const store = createTopicsStore(createClient(bridge), () => 42);
  await store.getState().refresh();
  bridge.answers['topics.list'] = () => ({
    ok: false,
    error: { code: 'KAFKA_UNREACHABLE', message: 'no broker', retriable: true },
  });
  await store.getState().refresh();
  expect(store.getState()).toMatchObject({ topics: [{ name: 't' }], loadedAtMs: 42, loading: false });
  expect(store.getState().error?.code).toBe('KAFKA_UNREACHABLE');
});

test('topics of one cluster are forgotten once another is in use', async () => {
  const bridge = createTestBridge({ 'topics.list': () => [] });
  const store = createTopicsStore(createClient(bridge), () => 42);
  const use = (name: string): void => {
    const status = nodeStatus({ profile: { name, color: 'grey', readOnly: false } });
    store.getState().follow({ sequence: 1, atMs: 0, status });
  };
  use('here');
  await store.getState().refresh();
  use('here');
  expect(store.getState().topics).toEqual([]);
  const late = store.getState().refresh();
  use('there');
  await late;
  expect(store.getState()).toMatchObject({ topics: null, loading: false, loadedAtMs: null });
});

test('toasts are bounded, the oldest goes first', () => {
  const store = createToastsStore();
  for (let index = 0; index <= toastsKept; index += 1) store.getState().show('info', `toast ${index}`);
  expect(store.getState().toasts.map((toast) => toast.message)).toEqual([
    'toast 1',
    'toast 2',
    'toast 3',
    'toast 4',
  ]);
});

test('the ticker goes along with the feed instead of drawing frames of its own', () => {
  let nowMs = 0;
  let timer = (): void => undefined;
  const ticker = new Ticker({
    wallMs: () => nowMs,
    every(_intervalMs, action) {
      timer = action;
      return () => undefined;
    },
    isHidden: () => false,
    onVisibilityChange: () => () => undefined,
  });
  ticker.tickAlong();
  const seen: number[] = [];
  ticker.subscribe(() => seen.push(ticker.nowMs()));
  const at = (timeMs: number, action: () => void): void => {
    nowMs = timeMs;
    action();
  };
  at(200, () => ticker.tickAlong());
  at(600, () => ticker.tickAlong());
  at(1_000, timer);
  at(1_600, () => ticker.tickAlong());
  at(2_600, timer);
  at(-5_000, timer);
  expect(seen).toEqual([0, 600, 1_600, 2_600, -5_000]);
});

test('the ticker runs only while somebody listens and the window shows', () => {
  let hidden = false;
  let nowMs = 0;
  let visibilityChanged = (): void => undefined;
  const timers = new Set<() => void>();
  const ticker = new Ticker({
    wallMs: () => nowMs,
    every(intervalMs, action) {
      expect(intervalMs).toBe(tickMs);
      timers.add(action);
      return () => timers.delete(action);
    },
    isHidden: () => hidden,
    onVisibilityChange(listener) {
      visibilityChanged = listener;
      return () => {
        visibilityChanged = () => undefined;
      };
    },
  });
  expect(timers.size).toBe(0);
  const seen: number[] = [];
  const unsubscribe = ticker.subscribe(() => seen.push(ticker.nowMs()));
  expect(timers.size).toBe(1);
  nowMs = 1_000;
  for (const tick of timers) tick();
  hidden = true;
  visibilityChanged();
  expect(timers.size).toBe(0);
  hidden = false;
  nowMs = 9_000;
  visibilityChanged();
  expect(timers.size).toBe(1);
  unsubscribe();
  expect(timers.size).toBe(0);
  expect(seen).toEqual([0, 1_000, 9_000]);
});
