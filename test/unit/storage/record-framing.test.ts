import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  framedPayloads,
  frameRecord,
  MAX_FRAMED_PAYLOAD_BYTES,
  simpleFraming,
} from '../../../src/main/storage/record-framing.js';

const payload = fc.uint8Array({ maxLength: 100 });
const sequence = fc.maxSafeNat();

describe('the simple framing', () => {
  it('gives back payloads and sequence numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(sequence, payload), { maxLength: 10 }), (records) => {
        const bytes = Buffer.concat(records.map(([number, content]) => frameRecord(number, content)));
        const read = [...framedPayloads(bytes)].map((record) => [
          record.sequence,
          new Uint8Array(record.payload),
        ]);
        expect(read).toEqual(records.map(([number, content]) => [number, new Uint8Array(content)]));
      }),
    );
  });

  it('notices any flipped bit of a record that is followed by others', () => {
    fc.assert(
      fc.property(sequence, payload, fc.nat(), (number, content, bit) => {
        const record = frameRecord(number, content);
        const flippedBit = bit % (record.length * 8);
        const bytes = Buffer.concat([record, Buffer.alloc(300)]);
        bytes.writeUInt8(bytes.readUInt8(flippedBit >> 3) ^ (1 << (flippedBit & 7)), flippedBit >> 3);
        const size = simpleFraming.measure(bytes, 0);
        const fits = size > 0 && size <= bytes.length;
        expect(fits && simpleFraming.isIntact(bytes, 0, size)).toBe(false);
      }),
    );
  });

  it('takes no record for one that its length field can’t mean, and no zeros for a record', () => {
    const header = Buffer.alloc(simpleFraming.headerBytes);
    expect(simpleFraming.isIntact(header, 0, simpleFraming.measure(header, 0))).toBe(false);
    header.writeUInt32LE(MAX_FRAMED_PAYLOAD_BYTES + 1, 0);
    expect(simpleFraming.measure(header, 0)).toBe(0);
    expect(() => frameRecord(0, new Uint8Array(MAX_FRAMED_PAYLOAD_BYTES + 1))).toThrow(RangeError);
  });
});
