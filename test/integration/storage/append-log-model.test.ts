import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppendLog } from '../../../src/main/storage/append-log.js';
import { framedPayloads, frameRecord, simpleFraming } from '../../../src/main/storage/record-framing.js';
import { createFaultyFileSystem } from '../../support/faulty-file-system.js';

type Step =
  | { readonly kind: 'append'; readonly sizes: readonly number[] }
  | {
      readonly kind: 'fail';
      readonly operation: FailingOperation;
      readonly times: number;
      readonly partial: number;
    }
  | { readonly kind: 'heal' | 'restart' | 'crash' | 'roll' }
  | { readonly kind: 'discard'; readonly share: number };

const failingOperations = [
  'open',
  'write',
  'datasync',
  'truncate',
  'rename',
  'syncDirectory',
  'remove',
  'read',
] as const;
type FailingOperation = (typeof failingOperations)[number];

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      sizes: fc.array(fc.nat(150), { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('fail' as const),
      operation: fc.constantFrom(...failingOperations),
      times: fc.integer({ min: 1, max: 3 }),
      partial: fc.nat(60),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('heal', 'restart', 'crash', 'roll') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('discard' as const), share: fc.nat(100) }) },
);

/** What a process killed now would leave. An index may be written meanwhile: its temporary file comes and goes. */
async function copyFolder(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) {
    if (!name.endsWith('.tmp')) await copyFile(join(from, name), join(to, name));
  }
}

describe('an append log, through any run of appends, failures, crashes and restarts', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'resonance-model-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('keeps what it acknowledged, at its sequence number, and shows nothing else as acknowledged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const faulty = createFaultyFileSystem();
        const acknowledged = new Map<number, string>();
        const refused = new Set<string>();
        let discardedBefore = 0;
        let folder = await mkdtemp(join(directory, 'run-'));
        let value = 0;

        const open = (): Promise<AppendLog> =>
          AppendLog.open({
            directory: folder,
            framing: simpleFraming,
            fileSystem: faulty,
            segmentBytes: 400,
            checkpointBytes: 300,
          });

        const append = async (log: AppendLog, size: number): Promise<void> => {
          const text = `${value++}:${'x'.repeat(size)}`;
          try {
            const sequence = await log.append(text.length, (next) => ({
              chunks: [frameRecord(next, Buffer.from(text))],
              nextSequence: next + 1,
              maxTimestampMs: -1,
              result: next,
            }));
            expect(acknowledged.has(sequence), 'a sequence number is given once').toBe(false);
            acknowledged.set(sequence, text);
          } catch {
            refused.add(text);
          }
        };

        const check = async (log: AppendLog, mayHoldRefused: boolean): Promise<void> => {
          const stored = new Map<number, string>();
          for (let next = log.startSequence; ; ) {
            const run = await log.read(next, 10_000);
            for (const { sequence, payload } of framedPayloads(run.bytes))
              stored.set(sequence, payload.toString());
            if (run.bytes.length === 0) break;
            next = run.nextSequence;
          }
          for (const [sequence, text] of acknowledged) {
            if (sequence >= discardedBefore) expect(stored.get(sequence)).toBe(text);
          }
          for (const [sequence, text] of stored) {
            expect(sequence).toBeGreaterThanOrEqual(discardedBefore);
            if (acknowledged.get(sequence) === text) continue;
            expect(mayHoldRefused && refused.has(text), `${text} at ${sequence}`).toBe(true);
            // From now on it is part of the log, as any reader sees it.
            acknowledged.set(sequence, text);
          }
        };

        let log = await open();
        for (const current of steps) {
          if (current.kind === 'append') {
            await Promise.all(current.sizes.map((size) => append(log, size)));
          } else if (current.kind === 'fail') {
            faulty.partialWriteBytes = current.partial;
            faulty.fail(current.operation, 'EIO', current.times);
          } else if (current.kind === 'heal') {
            faulty.heal();
            await check(log, false);
          } else if (current.kind === 'roll') {
            await log.roll().catch(() => undefined);
          } else if (current.kind === 'discard') {
            const before = Math.floor((log.nextSequence * current.share) / 100);
            // Refused, it may still have reached the disk: what it was to discard need not be there.
            await log.discardBefore(before).catch(() => undefined);
            discardedBefore = Math.max(discardedBefore, before);
            if (log.startSequence < before) {
              faulty.heal();
              await log.discardBefore(before);
            }
          } else {
            faulty.heal();
            const copy = await mkdtemp(join(directory, 'run-'));
            if (current.kind === 'crash') await copyFolder(folder, copy);
            await log.close();
            if (current.kind === 'crash') folder = copy;
            log = await open();
            await check(log, true);
          }
        }
        faulty.heal();
        await append(log, 10);
        await check(log, false);
        await log.close();
        log = await open();
        await check(log, false);
        await log.close();
      }),
      { numRuns: 40 },
    );
  });
});
