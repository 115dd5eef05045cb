import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FingerprintTable } from '../../../src/main/dedupe/fingerprint-table.js';
import { SeenSet } from '../../../src/main/dedupe/seen-set.js';

/** A well-mixed number for each count. */
function spread(count: number): number {
  return Math.imul(count ^ (count >>> 15), 0x2c1b_3c6d) >>> 0;
}

function add(set: SeenSet, count: number, nowMs = 0): boolean {
  return set.add(spread(count + 1), spread(count + 77_777), nowMs);
}

describe('FingerprintTable', () => {
  test('behaves as a map of fingerprints to generations, whatever is added, deleted and retired', () => {
    const half = fc.integer({ min: 1, max: 40 });
    const command = fc.oneof(
      fc.record({
        kind: fc.constant('add' as const),
        low: half,
        high: half,
        step: fc.integer({ min: 0, max: 2 }),
      }),
      fc.record({ kind: fc.constant('delete' as const), low: half, high: half }),
      fc.record({ kind: fc.constant('retire' as const), ahead: fc.integer({ min: 0, max: 2 }) }),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 400 }), (commands) => {
        const table = new FingerprintTable();
        const model = new Map<string, number>();
        let generation = 1;
        let oldest = 1;
        for (const step of commands) {
          if (step.kind === 'retire') {
            oldest = Math.min(generation, oldest + step.ahead);
            table.retireBefore(oldest);
            for (const [key, value] of model) if (value < oldest) model.delete(key);
            continue;
          }
          const key = `${step.low}/${step.high}`;
          if (step.kind === 'delete') {
            expect(table.delete(step.low, step.high)).toBe(model.get(key) ?? null);
            model.delete(key);
            continue;
          }
          generation += step.step;
          expect(table.add(step.low, step.high, generation)).toBe(!model.has(key));
          if (!model.has(key)) model.set(key, generation);
          expect(table.has(step.low, step.high)).toBe(true);
        }
      }),
    );
  });

  test('takes little memory at first', () => {
    const table = new FingerprintTable();
    expect(table.sizeBytes).toBe(0);
    table.add(1, 1, 1);
    expect(table.sizeBytes).toBeLessThan(1_000);
  });
});

describe('SeenSet', () => {
  test('knows an id for the whole retention, and not much longer', () => {
    const set = new SeenSet({ maxIds: 1_000, retentionMs: 168_000 });
    add(set, 1, 0);
    for (let nowMs = 1_000; nowMs <= 168_000; nowMs += 1_000) add(set, nowMs, nowMs);
    expect(add(set, 1, 168_000)).toBe(false);
    add(set, 2, 171_000);
    expect(add(set, 1, 171_000)).toBe(true);
  });

  test('keeps seven eighths of its room for the newest ids, and its memory within bounds, however many come', () => {
    const set = new SeenSet({ maxIds: 16_000, retentionMs: 168_000 });
    for (let count = 0; count < 100_000; count += 1) {
      add(set, count);
      if (set.size > 16_000) expect.fail(`${set.size} ids at ${count}`);
    }
    for (let count = 99_999; count > 86_000; count -= 1) if (add(set, count)) expect.fail(`forgot ${count}`);
    expect(set.sizeBytes).toBeLessThan(64 * 512 * 12 + 1);
  });

  test('does not know an id that was taken back', () => {
    const set = new SeenSet({ maxIds: 1_000, retentionMs: 168_000 });
    set.add(5, 6, 0);
    set.delete(5, 6);
    expect([set.size, set.has(5, 6), set.add(5, 6, 0)]).toEqual([0, false, true]);
  });
});
