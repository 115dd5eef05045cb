import { expect, test } from 'vitest';
import { createClient } from '../../../../src/renderer/src/ipc/client.js';
import { createMessagesStore } from '../../../../src/renderer/src/stores/messages-store.js';
import { createProfileCommands } from '../../../../src/renderer/src/stores/profile-commands.js';
import { createSecretsStore } from '../../../../src/renderer/src/stores/secrets-store.js';
import { createSettingsDraftStore } from '../../../../src/renderer/src/stores/settings-draft-store.js';
import { createSettingsStore } from '../../../../src/renderer/src/stores/settings-store.js';
import { createToastsStore } from '../../../../src/renderer/src/stores/toasts-store.js';
import { emptyMessageFilter } from '../../../../src/shared/feed.js';
import type { SettingsView } from '../../../../src/shared/ipc.js';
import { type ConfigLayer, resolveConfig } from '../../../../src/shared/resolve-config.js';
import { type Answers, createTestBridge, messageRow } from '../bridge.js';

function settingsView(...layers: readonly ConfigLayer[]): SettingsView {
  const profiles = { prod: { brokers: ['one:9092'] } };
  return { ...resolveConfig([{ source: 'file', values: { profiles } }, ...layers]), file: '/settings.json' };
}

async function setUp(answers: Answers = {}, view = settingsView()) {
  const bridge = createTestBridge({
    'settings.get': () => view,
    'settings.update': () => ({ problems: [], settings: view }),
    ...answers,
  });
  const client = createClient(bridge);
  const toasts = createToastsStore();
  const settings = createSettingsStore(client, () => false);
  await settings.getState().load();
  const drafts = createSettingsDraftStore(settings, toasts);
  const messages = createMessagesStore(client);
  const profiles = createProfileCommands(client, settings, toasts, drafts, messages);
  return {
    drafts,
    messages,
    bridge,
    client,
    toasts,
    settings,
    profiles,
    lastToast: () => toasts.getState().toasts.at(-1),
  };
}

test('a switch is a change of one setting, back to no profile too', async () => {
  const { bridge, profiles, lastToast } = await setUp();
  await profiles.use('prod');
  await profiles.use('');
  expect(bridge.callsOf('settings.update')).toEqual([{ profile: 'prod' }, { profile: null }]);
  expect(lastToast()).toMatchObject({ tone: 'success' });
});

test('a profile that the command line sets is not switched from, and the window says where to change it', async () => {
  const view = settingsView({ source: 'flag', values: { profile: 'prod' } });
  const { bridge, profiles, lastToast } = await setUp({}, view);
  await profiles.use('');
  expect(bridge.callsOf('settings.update')).toEqual([]);
  expect(lastToast()).toMatchObject({ tone: 'error', hint: expect.stringContaining('the command line') });
});

test('a new profile may be switched to from its notice', async () => {
  const { bridge, profiles, lastToast } = await setUp();
  const added = { name: 'new', brokers: ['two:9092'], color: 'red', readOnly: true } as const;
  expect(await profiles.add(added)).toEqual([]);
  expect(bridge.callsOf('settings.update')[0]).toEqual({
    'profiles.new.brokers': ['two:9092'],
    'profiles.new.color': 'red',
    'profiles.new.readOnly': true,
  });
  lastToast()?.action?.run();
  await expect.poll(() => bridge.callsOf('settings.update').at(-1)).toEqual({ profile: 'new' });
});

test('a removal can be taken back, and one that is refused says why', async () => {
  const view = settingsView();
  const { bridge, drafts, profiles, lastToast } = await setUp({
    'profiles.remove': () => ({ problems: [], settings: view }),
    'profiles.restore': () => ({ problems: [], settings: view }),
  });
  drafts.getState().edit('profiles.prod.color', 'red', 'grey');
  drafts.getState().edit('node.anchor', 'X', 'Y');
  await profiles.remove('prod');
  expect(Object.keys(drafts.getState().drafts)).toEqual(['node.anchor']);
  lastToast()?.action?.run();
  await expect.poll(() => bridge.callsOf('profiles.restore')).toEqual(['prod']);
  bridge.answers['profiles.remove'] = () => ({
    ok: false,
    error: {
      code: 'CONFIGURATION_INVALID',
      message: 'prod is in use',
      retriable: false,
      hint: 'Switch first.',
    },
  });
  await profiles.remove('prod');
  expect(lastToast()).toMatchObject({ tone: 'error', hint: 'Switch first.', action: null });
});

test('secrets go to main and only where they are kept comes back', async () => {
  const { client, bridge } = await setUp({
    'settings.secretState': (profile) => ({ profile, secrets: [], keychainRefusal: 'no keychain' }),
    'settings.setSecret': ({ profile, name, keep }) => ({
      profile,
      secrets: [{ name, place: keep }],
      keychainRefusal: null,
    }),
  });
  const secrets = createSecretsStore(client);
  await secrets.getState().load('prod');
  expect(secrets.getState().views.prod?.keychainRefusal).toBe('no keychain');
  await secrets
    .getState()
    .set({ profile: 'prod', name: 'password', value: 'wonder-land-7', keep: 'session' });
  expect(bridge.callsOf('settings.setSecret')).toHaveLength(1);
  expect(JSON.stringify(secrets.getState())).not.toContain('wonder-land-7');
  expect(secrets.getState().views.prod?.secrets).toEqual([{ name: 'password', place: 'session' }]);
});

test('the messages that the window shows go by the new name of their cluster, and the filter too', async () => {
  const rows = [messageRow(1, { profile: 'prod' }), messageRow(2, { profile: '' }), messageRow(3)];
  const { bridge, profiles, messages } = await setUp({
    'messages.page': () => ({ rows, hasOlder: false, hasNewer: false }),
    'profiles.rename': () => ({ problems: [], settings: settingsView() }),
  });
  await messages.getState().setFilter(emptyMessageFilter);
  await profiles.rename('prod', 'main');
  expect(messages.getState().rows.map(({ profile }) => profile)).toEqual(['main', '', undefined]);
  expect(bridge.callsOf('messages.setFilter')).toHaveLength(1);

  await messages.getState().setFilter({ ...emptyMessageFilter, profiles: ['prod', ''] });
  await profiles.rename('prod', 'main');
  expect(bridge.callsOf('messages.setFilter').at(-1)).toMatchObject({ profiles: ['main', ''] });
});
