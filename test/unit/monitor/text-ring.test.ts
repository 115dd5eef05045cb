import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextRing } from '../../../src/main/monitor/text-ring.js';

const chunkBytes = 64;

/** Any string of JavaScript: half of these hold characters of two bytes, lone surrogates among them. */
const texts = fc.oneof(
  fc.array(fc.nat(0xff), { maxLength: 200 }).map((codes) => String.fromCharCode(...codes)),
  fc.array(fc.nat(0xffff), { maxLength: 200 }).map((codes) => String.fromCharCode(...codes)),
);

interface Kept {
  readonly text: string;
  readonly position: number;
  readonly width: 1 | 2;
}

describe('a ring of texts', () => {
  test('gives every text back as it was, and parts of it, until it is released', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ text: texts, releases: fc.nat(2), from: fc.nat(200), length: fc.nat(200) }), {
          maxLength: 40,
        }),
        (steps) => {
          const ring = new TextRing(chunkBytes);
          let kept: Kept[] = [];
          for (const { text, releases, from, length } of steps) {
            const position = ring.end;
            const width = ring.append(text);
            expect(ring.end).toBe(position + text.length * width);
            expect(width).toBe([...text].every((character) => character <= '\xff') ? 1 : 2);
            kept.push({ text, position, width });
            kept = kept.slice(releases);
            ring.releaseBefore(kept[0]?.position ?? ring.end);
            for (const { text: expected, position: at, width: bytes } of kept) {
              expect(ring.read(at, expected.length, bytes)).toBe(expected);
              const part = expected.slice(from, from + length);
              expect(ring.read(at + Math.min(from, expected.length) * bytes, part.length, bytes)).toBe(part);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('holds no more memory than what is kept and less than three chunks', () => {
    fc.assert(
      fc.property(fc.array(texts, { maxLength: 60 }), fc.nat(5), (all, keep) => {
        const ring = new TextRing(chunkBytes);
        const starts: number[] = [];
        for (const text of all) {
          starts.push(ring.end);
          ring.append(text);
          const oldest = starts.at(-keep - 1) ?? 0;
          ring.releaseBefore(oldest);
          expect(ring.sizeBytes).toBeLessThan(ring.end - oldest + 3 * chunkBytes);
        }
      }),
    );
  });

  test('does not give what was released', () => {
    const ring = new TextRing(chunkBytes);
    for (let count = 0; count < 4; count += 1) ring.append('x'.repeat(chunkBytes));
    ring.releaseBefore(2 * chunkBytes);
    expect(() => ring.read(chunkBytes, chunkBytes, 1)).toThrow(RangeError);
    expect(ring.read(2 * chunkBytes, chunkBytes, 1)).toBe('x'.repeat(chunkBytes));
  });
});
