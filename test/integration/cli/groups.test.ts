import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runCli, startCli } from '../../support/cli-process.js';
import { startTestBroker, type TestBroker } from '../../support/embedded-broker.js';

// Each of them starts several processes of Node.js, which takes a busy machine seconds.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const topic = 'resonance.state.sync';
const group = 'resonance-group';

let folder: string;
let broker: TestBroker;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'resonance-cli-groups-'));
  broker = await startTestBroker();
  for (const value of ['0.1', '0.2', '0.3']) {
    await runCli(['send', '--type', 's_roi', '--s-roi', value, ...common('sender')]);
  }
});

afterAll(async () => {
  await broker?.close();
  await rm(folder, { recursive: true, force: true });
});

function common(data: string): string[] {
  return ['--data-dir', join(folder, data), '--set', `kafka.brokers=${broker.brokers.join(',')}`];
}

function groups(...parameters: string[]) {
  return runCli(['groups', ...parameters, ...common('data')]);
}

test('shows what a reset would do, does it with --apply, and takes it back', async () => {
  const reset = ['reset', 'readers', '--shift-by', '-1'];
  const first = await groups('reset', 'readers', '--to-latest', '--topic', topic, '--apply');
  expect(first.exitCode, first.stderr).toBe(0);
  const preview = await groups(...reset, '--json');
  expect(preview.json()).toEqual([
    expect.objectContaining({ topic, partition: 0, before: '3', after: '2', note: null }),
    { event: 'preview', groupId: 'readers', change: 'shift by -1', state: 'Empty', members: 0 },
  ]);
  const readable = await groups(...reset);
  expect(readable.stdout).toMatch(/TOPIC +PARTITION +BEFORE +AFTER +DIFFERENCE/);
  expect(readable.stdout).toMatch(/resonance\.state\.sync +0 +3 +2 +-1/);
  expect(readable.stdout).toContain('nothing was changed');
  const applied = await groups(...reset, '--apply', '--json');
  expect(applied.json().at(-1)).toMatchObject({ event: 'applied', changed: 1, snapshot: expect.any(String) });
  const listed = await groups('--json');
  expect(listed.json()).toContainEqual(
    expect.objectContaining({ groupId: 'readers', state: 'Empty', memberCount: 0, lag: 1 }),
  );
  const undone = await groups('undo', 'readers', '--apply', '--json');
  expect(undone.json()[0]).toMatchObject({ before: '2', after: '3' });
  const described = await groups('describe', 'readers');
  expect(described.stdout).toMatch(/resonance\.state\.sync +0 +3 +0 +3 +0 +-/);
  expect(described.stdout).toContain('shift by -1, 1 partition');
});

test('takes a group back to nothing committed', async () => {
  const reset = await groups('reset', 'newcomer', '--to-earliest', '--topic', `${topic}:0`, '--apply');
  expect(reset.exitCode, reset.stderr).toBe(0);
  const undone = await groups('undo', 'newcomer', '--apply', '--json');
  expect(undone.json()[0]).toMatchObject({ before: '0', after: null });
});

test('refuses while a node reads in the group, and names who does', async () => {
  const node = startCli(['start', '--json', '--set', 'websocket.port=0', ...common('node')]);
  try {
    await node.nextLine();
    await expect
      .poll(async () => (await groups('describe', group, '--json')).json()[0]?.state, { timeout: 15_000 })
      .toBe('Stable');
    const preview = await groups('reset', group, '--to-earliest');
    expect(preview.exitCode).toBe(0);
    expect(preview.stderr).toContain('resonance-node at 127.0.0.1');
    const refused = await groups('reset', group, '--to-earliest', '--apply');
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('KAFKA_GROUP_NOT_EMPTY');
    expect(refused.stdout).toBe('');
  } finally {
    await node.stop('SIGKILL');
  }
});

test.each([
  [['reset', 'g'], 'needs one of --to-earliest'],
  [['reset', 'g', '--to-earliest', '--to-latest'], 'got 2'],
  [['reset', 'g', '--to-time', 'yesterday'], 'expected a time'],
  [['reset', 'g', '--to-offset', '-1'], ''],
  [['reset', 'g', '--to-latest', '--topic', 't:x'], 'TOPIC:PARTITION'],
  [['describe'], 'needs a group'],
  [['list', 'g'], 'takes no group'],
  [['delete', 'g'], 'expected list, describe, reset, undo'],
])('refuses groups %j', async (parameters, words) => {
  const result = await groups(...parameters);
  expect(result.exitCode).toBe(2);
  expect(result.stderr).toContain(words);
});

test('says so where there is nothing to reset or to undo', async () => {
  const reset = await groups('reset', 'nobody', '--to-latest', '--apply');
  expect(reset.stderr).toContain('NOT_FOUND: The group nobody has no offsets');
  const undo = await groups('undo', 'nobody');
  expect(undo.stderr).toContain('NOT_FOUND: No change of nobody was made from here');
  expect([reset.exitCode, undo.exitCode]).toEqual([1, 1]);
});
