import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RotatingLogFile } from '../../../src/main/app/rotating-log-file.js';

describe('the log on disk', () => {
  let directory = '';
  const content = (name: string): Promise<string> => readFile(join(directory, 'logs', name), 'utf8');

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'rotating-log-'));
  });

  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  test('keeps lines in order, across runs', async () => {
    for (const run of ['first', 'second']) {
      const file = new RotatingLogFile(join(directory, 'logs', 'resonance.log'));
      for (let line = 0; line < 100; line += 1) file.write(`${run} ${line}\n`);
      await file.flush();
      expect(file.writableLength).toBe(0);
    }
    const lines = (await content('resonance.log')).trimEnd().split('\n');
    expect(lines).toHaveLength(200);
    expect([lines[0], lines[99], lines[100], lines[199]]).toEqual([
      'first 0',
      'first 99',
      'second 0',
      'second 99',
    ]);
  });

  test('holds two files of the given size at most', async () => {
    const file = new RotatingLogFile(join(directory, 'logs', 'resonance.log'), 1_000);
    for (let line = 0; line < 100; line += 1) {
      file.write(`${String(line).padStart(99, '.')}\n`);
      await file.flush();
    }
    expect((await readdir(join(directory, 'logs'))).sort()).toEqual(['resonance.log', 'resonance.log.1']);
    expect(await content('resonance.log')).toHaveLength(1_000);
    expect(await content('resonance.log.1')).toHaveLength(1_000);
    expect(await content('resonance.log')).toMatch(/99\n$/);
    expect(file.lostLines).toBe(0);
  });

  test('counts what the disk does not take, and stops nothing', async () => {
    await writeFile(join(directory, 'logs'), 'a file where the folder should be');
    const file = new RotatingLogFile(join(directory, 'logs', 'resonance.log'));
    file.write('one\n');
    await file.flush();
    file.write('two\n');
    file.write('three\n');
    await file.flush();
    expect(file.lostLines).toBe(3);
  });
});
