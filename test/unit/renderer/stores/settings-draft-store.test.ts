import { expect, test } from 'vitest';
import { createClient } from '../../../../src/renderer/src/ipc/client.js';
import { createPeerCommands } from '../../../../src/renderer/src/stores/peer-commands.js';
import { createSettingsDraftStore } from '../../../../src/renderer/src/stores/settings-draft-store.js';
import { createSettingsStore } from '../../../../src/renderer/src/stores/settings-store.js';
import { createToastsStore } from '../../../../src/renderer/src/stores/toasts-store.js';
import type { SettingsView } from '../../../../src/shared/ipc.js';
import { resolveConfig } from '../../../../src/shared/resolve-config.js';
import { type Answers, createTestBridge } from '../bridge.js';

const path = 'websocket.port';
const change = { path, value: 1_234, previous: null };

function settingsView(values: unknown = {}): SettingsView {
  return { ...resolveConfig([{ source: 'file', values }]), file: '/settings.json' };
}

function setUp(answers: Answers = {}) {
  const bridge = createTestBridge({
    'settings.get': () => settingsView(),
    'settings.update': () => ({ problems: [], settings: settingsView() }),
    'settings.addPeer': () => ({ problems: [], settings: settingsView() }),
    'settings.removePeer': () => ({ problems: [], settings: settingsView() }),
    ...answers,
  });
  const client = createClient(bridge);
  const toasts = createToastsStore();
  const settings = createSettingsStore(client, () => false);
  const drafts = createSettingsDraftStore(settings, toasts);
  return { bridge, toasts, settings, drafts, peers: createPeerCommands(settings, toasts) };
}

test('saving forgets what was saved and offers to take it back', async () => {
  const { bridge, drafts, toasts } = setUp();
  drafts.getState().edit(path, '1234', '8765');
  expect(await drafts.getState().save([change])).toBe(true);
  expect(drafts.getState().drafts).toEqual({});
  toasts.getState().toasts[0]?.action?.run();
  await expect.poll(() => bridge.callsOf('settings.update')).toEqual([{ [path]: 1_234 }, { [path]: null }]);
});

test('a refusal keeps what was typed and is gone with the next edit', async () => {
  const { drafts } = setUp({
    'settings.update': () => ({
      problems: [{ path, source: 'file', given: '1234', allowed: 'another port' }],
      settings: settingsView(),
    }),
  });
  drafts.getState().edit(path, '1234', '8765');
  expect(await drafts.getState().save([change])).toBe(false);
  expect(drafts.getState()).toMatchObject({
    drafts: { [path]: { text: '1234' } },
    refusals: { [path]: 'another port' },
    saving: false,
  });
  drafts.getState().edit(path, '12345', '8765');
  expect(drafts.getState().refusals).toEqual({});
});

test('a failure keeps what was typed and says what happened', async () => {
  const { drafts } = setUp({
    'settings.update': () => ({
      ok: false,
      error: { code: 'STORAGE_FULL', message: 'The disk is full', retriable: false },
    }),
  });
  drafts.getState().edit(path, '1234', '8765');
  expect(await drafts.getState().save([change])).toBe(false);
  expect(drafts.getState().error).toMatchObject({ code: 'STORAGE_FULL' });
  expect(drafts.getState().drafts[path]?.text).toBe('1234');
});

test('what is typed while it saves stays, and so does what the typing began from', async () => {
  let finish = (): void => undefined;
  const answered = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const { drafts } = setUp({
    'settings.update': async () => {
      await answered;
      return { problems: [], settings: settingsView() };
    },
  });
  drafts.getState().edit(path, '1234', '8765');
  const saving = drafts.getState().save([change]);
  drafts.getState().edit(path, '12345', 'something else');
  finish();
  await saving;
  expect(drafts.getState().drafts).toEqual({ [path]: { text: '12345', base: '8765' } });
});

test('only the drafts that are named are discarded; without names all of them', () => {
  const { drafts } = setUp();
  drafts.getState().edit('a', '1', '');
  drafts.getState().edit('b', '2', '');
  drafts.getState().discard(['a']);
  expect(Object.keys(drafts.getState().drafts)).toEqual(['b']);
  drafts.getState().discard();
  expect(drafts.getState().drafts).toEqual({});
});

test('an edited peer goes back to what the file said, or to its default', async () => {
  const before = settingsView({ peers: { nexus: { websocket: 'ws://old:1' } } });
  const { bridge, settings, peers, toasts } = setUp({ 'settings.get': () => before });
  await settings.getState().load();
  await peers.edit('nexus', { websocket: 'ws://new:2', topic: 'resonance.nexus' });
  toasts.getState().toasts[0]?.action?.run();
  await expect
    .poll(() => bridge.callsOf('settings.update'))
    .toEqual([
      { 'peers.nexus.websocket': 'ws://new:2' },
      { 'peers.nexus.websocket': 'ws://old:1', 'peers.nexus.topic': null },
    ]);
});

test('a removed peer comes back with its endpoint and topic, an added one goes', async () => {
  const { bridge, settings, peers, toasts } = setUp();
  await settings.getState().load();
  await peers.remove('nexus');
  toasts.getState().toasts[0]?.action?.run();
  await expect
    .poll(() => bridge.callsOf('settings.addPeer'))
    .toEqual([{ name: 'nexus', websocket: 'ws://nexus-node:8767', topic: 'resonance.nexus' }]);
  await peers.add('atlas', { websocket: 'ws://atlas:1', topic: 'resonance.atlas' });
  toasts.getState().toasts.at(-1)?.action?.run();
  await expect.poll(() => bridge.callsOf('settings.removePeer')).toEqual(['nexus', 'atlas']);
});
