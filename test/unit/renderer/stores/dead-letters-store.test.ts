import { expect, test } from 'vitest';
import { createClient } from '../../../../src/renderer/src/ipc/client.js';
import { createDeadLettersStore } from '../../../../src/renderer/src/stores/dead-letters-store.js';
import { createToastsStore } from '../../../../src/renderer/src/stores/toasts-store.js';
import type { DeadLetterList, DeadLetterView } from '../../../../src/shared/dead-letter.js';
import { ResonanceError, toErrorReport } from '../../../../src/shared/errors.js';
import { type Answers, createTestBridge, nodeStatus } from '../bridge.js';

function letter(id: string, part: Partial<DeadLetterView> = {}): DeadLetterView {
  return {
    id,
    atMs: 0,
    direction: 'out',
    type: 's_roi_update',
    node: 'resonance',
    failedBy: 'resonance',
    transport: 'websocket',
    origin: 'nexus',
    causeCode: 'WEBSOCKET_REFUSED',
    cause: 'unknown type',
    tries: 1,
    text: '{"type":"s_roi_update","s_roi":0.6}',
    isWaiting: false,
    ...part,
  };
}

function listOf(ids: readonly string[], part: Partial<DeadLetterList> = {}): DeadLetterList {
  return { letters: ids.map((id) => letter(id)), hasOlder: false, unread: null, ...part };
}

function createStore(answers: Answers) {
  const bridge = createTestBridge(answers);
  const toasts = createToastsStore();
  const store = createDeadLettersStore(createClient(bridge), toasts);
  return { bridge, store, toasts, state: store.getState, ids: () => idsIn(store.getState().list) };
}

function idsIn(list: DeadLetterList | null): string[] {
  return list?.letters.map(({ id }) => id) ?? [];
}

/** Lets the answers of the bridge arrive. */
async function answered(isThere: () => boolean): Promise<void> {
  while (!isThere()) await new Promise((resolve) => setImmediate(resolve));
}

test('the list is read when there may be news of it, and not for every batch', async () => {
  const { bridge, state } = createStore({ 'deadLetters.list': () => listOf(['b', 'a']) });
  const reads = () => bridge.callsOf('deadLetters.list').length;
  const status = nodeStatus();
  state().apply({ sequence: 1, atMs: 0, status: nodeStatus({ phase: 'starting' }) });
  expect(reads()).toBe(0);
  state().apply({ sequence: 2, atMs: 0, status });
  await answered(() => state().list !== null);
  state().apply({ sequence: 3, atMs: 60_000, status });
  expect(reads()).toBe(1);
  const more = nodeStatus({ deadLetters: { total: 1, lastAtMs: 1, waiting: 0 } });
  state().apply({ sequence: 4, atMs: 60_000, status: more });
  await answered(() => !state().loading);
  const evenMore = nodeStatus({ deadLetters: { total: 2, lastAtMs: 1, waiting: 0 } });
  state().apply({ sequence: 5, atMs: 60_100, status: evenMore });
  expect(reads()).toBe(2);
  state().apply({ sequence: 6, atMs: 62_500 });
  expect(reads()).toBe(3);
});

test('while the topic cannot be read, what was read before stays, with its drafts', async () => {
  const { bridge, state, ids } = createStore({ 'deadLetters.list': () => listOf(['a']) });
  await state().refresh();
  state().edit('a', 'changed');
  const unread = toErrorReport(new ResonanceError('KAFKA_UNREACHABLE', 'down', { retriable: true }));
  bridge.answers['deadLetters.list'] = () => listOf(['b'], { unread });
  await state().refresh();
  expect(ids()).toEqual(['b', 'a']);
  expect(state().drafts.get('a')).toBe('changed');
  expect(state().list?.unread?.code).toBe('KAFKA_UNREACHABLE');
});

test('a letter is sent again as it was or as it was changed, and the next one takes its place', async () => {
  const { bridge, state, ids } = createStore({ 'deadLetters.list': () => listOf(['c', 'b', 'a']) });
  await state().refresh();
  state().select('c');
  state().edit('c', '{"type":"s_roi_update","s_roi":0.7}');
  await state().resend('c');
  expect(state().selected).toBe('b');
  await state().resend('b');
  expect(bridge.callsOf('deadLetters.resend')).toEqual([
    { id: 'c', text: '{"type":"s_roi_update","s_roi":0.7}' },
    { id: 'b', text: null },
  ]);
  expect(ids()).toEqual(['a']);
});

test('of many sent again, one that fails stays, and the operator hears how many', async () => {
  const { state, ids, toasts } = createStore({
    'deadLetters.list': () => listOf(['c', 'b', 'a']),
    'deadLetters.resend': ({ id }) => {
      if (id === 'b') throw new Error('no');
      return undefined;
    },
  });
  await state().refresh();
  state().check(['c', 'b', 'a'], true);
  await state().resendAll([...state().checked]);
  expect(ids()).toEqual(['b']);
  expect([...state().checked]).toEqual(['b']);
  expect(state().busy.size).toBe(0);
  const shown = toasts.getState().toasts.map(({ tone, message }) => `${tone} ${message}`);
  expect(shown).toEqual([
    expect.stringMatching(/^error Not sent again: 1 of 3/),
    'success 2 messages are on their way again',
  ]);
});

test('a discard can be taken back', async () => {
  const { bridge, state, ids, toasts } = createStore({ 'deadLetters.list': () => listOf(['b', 'a']) });
  await state().refresh();
  await state().discard(['a']);
  expect(ids()).toEqual(['b']);
  toasts.getState().toasts[0]?.action?.run();
  await answered(() => ids().length === 2);
  expect(bridge.callsOf('deadLetters.restore')).toEqual(['a']);
});

test('what was read of one cluster does not stay when another profile is chosen', async () => {
  const { state } = createStore({ 'deadLetters.list': () => listOf(['a']) });
  const profile = { name: 'staging', color: 'blue', readOnly: false } as const;
  state().apply({ sequence: 1, atMs: 0, status: nodeStatus() });
  await answered(() => state().list !== null);
  state().edit('a', 'changed');
  state().apply({ sequence: 2, atMs: 100, status: nodeStatus({ profile, phase: 'starting' }) });
  expect(state().list).toBeNull();
  expect(state().drafts.size).toBe(0);
});
