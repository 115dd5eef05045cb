import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readWholeFile, writeFileAtomically } from '../../../src/main/storage/atomic-file.js';
import { createFaultyFileSystem } from '../../support/faulty-file-system.js';

describe('an atomic file', () => {
  let directory: string;
  let path: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'resonance-atomic-'));
    path = join(directory, 'settings.json');
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('is written, replaced and read whole, and leaves nothing else behind', async () => {
    expect(await readWholeFile(path)).toBeUndefined();
    await writeFileAtomically(path, Buffer.from('a long first content'));
    await writeFileAtomically(path, Buffer.from('second'));
    expect((await readWholeFile(path))?.toString()).toBe('second');
    expect(await readdir(directory)).toEqual(['settings.json']);
  });

  it('replaces a longer temporary file that a crash left behind', async () => {
    await writeFile(`${path}.tmp`, 'x'.repeat(1000));
    await writeFileAtomically(path, Buffer.from('short'));
    expect(await readFile(path, 'utf8')).toBe('short');
  });

  it.each([
    ['open', 'EROFS', 'STORAGE_READ_ONLY'],
    ['write', 'ENOSPC', 'STORAGE_FULL'],
    ['datasync', 'EIO', 'STORAGE_SYNC_FAILED'],
    ['read', 'EIO', 'STORAGE_IO'],
    ['rename', 'EACCES', 'STORAGE_READ_ONLY'],
  ] as const)('keeps its old content when %s fails with %s', async (operation, errno, code) => {
    await writeFileAtomically(path, Buffer.from('old'));
    const fileSystem = createFaultyFileSystem();
    fileSystem.fail(operation, errno);
    await expect(writeFileAtomically(path, Buffer.from('new'), { fileSystem })).rejects.toMatchObject({
      code,
    });
    expect(await readFile(path, 'utf8')).toBe('old');
  });

  it('says so when the folder’s sync fails', async () => {
    const fileSystem = createFaultyFileSystem();
    fileSystem.fail('syncDirectory', 'EIO');
    await expect(writeFileAtomically(path, Buffer.from('new'), { fileSystem })).rejects.toMatchObject({
      code: 'STORAGE_SYNC_FAILED',
    });
  });
});
