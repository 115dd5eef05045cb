import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FilePool } from '../../../src/main/storage/file-pool.js';
import { LogTail } from '../../../src/main/storage/log-tail.js';
import { frameRecord, simpleFraming } from '../../../src/main/storage/record-framing.js';
import type { Segment } from '../../../src/main/storage/segment.js';
import { createFaultyFileSystem, type FaultyFileSystem } from '../../support/faulty-file-system.js';

const segmentBytes = 1000;
/** A record of 600 bytes: two of them do not fit into a segment. */
const payload = Buffer.alloc(600);

let directory: string;
let fileSystem: FaultyFileSystem;
let pool: FilePool;
let verified: string[];
let tail: LogTail;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'resonance-tail-'));
  fileSystem = createFaultyFileSystem();
  pool = new FilePool({ fileSystem });
  verified = [];
  const onEvent = ({ kind }: { kind: string }): unknown => verified.push(kind);
  tail = new LogTail({ directory, framing: simpleFraming, fileSystem, pool, onEvent }, false);
});

afterEach(async () => {
  await pool.close();
  await rm(directory, { recursive: true, force: true });
});

async function write(segment: Segment, sequence: number): Promise<void> {
  const record = frameRecord(sequence, payload);
  await tail.write(segment, [record]);
  segment.extend(sequence, sequence + 1, record.length, -1);
}

const sizeOnDisk = async ({ path }: Segment): Promise<number> => (await stat(path)).size;

test('goes on in the last segment while there is room, and in a new one when there is none', async () => {
  const first = await tail.prepare(undefined, 0, 600, segmentBytes);
  await write(first, 0);
  expect(await tail.prepare(first, 1, 300, segmentBytes)).toBe(first);
  const second = await tail.prepare(first, 1, 600, segmentBytes);
  expect([second.baseSequence, await sizeOnDisk(first), await sizeOnDisk(second)]).toEqual([
    1,
    first.sizeBytes,
    0,
  ]);
});

test('begins no segment after one that holds nothing, however often that is asked for', async () => {
  const first = await tail.prepare(undefined, 0, 600, segmentBytes);
  tail.mustRoll = true;
  expect(await tail.prepare(first, 0, 600, segmentBytes)).toBe(first);
  await write(first, 0);
  expect(await tail.prepare(first, 1, 10, segmentBytes)).toBe(first);
});

test('cuts what a failed write left before it lets anything be added', async () => {
  const segment = await tail.prepare(undefined, 0, 600, segmentBytes);
  await write(segment, 0);
  fileSystem.fail('datasync', 'EIO', 1);
  await expect(write(segment, 1)).rejects.toMatchObject({ code: 'STORAGE_SYNC_FAILED' });
  expect(await sizeOnDisk(segment)).toBeGreaterThan(segment.sizeBytes);
  expect(await tail.prepare(segment, 1, 10, segmentBytes)).toBe(segment);
  expect([await sizeOnDisk(segment), verified]).toEqual([segment.sizeBytes, ['file-verified']]);
});

test('adds nothing to a segment whose successor could not be made, and makes that at the next attempt', async () => {
  const first = await tail.prepare(undefined, 0, 600, segmentBytes);
  await write(first, 0);
  fileSystem.fail('syncDirectory', 'EIO', 1);
  await expect(tail.prepare(first, 1, 600, segmentBytes)).rejects.toThrow();
  // There would be room for this one, but a file that begins at 1 may be there already.
  const second = await tail.prepare(first, 1, 10, segmentBytes);
  expect(second.baseSequence).toBe(1);
  expect((await readdir(directory)).filter((name) => name.endsWith('.log'))).toHaveLength(2);
});

test('leaves nothing of what was refused when it closes', async () => {
  const segment = await tail.prepare(undefined, 0, 600, segmentBytes);
  await write(segment, 0);
  fileSystem.fail('datasync', 'EIO', 1);
  await expect(write(segment, 1)).rejects.toThrow();
  await tail.close(segment);
  expect(await sizeOnDisk(segment)).toBe(segment.sizeBytes);
});
