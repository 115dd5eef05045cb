import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  baseSequenceOf,
  decodeSegmentIndex,
  encodeSegmentIndex,
  type SegmentIndex,
} from '../../../src/main/storage/segment-index.js';

const number = fc.maxSafeNat();
const index: fc.Arbitrary<SegmentIndex> = fc.record({
  coveredBytes: number,
  nextSequence: number,
  entries: fc.array(fc.record({ sequence: number, position: number, maxTimestampMs: fc.maxSafeInteger() })),
  damage: fc.array(
    fc.record({ fromPosition: number, toPosition: number, fromSequence: number, toSequence: number }),
  ),
});

describe('a segment’s index', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(index, (written) => {
        expect(decodeSegmentIndex(encodeSegmentIndex(written))).toEqual(written);
      }),
    );
  });

  it('is not believed with any bit flipped, nor cut short', () => {
    fc.assert(
      fc.property(index, fc.nat(), (written, position) => {
        const bytes = encodeSegmentIndex(written);
        expect(decodeSegmentIndex(bytes.subarray(0, position % bytes.length))).toBeUndefined();
        const bit = position % (bytes.length * 8);
        bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(decodeSegmentIndex(bytes)).toBeUndefined();
      }),
    );
  });

  it('belongs to a segment that is named after its first sequence number', () => {
    expect(baseSequenceOf('0000000000000042.log')).toBe(42);
    for (const name of ['42.log', '0000000000000042.index', '0000000000000042.log.damaged', 'x']) {
      expect(baseSequenceOf(name)).toBeUndefined();
    }
  });
});
