import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../../scripts/lib/build.mjs';

describe('the digest that tells whether a build is stale', () => {
  let root = '';
  const digest = () => digestOf(root, ['src', 'config.ts', 'absent']);

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'digest-'));
    await mkdir(join(root, 'src', 'deep'), { recursive: true });
    await writeFile(join(root, 'src', 'deep', 'a.ts'), 'a');
    await writeFile(join(root, 'config.ts'), 'config');
  });

  afterEach(async () => {
    await rm(root, { recursive: true, force: true });
  });

  test('stays the same when only a time changes', async () => {
    const before = await digest();
    await utimes(join(root, 'src', 'deep', 'a.ts'), 1, 1);
    expect(await digest()).toBe(before);
  });

  test('changes with content, names, and added files', async () => {
    const digests = [await digest()];
    await writeFile(join(root, 'src', 'deep', 'a.ts'), 'b');
    digests.push(await digest());
    await rename(join(root, 'src', 'deep', 'a.ts'), join(root, 'src', 'deep', 'b.ts'));
    digests.push(await digest());
    await writeFile(join(root, 'src', 'new.ts'), '');
    digests.push(await digest());
    await writeFile(join(root, 'config.ts'), 'changed');
    digests.push(await digest());
    expect(new Set(digests).size).toBe(digests.length);
  });

  test('ignores what the build does not read', async () => {
    const before = await digest();
    await writeFile(join(root, 'README.md'), 'text');
    expect(await digest()).toBe(before);
  });
});
