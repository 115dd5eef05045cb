import { execFile } from 'node:child_process';
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppendLog } from '../../../src/main/storage/append-log.js';
import type { FileSystem } from '../../../src/main/storage/file-system.js';
import { framedPayloads, frameRecord, simpleFraming } from '../../../src/main/storage/record-framing.js';
import { errnoOf } from '../../../src/main/storage/storage-error.js';
import type { StorageEvent } from '../../../src/main/storage/storage-event.js';
import { createFaultyFileSystem, type FaultyFileSystem } from '../../support/faulty-file-system.js';

const run = promisify(execFile);

let directory: string;
let events: StorageEvent[];
let groups: boolean[];
const opened: AppendLog[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'resonance-faults-'));
  events = [];
  groups = [];
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()));
  await rm(directory, { recursive: true, force: true });
});

async function openLog(fileSystem?: FileSystem, logDirectory = directory): Promise<AppendLog> {
  const log = await AppendLog.open({
    directory: logDirectory,
    framing: simpleFraming,
    onEvent: (event) => events.push(event),
    onGroup: (isDurable) => groups.push(isDurable),
    ...(fileSystem && { fileSystem }),
  });
  opened.push(log);
  return log;
}

function appendBytes(log: AppendLog, payload: Buffer): Promise<number> {
  return log.append(payload.length, (sequence) => ({
    chunks: [frameRecord(sequence, payload)],
    nextSequence: sequence + 1,
    maxTimestampMs: -1,
    result: sequence,
  }));
}

const appendText = (log: AppendLog, text: string): Promise<number> => appendBytes(log, Buffer.from(text));

async function readTexts(log: AppendLog): Promise<string[]> {
  const { bytes } = await log.read(0, 1_000_000);
  return [...framedPayloads(bytes)].map(({ payload }) => payload.toString());
}

describe('an append log on a failing disk', () => {
  let faulty: FaultyFileSystem;

  beforeEach(() => {
    faulty = createFaultyFileSystem();
  });

  it('refuses all appends of a group whose sync failed, and reopens and verifies the file before the next', async () => {
    const log = await openLog(faulty);
    await appendText(log, 'before');
    const path = log.segments()[0]?.path ?? '';
    const { size } = await stat(path);
    faulty.fail('datasync', 'EIO', 1);
    const refused = await Promise.allSettled([appendText(log, 'lost 1'), appendText(log, 'lost 2')]);
    for (const outcome of refused) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'STORAGE_SYNC_FAILED' } });
    }
    expect(await readTexts(log)).toEqual(['before']);
    expect(log.nextSequence).toBe(1);
    expect(groups).toEqual([true, false]);

    const opensBefore = faulty.calls('open');
    const truncatesBefore = faulty.calls('truncate');
    expect(await appendText(log, 'after')).toBe(1);
    expect(faulty.calls('open')).toBeGreaterThan(opensBefore);
    expect(faulty.calls('truncate')).toBe(truncatesBefore + 1);
    expect(await readTexts(log)).toEqual(['before', 'after']);
    expect(events.map(({ kind }) => kind)).toEqual(['sync-failed', 'file-verified', 'writes-resumed']);
    expect((await stat(path)).size).toBe(size + frameRecord(1, Buffer.from('after')).length);
    await log.close();
    expect(await readTexts(await openLog())).toEqual(['before', 'after']);
  });

  it('keeps refusing while syncs fail, says so once, and goes on when they work again', async () => {
    const log = await openLog(faulty);
    await appendText(log, 'before');
    faulty.fail('datasync', 'EIO');
    for (let attempt = 0; attempt < 5; attempt++) {
      await expect(appendText(log, 'lost')).rejects.toMatchObject({ code: 'STORAGE_SYNC_FAILED' });
    }
    expect(events.filter(({ kind }) => kind === 'sync-failed')).toHaveLength(1);
    faulty.heal();
    expect(await appendText(log, 'after')).toBe(1);
    expect(await readTexts(log)).toEqual(['before', 'after']);
    await log.close();
  });

  it('finds acknowledged bytes that a failed sync has cost, and does not serve them', async () => {
    const log = await openLog(faulty);
    await appendText(log, 'first');
    await appendText(log, 'second');
    faulty.fail('datasync', 'EIO', 1);
    await expect(appendText(log, 'third')).rejects.toMatchObject({ code: 'STORAGE_SYNC_FAILED' });
    const path = log.segments()[0]?.path ?? '';
    const file = await open(path, 'r+');
    await file.write('?', (await readFile(path)).indexOf('second'));
    await file.close();
    expect(await appendText(log, 'fourth')).toBe(2);
    expect(events.map(({ kind }) => kind)).toEqual([
      'sync-failed',
      'damage-found',
      'file-verified',
      'writes-resumed',
    ]);
    expect(await readTexts(log)).toEqual(['first']);
    expect((await log.read(1, 1000)).firstSequence).toBe(2);
    await log.close();
  });

  it.each([
    ['ENOSPC', 'STORAGE_FULL'],
    ['EROFS', 'STORAGE_READ_ONLY'],
    ['EIO', 'STORAGE_IO'],
  ])(
    'refuses with the reason on %s, leaves no half record and goes on when it is over',
    async (errno, code) => {
      const log = await openLog(faulty);
      await appendText(log, 'before');
      faulty.fail('write', errno);
      faulty.partialWriteBytes = 9;
      await expect(appendText(log, 'refused')).rejects.toMatchObject({ code });
      faulty.heal();
      expect(await appendText(log, 'after')).toBe(1);
      expect(await readTexts(log)).toEqual(['before', 'after']);
      await log.close();
      expect(events.map(({ kind }) => kind)).toEqual(['write-failed', 'file-verified', 'writes-resumed']);
      expect(await readTexts(await openLog())).toEqual(['before', 'after']);
      expect(events).toHaveLength(3);
    },
  );

  it('leaves nothing of a refused append behind when it is closed after the failure', async () => {
    const log = await openLog(faulty);
    await appendText(log, 'before');
    faulty.fail('datasync', 'EIO', 1);
    await expect(appendText(log, 'refused')).rejects.toMatchObject({ code: 'STORAGE_SYNC_FAILED' });
    await log.close();
    expect(await readTexts(await openLog())).toEqual(['before']);
  });

  it('loses nothing of smaller appends after a larger one that could not begin its segment', async () => {
    const log = await AppendLog.open({
      directory,
      framing: simpleFraming,
      segmentBytes: 100,
      fileSystem: faulty,
    });
    opened.push(log);
    await appendText(log, 'a');
    faulty.fail('syncDirectory', 'EIO', 1);
    await expect(appendText(log, 'x'.repeat(90))).rejects.toMatchObject({ code: 'STORAGE_SYNC_FAILED' });
    expect(await appendText(log, 'b')).toBe(1);
    await log.close();
    const again = await openLog();
    expect([again.nextSequence, (await again.read(1, 1000)).bytes.length]).toEqual([2, 17]);
    expect(events).toEqual([]);
  });

  it('survives an index that can’t be written and a segment that can’t be begun', async () => {
    const log = await AppendLog.open({
      directory,
      framing: simpleFraming,
      segmentBytes: 60,
      fileSystem: faulty,
      onEvent: (event) => events.push(event),
    });
    await appendText(log, 'first record');
    await appendText(log, 'second record');
    faulty.fail('syncDirectory', 'ENOSPC', 2);
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(appendText(log, 'third record')).rejects.toThrow('ENOSPC');
    }
    faulty.fail('rename', 'EIO');
    expect(await appendText(log, 'third record')).toBe(2);
    await log.close();
    expect(events.map(({ kind }) => kind)).toContain('checkpoint-failed');
    const again = await openLog();
    expect(again.nextSequence).toBe(3);
    expect((await readTexts(again)).length).toBe(2);
    await again.close();
  });
});

async function mountSmallDisk(at: string): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'it takes root on Linux to mount a small disk';
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', at]);
    return undefined;
  } catch (error) {
    return `mounting a small disk failed (${errnoOf(error) ?? error})`;
  }
}

describe('an append log on a small disk', () => {
  it('refuses when the disk is full or read-only, acknowledges nothing that is not there, and resumes', async ({
    skip,
  }) => {
    const reason = await mountSmallDisk(directory);
    if (reason) return skip(reason);
    try {
      const logDirectory = join(directory, 'log');
      const log = await openLog(undefined, logDirectory);
      const acknowledged: number[] = [];
      const fill = async (): Promise<unknown> => {
        try {
          for (;;) acknowledged.push(await appendBytes(log, Buffer.alloc(10_000, acknowledged.length)));
        } catch (error) {
          return error;
        }
      };
      expect(await fill()).toMatchObject({ code: 'STORAGE_FULL' });
      expect(await fill()).toMatchObject({ code: 'STORAGE_FULL' });
      expect(acknowledged.length).toBeGreaterThan(10);

      await run('mount', ['-o', 'remount,size=512k', directory]);
      acknowledged.push(await appendBytes(log, Buffer.alloc(10_000, acknowledged.length)));

      // A file open for writing keeps the system from turning the disk read-only, so the log is opened on one that is.
      await log.close();
      await run('mount', ['-o', 'remount,ro', directory]);
      const readOnly = await openLog(undefined, logDirectory);
      await expect(appendText(readOnly, 'refused')).rejects.toMatchObject({ code: 'STORAGE_READ_ONLY' });
      await readOnly.close();
      await run('mount', ['-o', 'remount,rw', directory]);

      const again = await openLog(undefined, logDirectory);
      expect(acknowledged).toEqual(Array.from({ length: acknowledged.length }, (_, index) => index));
      let next = 0;
      while (next < again.nextSequence) {
        const { bytes, nextSequence } = await again.read(next, 100_000);
        for (const { sequence, payload } of framedPayloads(bytes)) {
          expect(sequence).toBe(next++);
          expect(payload.equals(Buffer.alloc(10_000, sequence))).toBe(true);
        }
        expect(next).toBe(nextSequence);
      }
      expect(next).toBe(acknowledged.length);
      await again.close();
    } finally {
      await run('umount', [directory]);
    }
  });
});
