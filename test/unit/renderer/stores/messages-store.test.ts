import { expect, test } from 'vitest';
import { createClient } from '../../../../src/renderer/src/ipc/client.js';
import {
  createMessagesStore,
  type MessagesState,
  rowsKept,
} from '../../../../src/renderer/src/stores/messages-store.js';
import { emptyMessageFilter, type MessagePage } from '../../../../src/shared/feed.js';
import { createTestBridge, messageRow, type TestBridge } from '../bridge.js';

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => messageRow(from + index));
const page = (from: number, to: number, part: Partial<MessagePage> = {}): MessagePage => ({
  rows: range(from, to),
  hasOlder: false,
  hasNewer: false,
  ...part,
});
const sequences = (state: MessagesState) => state.rows.map((row) => row.sequence);

async function open(bridge: TestBridge) {
  const store = createMessagesStore(createClient(bridge));
  await store.getState().setFilter(emptyMessageFilter);
  const feed = (from: number, to: number, rowsOmitted = 0): void =>
    store.getState().apply({ sequence: to, atMs: 0, rows: range(from, to), rowsOmitted });
  return { store, state: () => store.getState(), feed };
}

test('the filter is set in main before rows are asked for, and rows of before are ignored', async () => {
  const bridge = createTestBridge({ 'messages.page': () => page(1, 3) });
  const store = createMessagesStore(createClient(bridge));
  const opened = store.getState().setFilter({ ...emptyMessageFilter, text: 'commit' });
  store.getState().apply({ sequence: 1, atMs: 0, rows: range(90, 99) });
  await opened;
  expect(bridge.calls.map((call) => call.name)).toEqual(['messages.setFilter', 'messages.page']);
  expect(bridge.callsOf('messages.page')).toEqual([
    { filter: { ...emptyMessageFilter, text: 'commit' }, before: null, after: null, limit: 300 },
  ]);
  expect(sequences(store.getState())).toEqual([1, 2, 3]);
});

test('rows that come while the first page is on its way are kept, once', async () => {
  const bridge = createTestBridge();
  const store = createMessagesStore(createClient(bridge));
  bridge.answers['messages.page'] = () => {
    store.getState().apply({ sequence: 1, atMs: 0, rows: range(3, 4) });
    return page(1, 3);
  };
  await store.getState().setFilter(emptyMessageFilter);
  expect(sequences(store.getState())).toEqual([1, 2, 3, 4]);
});

test('the answer for a filter that was replaced meanwhile is dropped', async () => {
  const bridge = createTestBridge({
    'messages.page': ({ filter }) => (filter.text === 'old' ? page(1, 9) : page(20, 21)),
  });
  const { state } = await open(bridge);
  const old = state().setFilter({ ...emptyMessageFilter, text: 'old' });
  await state().setFilter({ ...emptyMessageFilter, text: 'new' });
  await old;
  expect(sequences(state())).toEqual([20, 21]);
  expect(state().filter.text).toBe('new');
});

test('following appends and lets the oldest rows go', async () => {
  const { state, feed } = await open(createTestBridge({ 'messages.page': () => page(1, 3) }));
  feed(4, 5);
  expect(sequences(state())).toEqual([1, 2, 3, 4, 5]);
  feed(6, 6 + rowsKept);
  expect(state().rows.length).toBeLessThanOrEqual(rowsKept);
  expect(state().rows.at(-1)?.sequence).toBe(6 + rowsKept);
  expect(state().hasOlder).toBe(true);
});

test('rows left out of the live sample are counted', async () => {
  const { state, feed } = await open(createTestBridge({ 'messages.page': () => page(1, 1) }));
  feed(2, 3, 40);
  expect(state().omitted).toBe(40);
});

test('while paused the rows stand still and what arrives is counted, samples included', async () => {
  const bridge = createTestBridge({ 'messages.page': () => page(1, 3) });
  const { state, feed } = await open(bridge);
  await state().togglePause();
  feed(4, 6, 10);
  expect(sequences(state())).toEqual([1, 2, 3]);
  expect(state().arrived).toBe(13);
  bridge.answers['messages.page'] = () => page(4, 6, { hasOlder: true });
  await state().togglePause();
  expect(state()).toMatchObject({ mode: 'following', arrived: 0, hasOlder: true });
  expect(sequences(state())).toEqual([4, 5, 6]);
});

test('choosing a row lets go of the tail; nothing that arrives moves the selection', async () => {
  const bridge = createTestBridge({ 'messages.page': () => page(1, 3) });
  const { state, feed } = await open(bridge);
  await state().select(2);
  feed(4, 9);
  expect(state()).toMatchObject({ mode: 'detached', selected: 2, arrived: 6 });
  await state().setFilter({ ...emptyMessageFilter, muteHeartbeats: true });
  expect(state().selected).toBe(2);
  expect(bridge.callsOf('messages.detail')).toEqual([2]);
});

test('another filter follows again, a pause stays one', async () => {
  const { state } = await open(createTestBridge({ 'messages.page': () => page(1, 3) }));
  state().detach();
  await state().setFilter({ ...emptyMessageFilter, text: 'a' });
  expect(state().mode).toBe('following');
  await state().togglePause();
  await state().setFilter({ ...emptyMessageFilter, text: 'b' });
  expect(state().mode).toBe('paused');
});

test('the detail shown is the one of the last row chosen', async () => {
  const answers = new Map<number, () => void>();
  const bridge = createTestBridge({
    'messages.page': () => page(1, 3),
    'messages.detail': (sequence) =>
      new Promise((resolve) => {
        const row = messageRow(sequence);
        answers.set(sequence, () => resolve({ row, text: '{}', key: null, headers: {} }));
      }),
  });
  const { state } = await open(bridge);
  const first = state().select(1);
  const second = state().select(2);
  await expect.poll(() => answers.size).toBe(2);
  answers.get(2)?.();
  await second;
  answers.get(1)?.();
  await first;
  expect(state().detail?.row.sequence).toBe(2);
});

test('a message on its way to the detail is not yet one that the history has no more', async () => {
  const { state } = await open(
    createTestBridge({ 'messages.page': () => page(1, 3), 'messages.detail': () => null }),
  );
  const selecting = state().select(1);
  expect(state()).toMatchObject({ detail: null, detailLoading: true });
  await selecting;
  expect(state()).toMatchObject({ detail: null, detailError: null, detailLoading: false });
});

test('arrow keys start at the newest row and stop at the ends', async () => {
  const { state } = await open(createTestBridge({ 'messages.page': () => page(1, 3) }));
  await state().moveSelection(-1);
  expect(state().selected).toBe(3);
  await state().moveSelection(-20);
  expect(state().selected).toBe(1);
  await state().moveSelection(1);
  expect(state().selected).toBe(2);
});

test('older pages go in front and the newest rows make room', async () => {
  const bridge = createTestBridge({ 'messages.page': () => page(2_000, 2_299, { hasOlder: true }) });
  const { state } = await open(bridge);
  bridge.answers['messages.page'] = ({ before }) =>
    page((before ?? 0) - 300, (before ?? 0) - 1, { hasOlder: true });
  for (let pages = 0; pages < 6; pages += 1) await state().loadOlder();
  expect(state().mode).toBe('detached');
  expect(state().rows).toHaveLength(rowsKept);
  expect(state().rows[0]?.sequence).toBe(200);
});

test('scrolling back down follows again once nothing newer is left', async () => {
  const bridge = createTestBridge({ 'messages.page': () => page(1, 3) });
  const { state, feed } = await open(bridge);
  state().detach();
  feed(4, 8);
  bridge.answers['messages.page'] = ({ after }) =>
    after === 3 ? page(4, 6, { hasNewer: true }) : page(7, 8);
  await state().loadNewer();
  expect(state()).toMatchObject({ mode: 'detached', arrived: 2 });
  await state().loadNewer();
  expect(state()).toMatchObject({ mode: 'following', arrived: 0 });
  expect(sequences(state())).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('a page that cannot be loaded leaves the rows and shows why', async () => {
  const bridge = createTestBridge({ 'messages.page': () => page(1, 3, { hasOlder: true }) });
  const { state } = await open(bridge);
  bridge.answers['messages.page'] = () => ({
    ok: false,
    error: { code: 'INTERNAL', message: 'history closed', retriable: true },
  });
  await state().loadOlder();
  expect(sequences(state())).toEqual([1, 2, 3]);
  expect(state().error?.message).toBe('history closed');
  expect(state().loading).toBe(false);
});
