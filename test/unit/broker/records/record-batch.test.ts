import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findRecordAtOrAfter,
  findRecordBatchProblem,
  placeRecordBatch,
  readRecordBatchHeader,
  recordBatchHeaders,
} from '../../../../src/main/broker/records/record-batch.js';
import { recordBatchFraming } from '../../../../src/main/broker/records/record-batch-framing.js';
import { crc32c } from '../../../../src/main/storage/crc32c.js';
import { buildRecordBatch } from '../../../support/broker/record-batch-builder.js';

const values = fc.array(fc.string({ maxLength: 200 }), { minLength: 1, maxLength: 20 });
const CRC_COVERS_FROM = 21;

/** A copy in which the CRC fits again after a change. */
function changed(batch: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(batch);
  change(copy);
  copy.writeUInt32BE(crc32c(copy, CRC_COVERS_FROM), 17);
  return copy;
}

describe('a record batch', () => {
  it('has nothing wrong with it as a producer builds it, and tells its header', () => {
    fc.assert(
      fc.property(
        values,
        fc.maxSafeNat(),
        fc.nat(0x7fff),
        fc.nat(0x7fff_ffff),
        (texts, producerId, producerEpoch, baseSequence) => {
          const batch = buildRecordBatch(texts, {
            producerId,
            producerEpoch,
            baseSequence,
            timestampMs: 1_000,
            timestampStepMs: 10,
          });
          expect(findRecordBatchProblem(batch)).toBeUndefined();
          expect(readRecordBatchHeader(batch)).toMatchObject({
            sizeBytes: batch.length,
            magic: 2,
            compression: 'none',
            timestampType: 'CreateTime',
            isTransactional: false,
            isControl: false,
            lastOffsetDelta: texts.length - 1,
            recordCount: texts.length,
            baseTimestampMs: 1_000,
            maxTimestampMs: 1_000 + (texts.length - 1) * 10,
            producerId,
            producerEpoch,
            baseSequence,
          });
        },
      ),
    );
  });

  it('is refused with any bit flipped in what the CRC covers, or cut anywhere', () => {
    fc.assert(
      fc.property(values, fc.nat(), (texts, position) => {
        const batch = buildRecordBatch(texts);
        expect(findRecordBatchProblem(batch.subarray(0, position % batch.length))?.code).toBe(
          'CORRUPT_MESSAGE',
        );
        const bit = CRC_COVERS_FROM * 8 + (position % ((batch.length - CRC_COVERS_FROM) * 8));
        batch.writeUInt8(batch.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(findRecordBatchProblem(batch)?.code).toBe('CORRUPT_MESSAGE');
      }),
    );
  });

  it('never throws and is never accepted when it is noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(findRecordBatchProblem(Buffer.from(bytes))).toBeDefined();
      }),
    );
  });

  it.each([
    ['magic 0', (copy: Buffer) => copy.writeInt8(0, 16), 'UNSUPPORTED_FOR_MESSAGE_FORMAT'],
    ['magic 1', (copy: Buffer) => copy.writeInt8(1, 16), 'UNSUPPORTED_FOR_MESSAGE_FORMAT'],
    ['magic 3', (copy: Buffer) => copy.writeInt8(3, 16), 'CORRUPT_MESSAGE'],
    ['a length below the header’s', (copy: Buffer) => copy.writeInt32BE(48, 8), 'CORRUPT_MESSAGE'],
    ['a negative length', (copy: Buffer) => copy.writeInt32BE(-5, 8), 'CORRUPT_MESSAGE'],
    ['a control bit', (copy: Buffer) => copy.writeInt16BE(0x20, 21), 'INVALID_RECORD'],
    ['an unknown compression', (copy: Buffer) => copy.writeInt16BE(7, 21), 'INVALID_RECORD'],
    ['no records', (copy: Buffer) => copy.writeInt32BE(0, 57), 'INVALID_RECORD'],
    ['a wrong last offset', (copy: Buffer) => copy.writeInt32BE(5, 23), 'INVALID_RECORD'],
    [
      'more records than it says',
      (copy: Buffer) => {
        copy.writeInt32BE(0, 23);
        copy.writeInt32BE(1, 57);
      },
      'INVALID_RECORD',
    ],
    ['a producer id beyond 2^53', (copy: Buffer) => copy.writeBigInt64BE(2n ** 60n, 43), 'INVALID_RECORD'],
    ['a timestamp beyond 2^53', (copy: Buffer) => copy.writeBigInt64BE(2n ** 62n, 35), 'INVALID_RECORD'],
    ['a record longer than the batch', (copy: Buffer) => copy.writeUInt8(0x7e, 61), 'INVALID_RECORD'],
  ])('is refused with %s', (_, change, code) => {
    const batch = changed(buildRecordBatch(['one', 'two']), change);
    expect(findRecordBatchProblem(batch)?.code).toBe(code);
  });

  it('takes its place in the log without a change to its CRC', () => {
    fc.assert(
      fc.property(
        values,
        fc.nat(Number.MAX_SAFE_INTEGER - 1_000),
        fc.nat(100),
        (texts, baseOffset, before) => {
          const batch = buildRecordBatch(texts);
          const buffer = Buffer.concat([Buffer.alloc(before), batch]);
          placeRecordBatch(buffer, before, baseOffset, 0);
          expect(findRecordBatchProblem(buffer, before)).toBeUndefined();
          expect(readRecordBatchHeader(buffer, before)).toMatchObject({
            baseOffset,
            partitionLeaderEpoch: 0,
          });
          expect(recordBatchFraming.firstSequence(buffer, before)).toBe(baseOffset);
          expect(recordBatchFraming.nextSequence(buffer, before)).toBe(baseOffset + texts.length);
          expect(recordBatchFraming.measure(buffer, before)).toBe(batch.length);
          expect(recordBatchFraming.isIntact(buffer, before, batch.length)).toBe(true);
        },
      ),
    );
  });

  it('tells the record at a time, and each batch of several', () => {
    const first = buildRecordBatch(['a', 'b', 'c'], { timestampMs: 100, timestampStepMs: 10 });
    const second = buildRecordBatch(['d'], { timestampMs: 200, attributes: 2 });
    placeRecordBatch(first, 0, 40, 0);
    const both = Buffer.concat([first, second]);
    expect([...recordBatchHeaders(both)].map(({ at, header }) => [at, header.compression])).toEqual([
      [0, 'none'],
      [first.length, 'snappy'],
    ]);
    expect(findRecordAtOrAfter(both, 0, 101)).toEqual({ offset: 41, timestampMs: 110 });
    expect(findRecordAtOrAfter(both, 0, 121)).toBeUndefined();
    expect(findRecordAtOrAfter(both, first.length, 0)).toBeUndefined();
  });
});
