import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type GroupSnapshot, GroupSnapshots } from '../../../src/main/pipeline/group-snapshots.js';
import { createUuidV7 } from '../../../src/shared/uuid.js';
import { silentLogger } from '../../support/silent-logger.js';

let directory: string;
let snapshots: GroupSnapshots;

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'resonance-snapshots-')), 'group-snapshots');
  snapshots = new GroupSnapshots(directory, silentLogger);
});
afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }));

function snapshot(takenAtMs: number, part: Partial<GroupSnapshot> = {}): GroupSnapshot {
  return {
    version: 1,
    id: createUuidV7(takenAtMs),
    clusterId: 'cluster',
    groupId: 'archive',
    takenAtMs,
    change: 'to earliest',
    partitions: [{ topic: 'inbound', partition: 0, before: null, after: '0' }],
    ...part,
  };
}

test('gives back what was saved, the newest first, of one group of one cluster', async () => {
  expect(await snapshots.list('cluster', 'archive')).toEqual([]);
  const [older, newer] = [snapshot(1_000), snapshot(2_000)];
  await snapshots.save(newer);
  await snapshots.save(older);
  await snapshots.save(snapshot(3_000, { groupId: 'other' }));
  await snapshots.save(snapshot(4_000, { clusterId: 'elsewhere' }));
  const again = new GroupSnapshots(directory, silentLogger);
  expect(await again.list('cluster', 'archive')).toEqual([newer, older]);
  expect(await again.get(older.id)).toEqual(older);
});

test('keeps the newest fifty', async () => {
  const all = Array.from({ length: 52 }, (_, index) => snapshot(1_000 + index));
  for (const entry of all) await snapshots.save(entry);
  expect(await snapshots.list('cluster', 'archive')).toEqual(all.slice(2).reverse());
  await expect(snapshots.get(all[0]?.id ?? '')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('passes over a file that is damaged or not one of its own', async () => {
  const entry = snapshot(1_000);
  await snapshots.save(entry);
  await writeFile(join(directory, `${createUuidV7(2_000)}.json`), '{"version":1,"id"');
  await writeFile(join(directory, `${createUuidV7(3_000)}.json`), '{"version":2}');
  await writeFile(join(directory, 'README'), 'x');
  expect(await snapshots.list('cluster', 'archive')).toEqual([entry]);
});

test('reads no file outside of its folder, whatever the id', async () => {
  await writeFile(join(directory, '..', 'secrets.json'), JSON.stringify(snapshot(1_000)));
  await expect(snapshots.get('../secrets')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('forgets one, twice if need be', async () => {
  const entry = snapshot(1_000);
  await snapshots.save(entry);
  await snapshots.remove(entry.id);
  await snapshots.remove(entry.id);
  expect(await readdir(directory)).toEqual([]);
});
