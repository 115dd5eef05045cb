import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changesOf,
  type PartitionOffsets,
  planReset,
  planUndo,
} from '../../../src/main/kafka/group-offset-plan.js';
import type { OffsetTarget } from '../../../src/shared/consumer-groups.js';

function partition(overrides: Partial<PartitionOffsets> = {}): PartitionOffsets {
  return {
    topic: 'inbound',
    partition: 0,
    lowOffset: '100',
    highWatermark: '200',
    committedOffset: '150',
    ...overrides,
  };
}

function planned(target: OffsetTarget, overrides: Partial<PartitionOffsets> = {}) {
  const [row] = planReset([partition(overrides)], target);
  return { before: row?.before, after: row?.after, note: row?.note };
}

describe('the plan of a reset', () => {
  it.each<[OffsetTarget, string, string | null]>([
    [{ kind: 'earliest' }, '100', null],
    [{ kind: 'latest' }, '200', null],
    [{ kind: 'shift', by: -20 }, '130', null],
    [{ kind: 'shift', by: 20 }, '170', null],
    [{ kind: 'offset', offset: '160' }, '160', null],
    [{ kind: 'shift', by: -51 }, '100', 'raised-to-low'],
    [{ kind: 'shift', by: 51 }, '200', 'lowered-to-high'],
    [{ kind: 'offset', offset: '0' }, '100', 'raised-to-low'],
    [{ kind: 'offset', offset: '999999999999999999' }, '200', 'lowered-to-high'],
  ])('takes 150 of 100 to 200 with %j to %s', (target, after, note) => {
    expect(planned(target)).toEqual({ before: '150', after, note });
  });

  it('takes a time to the record that was found, and to the end where none was', () => {
    const target: OffsetTarget = { kind: 'time', atMs: 0 };
    const rows = planReset(
      [partition(), partition({ partition: 1 })],
      target,
      new Map([
        ['inbound/0', '120'],
        ['inbound/1', null],
      ]),
    );
    expect(rows.map(({ after, note }) => [after, note])).toEqual([
      ['120', null],
      ['200', 'no-later-record'],
    ]);
  });

  it('shifts nothing where nothing is committed, and sets the rest', () => {
    const none = { committedOffset: null };
    expect(planned({ kind: 'shift', by: 1 }, none)).toEqual({
      before: null,
      after: null,
      note: 'nothing-committed',
    });
    expect(planned({ kind: 'earliest' }, none)).toEqual({ before: null, after: '100', note: null });
  });

  it('keeps offsets exact that no number can hold', () => {
    const far = { lowOffset: '9007199254740993', highWatermark: '9007199254740999' };
    expect(planned({ kind: 'shift', by: 1 }, { ...far, committedOffset: '9007199254740994' })).toMatchObject({
      after: '9007199254740995',
    });
  });

  it('never leaves what the partition holds, and never loses a partition', () => {
    const offset = fc.bigInt({ min: 0n, max: 10_000n });
    const target = fc.oneof(
      fc.constant({ kind: 'earliest' } as const),
      fc.constant({ kind: 'latest' } as const),
      fc.record({ kind: fc.constant('shift' as const), by: fc.integer({ min: -20_000, max: 20_000 }) }),
      fc.record({ kind: fc.constant('offset' as const), offset: offset.map(String) }),
    );
    const any = fc.record({ low: offset, count: offset, committed: fc.option(offset) });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 5 }), target, (parts, to) => {
        const partitions = parts.map(({ low, count, committed }, index) =>
          partition({
            partition: index,
            lowOffset: String(low),
            highWatermark: String(low + count),
            committedOffset: committed === null ? null : String(committed),
          }),
        );
        const rows = planReset(partitions, to);
        expect(rows.map((row) => row.partition)).toEqual(parts.map((_, index) => index));
        for (const { after, lowOffset, highWatermark, note } of rows) {
          if (note === 'nothing-committed') continue;
          const value = BigInt(after ?? '-1');
          expect(value >= BigInt(lowOffset) && value <= BigInt(highWatermark)).toBe(true);
        }
      }),
    );
  });
});

describe('the plan of an undo', () => {
  it('gives back what was there, as far as the partition still holds it', () => {
    const rows = planUndo(
      [partition(), partition({ partition: 1 })],
      new Map([
        ['inbound/0', '140'],
        ['inbound/1', '20'],
      ]),
      true,
    );
    expect(rows.map(({ after, note }) => [after, note])).toEqual([
      ['140', null],
      ['100', 'raised-to-low'],
    ]);
  });

  it('forgets what was not committed before, and says so where the broker cannot', () => {
    const restored = new Map([['inbound/0', null]]);
    expect(planUndo([partition()], restored, true)[0]).toMatchObject({ after: null, note: null });
    const [kept] = planUndo([partition()], restored, false);
    expect(kept).toMatchObject({ after: '150', note: 'cannot-forget' });
    expect(changesOf(kept === undefined ? [] : [kept])).toEqual([]);
  });

  it('undoes any reset, as long as the records are there', () => {
    const offset = fc.bigInt({ min: 100n, max: 200n }).map(String);
    fc.assert(
      fc.property(fc.option(offset), offset, (committed, to) => {
        const before = partition({ committedOffset: committed });
        const [reset] = planReset([before], { kind: 'offset', offset: to });
        const after = { ...before, committedOffset: reset?.after ?? null };
        const [undone] = planUndo([after], new Map([['inbound/0', before.committedOffset]]), true);
        expect(undone?.after).toBe(before.committedOffset);
      }),
    );
  });
});
