import { afterEach, expect, test } from 'vitest';
import { createStores, type Stores } from '../../../../src/renderer/src/stores/create-stores.js';
import { defaultConfig } from '../../../../src/shared/config.js';
import type { SettingsView } from '../../../../src/shared/ipc.js';
import {
  type Answers,
  createTestBridge,
  feedStart,
  messageRow,
  nodeStatus,
  nodeView,
  type TestBridge,
} from '../bridge.js';

const settings: SettingsView = { config: defaultConfig, sources: {}, problems: [], file: '/settings.json' };
const open: Stores[] = [];

afterEach(() => {
  for (const stores of open.splice(0)) stores.disconnect();
});

async function connect(answers: Answers = {}): Promise<{ stores: Stores; bridge: TestBridge }> {
  const bridge = createTestBridge({
    'feed.start': () =>
      feedStart(1, { status: nodeStatus(), nodes: [nodeView('resonance', { isSelf: true })] }),
    'settings.get': () => settings,
    'series.window': (windowMs) => ({ windowMs, startMs: 0, stepMs: 1_000, nodes: [] }),
    'messages.page': () => ({ rows: [], hasOlder: false, hasNewer: false }),
    ...answers,
  });
  const stores = createStores({
    bridge,
    wallMs: () => 1_000_000,
    every: () => () => undefined,
    isHidden: () => false,
    onVisibilityChange: () => () => undefined,
    afterRender: (action) => action(),
    prefersDark: () => true,
  });
  open.push(stores);
  await stores.connect();
  return { stores, bridge };
}

test('connecting fills the stores with the first picture', async () => {
  const { stores } = await connect();
  expect(stores.status.getState().status?.nodeName).toBe('resonance');
  expect(stores.nodes.getState().nodes).toHaveLength(1);
  expect(stores.settings.getState().settings?.config.node.name).toBe('resonance');
});

test('a batch sets each store it concerns once and no other', async () => {
  const { stores, bridge } = await connect();
  const sets = new Map<string, number>();
  for (const name of [
    'status',
    'nodes',
    'messages',
    'logs',
    'receipts',
    'doctor',
    'traffic',
    'series',
  ] as const) {
    stores[name].subscribe(() => sets.set(name, (sets.get(name) ?? 0) + 1));
  }
  bridge.feed({
    sequence: 2,
    atMs: 0,
    nodes: [nodeView('resonance'), nodeView('nexus')],
    rows: [messageRow(1), messageRow(2)],
    logs: [{ sequence: 1, atMs: 0, level: 'info', component: 'kafka', message: 'joined', fields: '' }],
  });
  expect(Object.fromEntries(sets)).toEqual({ nodes: 1, messages: 1, logs: 1 });
});

test('a feed that does not start is shown, and the rest of the window still loads', async () => {
  const { stores } = await connect({
    'feed.start': () => ({ ok: false, error: { code: 'INTERNAL', message: 'no node', retriable: true } }),
  });
  expect(stores.status.getState().feedError?.message).toBe('no node');
  expect(stores.settings.getState().settings).not.toBeNull();
});

test('menu actions of main show views, open Compose and pause the stream', async () => {
  const { stores, bridge } = await connect();
  bridge.event({ name: 'action', value: 'compose' });
  bridge.event({ name: 'action', value: 'view.topics' });
  expect(stores.ui.getState()).toMatchObject({ composeOpen: true, view: 'topics' });
  bridge.event({ name: 'action', value: 'pause' });
  expect(stores.ui.getState().view).toBe('messages');
  expect(stores.messages.getState().mode).toBe('paused');
});

test('searching goes to the messages from a view without a search field, and is asked for once', async () => {
  const { stores, bridge } = await connect();
  bridge.event({ name: 'action', value: 'find' });
  expect(stores.ui.getState()).toMatchObject({ view: 'messages', findRequested: true });
  stores.ui.getState().takeFindRequest();
  stores.ui.getState().show('overview');
  stores.ui.getState().show('messages');
  expect(stores.ui.getState().findRequested).toBe(false);
});

test('the theme toggles away from what the desktop shows', async () => {
  const { stores, bridge } = await connect({ 'settings.update': () => ({ problems: [], settings }) });
  bridge.event({ name: 'action', value: 'toggle-theme' });
  await expect.poll(() => bridge.callsOf('settings.update')).toEqual([{ 'window.theme': 'light' }]);
  stores.disconnect();
});

test('settings that change elsewhere reach the window', async () => {
  const { stores, bridge } = await connect();
  const config = { ...defaultConfig, node: { name: 'renamed', anchor: 'A' } };
  bridge.event({ name: 'settings', value: { ...settings, config } });
  expect(stores.settings.getState().settings?.config.node.name).toBe('renamed');
});

test('a command that fails is a toast with its hint', async () => {
  const { stores } = await connect({
    'simulation.start': () => ({
      ok: false,
      error: {
        code: 'WEBSOCKET_PORT_TAKEN',
        message: 'port 8766 is taken',
        retriable: false,
        hint: 'Free it.',
      },
    }),
  });
  await stores.commands.startSimulation();
  expect(stores.toasts.getState().toasts).toMatchObject([
    { tone: 'error', message: expect.stringContaining('port 8766 is taken'), hint: 'Free it.' },
  ]);
});

test('after disconnecting nothing reaches the stores', async () => {
  const { stores, bridge } = await connect();
  stores.disconnect();
  bridge.feed({ sequence: 2, atMs: 0, nodes: [] });
  bridge.event({ name: 'action', value: 'compose' });
  expect(stores.nodes.getState().nodes).toHaveLength(1);
  expect(stores.ui.getState().composeOpen).toBe(false);
});
