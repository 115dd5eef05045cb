import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FilePool } from '../../../src/main/storage/file-pool.js';
import { readFully, writeFully } from '../../../src/main/storage/file-system.js';
import { createFaultyFileSystem } from '../../support/faulty-file-system.js';

describe('a file pool', () => {
  let directory: string;
  const paths: string[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'resonance-pool-'));
    paths.length = 0;
    for (let index = 0; index < 10; index++) {
      const path = join(directory, String(index));
      await writeFile(path, `file ${index}`);
      paths.push(path);
    }
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('keeps the most recently used files open, and no more than it may', async () => {
    const fileSystem = createFaultyFileSystem();
    const pool = new FilePool({ fileSystem, maxIdleFiles: 3 });
    const read = (path: string): Promise<string> =>
      pool.with(path, 'read', async (file) => (await readFully(file, 0, 100)).toString());
    expect(await Promise.all(paths.map(read))).toEqual(paths.map((_, index) => `file ${index}`));
    expect(pool.openFiles).toBe(3);
    expect(fileSystem.calls('close')).toBe(7);
    // Reads at the same time end in any order: only what is read one after the other has an order of use.
    for (const path of paths.slice(-3)) await read(path);
    const opens = fileSystem.calls('open');
    await read(paths[9] ?? '');
    expect(fileSystem.calls('open')).toBe(opens);
    await read(paths[0] ?? '');
    expect(fileSystem.calls('open')).toBe(opens + 1);
    await pool.close();
    expect(pool.openFiles).toBe(0);
    expect(fileSystem.openFiles).toBe(0);
  });

  it('closes a file that is evicted while it is in use only when its user is done', async () => {
    const pool = new FilePool();
    const [path = ''] = paths;
    await pool.with(path, 'modify', async (file) => {
      await pool.evict(path);
      await writeFully(file, 0, Buffer.from('FILE'));
    });
    expect(await readFile(path, 'utf8')).toBe('FILE 0');
    expect(pool.openFiles).toBe(0);
  });

  it('forgets a file that could not be opened', async () => {
    const pool = new FilePool();
    const path = join(directory, 'later');
    await expect(pool.with(path, 'read', async () => undefined)).rejects.toThrow('ENOENT');
    await writeFile(path, 'now');
    expect(await pool.with(path, 'read', async (file) => (await readFully(file, 0, 9)).toString())).toBe(
      'now',
    );
    await pool.close();
  });
});
