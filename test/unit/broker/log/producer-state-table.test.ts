import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProducerStateTable } from '../../../../src/main/broker/log/producer-state-table.js';
import {
  type RecordBatchHeader,
  readRecordBatchHeader,
} from '../../../../src/main/broker/records/record-batch.js';
import { buildRecordBatch } from '../../../support/broker/record-batch-builder.js';

function header(baseSequence: number, count = 1, producerId = 1, producerEpoch = 0): RecordBatchHeader {
  const values = Array.from({ length: count }, () => '');
  return readRecordBatchHeader(buildRecordBatch(values, { producerId, producerEpoch, baseSequence }));
}

function append(table: ProducerStateTable, batch: RecordBatchHeader, offset: number): void {
  expect(table.check(batch)).toBeUndefined();
  table.stage(batch, offset);
  table.commit();
}

describe('what a partition remembers of its producers', () => {
  it('recognises the last five batches of a producer, and refuses older ones', () => {
    const table = new ProducerStateTable();
    for (let sequence = 0; sequence < 14; sequence += 2) append(table, header(sequence, 2), 100 + sequence);
    for (let sequence = 4; sequence < 14; sequence += 2) {
      expect(table.check(header(sequence, 2))).toMatchObject({
        baseOffset: 100 + sequence,
        lastOffset: 101 + sequence,
      });
    }
    expect(() => table.check(header(2, 2))).toThrow('sequence number 2 where 14 was expected');
    expect(() => table.check(header(4, 1))).toThrow('sequence number 4');
    expect(() => table.check(header(15))).toThrow('sequence number 15');
  });

  it('goes on at 0 after the largest sequence number, also within a batch', () => {
    const largest = 0x7fff_ffff;
    const table = new ProducerStateTable();
    append(table, header(largest - 1, 1), 0);
    append(table, header(largest, 3), 1);
    expect(table.check(header(largest, 3))).toMatchObject({ baseOffset: 1 });
    append(table, header(2), 4);
    const atTheEnd = new ProducerStateTable();
    append(atTheEnd, header(largest), 0);
    append(atTheEnd, header(0), 1);
  });

  it('takes any first sequence number of a producer that it does not know', () => {
    append(new ProducerStateTable(), header(1_000), 0);
  });

  it('sees staged batches, and forgets them when they are rolled back', () => {
    const table = new ProducerStateTable();
    append(table, header(0), 0);
    table.stage(header(1), 1);
    expect(table.check(header(1))).toMatchObject({ baseOffset: 1 });
    expect(table.check(header(2))).toBeUndefined();
    table.rollBack();
    expect(table.check(header(1))).toBeUndefined();
    expect(() => table.check(header(2))).toThrow('where 1 was expected');
  });

  it('is the same after a snapshot was restored, and keeps to its bound', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 3 })), { maxLength: 60 }),
        (appends) => {
          const table = new ProducerStateTable(10);
          const next = new Map<number, number>();
          for (const [offset, [producerId, count]] of appends.entries()) {
            const sequence = next.get(producerId) ?? 0;
            table.stage(header(sequence, count, producerId), offset);
            table.commit();
            next.set(producerId, sequence + count);
          }
          expect(table.size).toBeLessThanOrEqual(10);
          const restored = new ProducerStateTable(10);
          restored.restore(table.snapshot());
          expect(restored.snapshot()).toEqual(table.snapshot());
          const last = appends.at(-1);
          if (last) {
            const [producerId, count] = last;
            const sequence = (next.get(producerId) ?? 0) - count;
            expect(restored.check(header(sequence, count, producerId))).toMatchObject({
              baseOffset: appends.length - 1,
            });
          }
        },
      ),
    );
  });
});
