import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCheckedJson, encodeCheckedJson } from '../../../src/main/storage/checked-json.js';

describe('checked JSON', () => {
  it('is read as it was written, and so is the plain JSON of before', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        const plain = JSON.parse(JSON.stringify(value));
        expect(decodeCheckedJson(encodeCheckedJson(value))).toEqual(plain);
        expect(decodeCheckedJson(Buffer.from(JSON.stringify(value)))).toEqual(plain);
      }),
    );
  });

  it('is not believed with any bit flipped', () => {
    const whole = encodeCheckedJson({ name: 'resonance.inbound', partitions: 3, retentionMs: 604_800_000 });
    for (let bit = 0; bit < whole.length * 8; bit += 1) {
      const flipped = Buffer.from(whole);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => decodeCheckedJson(flipped), `bit ${bit}`).toThrow('not what was written');
    }
  });

  it('is not believed cut short within the JSON, nor empty', () => {
    const whole = encodeCheckedJson({ startSequence: 42 });
    const json = whole.length - '\ncrc32c:00000000\n'.length;
    for (let length = 0; length < json; length += 1) {
      expect(() => decodeCheckedJson(whole.subarray(0, length)), `${length}`).toThrow('not what was written');
    }
  });
});
