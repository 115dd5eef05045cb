import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SettingsStore } from '../../../src/main/settings/settings-store.js';
import { createSystemClock } from '../../../src/main/system-clock.js';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'resonance-settings-'));
  file = join(folder, 'settings.json');
});

afterEach(() => rm(folder, { recursive: true }));

function createStore(flags: Record<string, unknown> = {}): SettingsStore {
  return new SettingsStore({ file, environment: {}, flags, clock: createSystemClock() });
}

describe('SettingsStore', () => {
  test('starts from the defaults when there is no file', async () => {
    const view = await createStore().load();
    expect(view.problems).toEqual([]);
    expect(view.config.websocket.port).toBe(8765);
  });

  test('saves what changed, tells its listeners, and reads it back in the next run', async () => {
    const store = createStore();
    await store.load();
    const heard: number[] = [];
    store.onChange((settings) => heard.push(settings.config.websocket.port));
    const result = await store.update({ 'websocket.port': 9001 });
    expect(result.problems).toEqual([]);
    expect(heard).toEqual([9001]);
    const next = await createStore().load();
    expect([next.config.websocket.port, next.sources['websocket.port']]).toEqual([9001, 'file']);
  });

  test('saves nothing when one of the changes is wrong', async () => {
    const store = createStore();
    await store.load();
    const result = await store.update({ 'websocket.port': 9001, 'sync.intervalMs': 1 });
    expect(result.problems.map((problem) => problem.path)).toEqual(['sync.intervalMs']);
    expect(await readdir(folder)).toEqual([]);
    expect(store.view().config.websocket.port).toBe(8765);
  });

  test('keeps unknown names of the file when it writes', async () => {
    await writeFile(file, '{"mine": {"note": 1}, "log": {"level": "debug"}}');
    const store = createStore();
    expect((await store.load()).problems).toHaveLength(1);
    expect((await store.update({ 'log.level': null })).problems).toEqual([]);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ mine: { note: 1 }, log: {} });
  });

  test('sets a file that is no JSON aside before it writes a new one', async () => {
    await writeFile(file, '{"log": ');
    const store = createStore();
    const view = await store.load();
    expect(view.problems[0]?.given).toContain(file);
    expect((await store.update({ 'log.level': 'warn' })).settings.problems).toEqual([]);
    const names = (await readdir(folder)).sort();
    expect(names).toHaveLength(2);
    expect(await readFile(join(folder, names[1] ?? ''), 'utf8')).toBe('{"log": ');
  });

  test('removes a default peer for good and adds one', async () => {
    const store = createStore();
    await store.load();
    await store.removePeer('nexus');
    await store.addPeer('aurora', { websocket: 'ws://127.0.0.1:9', topic: 'resonance.aurora' });
    expect(Object.keys((await createStore().load()).config.peers).sort()).toEqual(['aurora', 'lexamoris']);
    await expect(store.removePeer('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('says that a flag still wins over what was saved', async () => {
    const store = createStore({ log: { level: 'error' } });
    await store.load();
    const { settings } = await store.update({ 'log.level': 'debug' });
    expect([settings.config.log.level, settings.sources['log.level']]).toEqual(['error', 'flag']);
  });
});
