import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c } from '../../../src/main/storage/crc32c.js';

/** Bit by bit, straight from the definition. */
function bitwiseCrc32c(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) {
    remainder ^= byte;
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0x82f63b78 : 0);
  }
  return ~remainder >>> 0;
}

describe('crc32c', () => {
  it.each([
    ['nothing', Buffer.alloc(0), 0],
    ['the check value', Buffer.from('123456789'), 0xe3069283],
    ['32 zeros (RFC 3720, B.4)', Buffer.alloc(32), 0x8a9136aa],
    ['32 ones (RFC 3720, B.4)', Buffer.alloc(32, 0xff), 0x62a8ab43],
    [
      '32 rising bytes (RFC 3720, B.4)',
      Buffer.from(Array.from({ length: 32 }, (_, index) => index)),
      0x46dd794e,
    ],
  ])('knows the checksum of %s', (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  it('agrees with the definition for any bytes at any position', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(40), fc.nat(40), (bytes, before, after) => {
        const within = Buffer.concat([Buffer.alloc(before, 0xaa), bytes, Buffer.alloc(after, 0x55)]);
        expect(crc32c(within, before, before + bytes.length)).toBe(bitwiseCrc32c(bytes));
      }),
    );
  });

  it('can be continued', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.uint8Array({ maxLength: 100 }), (first, second) => {
        const whole = Buffer.concat([first, second]);
        expect(crc32c(second, 0, second.length, crc32c(first))).toBe(crc32c(whole));
      }),
    );
  });

  it('refuses a range outside the bytes', () => {
    expect(() => crc32c(Buffer.alloc(4), 0, 5)).toThrow(RangeError);
    expect(() => crc32c(Buffer.alloc(4), -1, 2)).toThrow(RangeError);
    expect(() => crc32c(Buffer.alloc(4), 3, 2)).toThrow(RangeError);
  });
});
