import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CompressionCodec,
  compress,
  decompress,
  TooLargeError,
} from '../../../../src/main/kafka/compression/codec.js';
import { beats, compressedBeats, xerialFrame } from '../../../support/kafka/compressed-beats.js';

const text = beats();
const amplyBytes = 1_048_576;

/** The same text in every form that clients send it in. */
const forms: readonly (readonly [string, CompressionCodec, () => Promise<Uint8Array>])[] = [
  ['gzip', 'gzip', async () => gzipSync(text)],
  ['gzip as this node sends it', 'gzip', () => compress('gzip', text)],
  ['one raw snappy block', 'snappy', () => compress('snappy', text)],
  [
    'snappy blocks in the framing of Java',
    'snappy',
    async () =>
      xerialFrame([
        await compress('snappy', text.subarray(0, 32_768)),
        await compress('snappy', text.subarray(32_768)),
      ]),
  ],
  ['linked LZ4 blocks with a content size', 'lz4', async () => compressedBeats('beats.linked-blocks.lz4')],
  ['independent LZ4 blocks with checksums', 'lz4', async () => compressedBeats('beats.block-checksums.lz4')],
  ['one large LZ4 block', 'lz4', async () => compressedBeats('beats.one-block.lz4')],
  [
    'two LZ4 frames with a skippable one between',
    'lz4',
    async () => {
      const frame = compressedBeats('beats.one-block.lz4');
      return Buffer.concat([frame, Buffer.from([0x53, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2]), emptyLz4Frame]);
    },
  ],
  ['a zstd frame that gives its size', 'zstd', async () => compressedBeats('beats.sized.zst')],
  ['a zstd frame that was streamed', 'zstd', async () => compressedBeats('beats.streamed.zst')],
];
const emptyLz4Frame = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, 0, 0, 0, 0]);

describe.each(forms)('%s', (_, codec, create) => {
  it('is read', async () => {
    const content = await decompress(codec, await create(), amplyBytes);
    expect(Buffer.compare(content, text)).toBe(0);
  });

  it('is refused when it holds one byte more than there may be', async () => {
    await expect(decompress(codec, await create(), text.length - 1)).rejects.toThrow(
      /more than 139999 bytes/,
    );
    await expect(decompress(codec, await create(), text.length)).resolves.toBeDefined();
  });

  it('is refused or read within the bound when bits are flipped', async () => {
    const original = await create();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(original.length - 1), fc.nat(7)), { minLength: 1, maxLength: 4 }),
        async (flips) => {
          const damaged = Buffer.from(original);
          for (const [at, bit] of flips) damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << bit), at);
          const content = await decompress(codec, damaged, amplyBytes).catch((error: unknown) => error);
          if (content instanceof Uint8Array) expect(content.length).toBeLessThanOrEqual(amplyBytes);
          else expect(content).toBeInstanceOf(Error);
        },
      ),
      { numRuns: 200 },
    );
    // What was damaged before does no harm to what comes after it.
    expect(Buffer.compare(await decompress(codec, original, amplyBytes), text)).toBe(0);
  });

  it('is refused, or read as far as it goes, when it is cut anywhere', async () => {
    const original = await create();
    await fc.assert(
      fc.asyncProperty(fc.nat(original.length - 1), async (length) => {
        const content = await decompress(codec, original.subarray(0, length), amplyBytes).catch(() => null);
        // All of the text where what was cut off is a frame without any.
        if (content !== null) expect(Buffer.compare(content, text.subarray(0, content.length))).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});

describe('decompressing', () => {
  it('ends on a snappy literal whose length wraps around', async () => {
    const hostile = Buffer.from([10, 63 << 2, 0xf0, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    await expect(decompress('snappy', hostile, amplyBytes)).rejects.toThrow();
  });

  it('refuses a bomb of each codec before it has grown', async () => {
    const bomb = Buffer.alloc(32 * 1_048_576);
    await expect(decompress('gzip', gzipSync(bomb), amplyBytes)).rejects.toThrow(TooLargeError);
    await expect(decompress('snappy', await compress('snappy', bomb), amplyBytes)).rejects.toThrow(
      TooLargeError,
    );
    // Each of these blocks of 4 KiB says that it holds 1 MiB.
    const block = Buffer.concat([
      Buffer.from([0x1f, 0, 1, 0]),
      Buffer.alloc(4_108, 255),
      Buffer.from([0, 0]),
    ]);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(block.length);
    const frame = Buffer.concat([
      emptyLz4Frame.subarray(0, 5),
      Buffer.from([0x70, 0]),
      ...Array.from({ length: 64 }, () => [size, block]).flat(),
      Buffer.alloc(4),
    ]);
    await expect(decompress('lz4', frame, amplyBytes)).rejects.toThrow(TooLargeError);
  });

  it('refuses what no codec is known for', async () => {
    await expect(decompress(undefined, text, amplyBytes)).rejects.toThrow('not known');
  });
});
