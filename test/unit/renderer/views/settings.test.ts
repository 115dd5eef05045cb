import { describe, expect, test } from 'vitest';
import type { SettingDraft } from '../../../../src/renderer/src/stores/settings-draft-store.js';
import { settingFields } from '../../../../src/renderer/src/validation/settings.js';
import {
  groupOf,
  otherGroup,
  reconnects,
} from '../../../../src/renderer/src/views/Settings/setting-groups.js';
import {
  looseProblems,
  mendingChange,
  type SettingRow,
  searchRows,
  settingRows,
  settingWarning,
} from '../../../../src/renderer/src/views/Settings/setting-rows.js';
import {
  readableAmount,
  textOfValue,
  valueFromText,
} from '../../../../src/renderer/src/views/Settings/setting-text.js';
import type { SettingsView } from '../../../../src/shared/ipc.js';
import { type ConfigLayer, resolveConfig } from '../../../../src/shared/resolve-config.js';

function settingsFrom(...layers: readonly ConfigLayer[]): SettingsView {
  return { ...resolveConfig(layers), file: '/settings.json' };
}

function rowOf(
  settings: SettingsView,
  path: string,
  drafts: Readonly<Record<string, SettingDraft>> = {},
  refusals: Readonly<Record<string, string>> = {},
): SettingRow {
  const row = settingRows(settings, { drafts, refusals }).find((candidate) => candidate.path === path);
  if (row === undefined) throw new Error(`no row for ${path}`);
  return row;
}

const port = 'websocket.port';

describe('texts of controls', () => {
  test('every default survives the way into its control and back', () => {
    for (const row of settingRows(settingsFrom(), { drafts: {}, refusals: {} })) {
      expect(row.value === null ? '' : textOfValue(row.value), row.path).toBe(row.savedText);
      expect(row.isDirty, row.path).toBe(false);
    }
  });

  test('a number that is none stays text, so that the check can refuse it', () => {
    expect(valueFromText('integer', ' 42 ')).toBe(42);
    expect(valueFromText('number', '0,043')).toBe('0,043');
    expect(valueFromText('integer', '')).toBe('');
  });

  test('a list has one entry a line and no empty ones', () => {
    expect(valueFromText('list', 'a:1\n\n  b:2 \n')).toEqual(['a:1', 'b:2']);
  });

  test('large amounts are said in readable units', () => {
    expect(readableAmount('ms', 604_800_000)).toBe('7 d');
    expect(readableAmount('bytes', 67_108_864)).toBe('64 MiB');
    expect(readableAmount('ms', 100)).toBeNull();
    expect(readableAmount('Hz', 5_000)).toBeNull();
    expect(readableAmount('ms', 'soon')).toBeNull();
  });
});

describe('rows', () => {
  test('there is one for every setting of the schema but the peers', () => {
    const rows = settingRows(settingsFrom(), { drafts: {}, refusals: {} });
    const expected = settingFields.map((field) => field.path).filter((path) => !path.includes('*'));
    expect(rows.map((row) => row.path)).toEqual(expected);
  });

  test('each is in a group of its own meaning', () => {
    const homeless = settingFields.filter(
      (field) => !field.path.startsWith('peers.') && groupOf(field.path) === otherGroup,
    );
    expect(homeless.map((field) => field.path)).toEqual([]);
    expect(groupOf('websocket.port').id).toBe('websocket');
  });

  test('what is typed is checked with the words of the schema', () => {
    const row = rowOf(settingsFrom(), port, { [port]: { text: '99999', base: '8765' } });
    expect(row.isDirty).toBe(true);
    expect(row.problem).toBe('Expected a whole number from 0 to 65535');
  });

  test('a draft that says what is saved is no change', () => {
    expect(rowOf(settingsFrom(), port, { [port]: { text: ' 8765 ', base: '8765' } }).change).toBeNull();
  });

  test('a change knows what takes it back: the file’s value, or nothing in the file', () => {
    const drafts = { [port]: { text: '1234', base: '' } };
    expect(rowOf(settingsFrom(), port, drafts).change).toEqual({ path: port, value: 1_234, previous: null });
    const fromFile = settingsFrom({ source: 'file', values: { websocket: { port: 7 } } });
    expect(rowOf(fromFile, port, drafts).change).toEqual({ path: port, value: 1_234, previous: 7 });
  });

  test('a reset shows the default and takes the value out of the file', () => {
    const fromFile = settingsFrom({ source: 'file', values: { websocket: { port: 7 } } });
    const row = rowOf(fromFile, port, { [port]: { text: null, base: '7' } });
    expect(row).toMatchObject({ isReset: true, text: '8765', problem: null });
    expect(row.change).toEqual({ path: port, value: null, previous: 7 });
  });

  test('what the environment or a flag sets cannot be changed here, typed or not', () => {
    const drafts = { [port]: { text: '1', base: '8765' } };
    for (const source of ['environment', 'flag'] as const) {
      const row = rowOf(settingsFrom({ source, values: { websocket: { port: 9 } } }), port, drafts);
      expect(row).toMatchObject({ isLocked: true, source, text: '9', change: null });
    }
  });

  test('a draft stays when the setting changes elsewhere, and says so', () => {
    const fromFile = settingsFrom({ source: 'file', values: { websocket: { port: 7 } } });
    const row = rowOf(fromFile, port, { [port]: { text: '1234', base: '8765' } });
    expect(row).toMatchObject({ text: '1234', changedElsewhere: true });
  });

  test('a refusal of main shows at the setting and the text stays', () => {
    const row = rowOf(
      settingsFrom(),
      port,
      { [port]: { text: '80', base: '8765' } },
      { [port]: 'a free port' },
    );
    expect(row).toMatchObject({ text: '80', problem: 'Expected a free port' });
  });

  test('a search finds names, meanings and paths', () => {
    const rows = settingRows(settingsFrom(), { drafts: {}, refusals: {} });
    const found = (text: string) => searchRows(rows, text).map((row) => row.path);
    expect(found('listen PORT')).toEqual([port]);
    expect(found('log.level')).toEqual(['log.level']);
    expect(found('drift')).toEqual(['resonance.frequencyHz']);
    expect(found('')).toHaveLength(rows.length);
  });
});

describe('problems', () => {
  const settings = settingsFrom({
    source: 'file',
    values: {
      websocket: { port: 'soon', prot: 3 },
      peers: { half: { topic: 'x' }, nexus: { websocket: 'http://nexus' } },
    },
  });

  test('show at the setting they concern, or where they belong', () => {
    expect(rowOf(settings, port).sourceProblems).toMatchObject([{ given: '"soon"' }]);
    const { general, peers } = looseProblems(settings, settingRows(settings, { drafts: {}, refusals: {} }));
    expect(general.map((problem) => problem.path)).toEqual(['websocket.prot']);
    expect(peers.map((problem) => problem.path).sort()).toEqual([
      'peers.half.websocket',
      'peers.nexus.websocket',
    ]);
  });

  test('are mended without a word of what is right', () => {
    const mend = (path: string) => {
      const problem = settings.problems.find((candidate) => candidate.path === path);
      if (problem === undefined) throw new Error(`no problem at ${path}`);
      return mendingChange(problem, settings);
    };
    expect(mend(port)).toEqual({ [port]: null });
    expect(mend('peers.half.websocket')).toEqual({ 'peers.half': null });
    expect(mend('peers.nexus.websocket')).toEqual({ 'peers.nexus.websocket': null });
  });
});

test('a server that is open to the network is warned of', () => {
  expect(settingWarning('websocket.host', '0.0.0.0')).toContain('no login');
  for (const host of ['127.0.0.1', '::1', 'localhost'])
    expect(settingWarning('websocket.host', host)).toBeNull();
});

test('only settings of the transports make the node reconnect', () => {
  expect(['node.name', 'peers.nexus.topic', 'kafka.mode'].every(reconnects)).toBe(true);
  expect(['window.theme', 'log.level', 'history.maxBytes'].some(reconnects)).toBe(false);
});
