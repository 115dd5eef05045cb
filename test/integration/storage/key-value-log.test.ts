import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyValueLog } from '../../../src/main/storage/key-value-log.js';
import { createFaultyFileSystem } from '../../support/faulty-file-system.js';

describe('a key-value log', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'resonance-key-value-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('holds after any writes, deletions and reopenings what a map would hold', async () => {
    const write = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.option(fc.integer())), {
      minLength: 1,
      maxLength: 5,
    });
    const steps = fc.array(fc.oneof({ arbitrary: write, weight: 6 }, fc.constant('reopen' as const)), {
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const options = { directory: await mkdtemp(join(directory, 'run-')), compactAboveBytes: 100 };
        const model = new Map<string, number>();
        let log = await KeyValueLog.open<number>(options);
        for (const step of sequence) {
          if (step === 'reopen') {
            await log.close();
            log = await KeyValueLog.open<number>(options);
          } else {
            await log.write(step);
            for (const [key, value] of step) {
              if (value === null) model.delete(key);
              else model.set(key, value);
            }
          }
          expect(new Map(log.entries())).toEqual(model);
        }
        await log.close();
      }),
      { numRuns: 20 },
    );
  });

  it('keeps the order of concurrent writes to one key, also while it compacts', async () => {
    let log = await KeyValueLog.open<number>({ directory, compactAboveBytes: 500 });
    for (let round = 0; round < 20; round++) {
      await Promise.all(Array.from({ length: 20 }, (_, index) => log.write([['key', round * 20 + index]])));
    }
    expect(log.get('key')).toBe(399);
    await log.close();
    expect(log.sizeBytes).toBeLessThan(2_000);
    log = await KeyValueLog.open<number>({ directory });
    expect([...log.entries()]).toEqual([['key', 399]]);
    await log.close();
  });

  it('changes nothing when a write is refused', async () => {
    const fileSystem = createFaultyFileSystem();
    const log = await KeyValueLog.open<number>({ directory, fileSystem });
    await log.write([['key', 1]]);
    fileSystem.fail('write', 'ENOSPC', 1);
    await expect(log.write([['key', 2]])).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(log.get('key')).toBe(1);
    await log.write([['other', 3]]);
    await log.close();
    const again = await KeyValueLog.open<number>({ directory });
    expect(new Map(again.entries())).toEqual(
      new Map([
        ['key', 1],
        ['other', 3],
      ]),
    );
    await again.close();
  });
});
