import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DirectoryLock } from '../../../src/main/storage/directory-lock.js';
import { nodeProcessProbe } from '../../../src/main/storage/process-probe.js';
import { type BundledProgram, bundleProgram, firstLine } from '../../support/typescript-process.js';

describe('a directory lock', () => {
  let program: BundledProgram;
  let directory: string;

  beforeAll(async () => {
    program = await bundleProgram('storage/locking-child.ts');
  });
  afterAll(() => program.close());

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'resonance-lock-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('lets one process in, names it to the next, and dies with it on kill -9', async () => {
    const holder = program.start([directory]);
    expect(await firstLine(holder)).toBe(`locked by ${holder.child.pid}`);
    await expect(DirectoryLock.acquire(directory)).rejects.toMatchObject({
      code: 'STORAGE_LOCKED',
      message: `${directory} is in use by process ${holder.child.pid}`,
    });

    holder.child.kill('SIGKILL');
    await holder.ended;
    const dead: number[] = [];
    const lock = await DirectoryLock.acquire(directory, { onTakeOver: (pid) => dead.push(pid) });
    expect(dead).toEqual([holder.child.pid]);
    const refused = program.start([directory]);
    expect(await firstLine(refused)).toBe(`${directory} is in use by process ${process.pid}`);
    await refused.ended;
    await lock.release();
  });

  it('lets exactly one of many processes take over from a dead one', async () => {
    const dead = program.start([directory]);
    await firstLine(dead);
    dead.child.kill('SIGKILL');
    await dead.ended;
    const rivals = Array.from({ length: 6 }, () => program.start([directory]));
    const lines = await Promise.all(rivals.map(firstLine));
    const winner = lines.find((line) => line.startsWith('locked by'))?.replace('locked by ', '');
    expect(lines.filter((line) => line.startsWith('locked by'))).toHaveLength(1);
    expect(lines.filter((line) => line.endsWith(`is in use by process ${winner}`))).toHaveLength(5);
  });

  it('is given up by release, leaves nothing else behind, and does not let the same process in twice', async () => {
    const lock = await DirectoryLock.acquire(directory);
    await expect(DirectoryLock.acquire(directory)).rejects.toThrow('in use by this process already');
    await lock.release();
    await lock.release();
    const again = await DirectoryLock.acquire(directory);
    await again.release();
    expect(await readdir(directory)).toEqual(['lock.2']);
  });

  it('is not held by a later process that was given the same pid, nor by a damaged file', async () => {
    const lateName = JSON.stringify({ pid: process.pid, startedAt: 'an earlier boot/1' });
    for (const content of [lateName, '{"pid":', '[]', 'null']) {
      await rm(directory, { recursive: true, force: true });
      const first = await DirectoryLock.acquire(directory);
      await writeFile(join(directory, 'lock.1'), content);
      const second = await DirectoryLock.acquire(directory);
      await second.release();
      await first.release();
    }
  });

  it('knows processes that run from those that do not', async () => {
    expect(await nodeProcessProbe.startTime(process.pid)).toBe(await nodeProcessProbe.startTime(process.pid));
    expect(await nodeProcessProbe.startTime(process.pid)).not.toBe(await nodeProcessProbe.startTime(1));
    expect(await nodeProcessProbe.startTime(2 ** 22 + 1)).toBeUndefined();
  });
});
