import { CompressionCodecs } from 'kafkajs';

/** Codec numbers of a batch's attributes (KIP-98, KIP-110); 5 to 7 are not given to any codec yet. */
const codecNames: Readonly<Record<number, string>> = {
  1: 'gzip',
  2: 'snappy',
  3: 'lz4',
  4: 'zstd',
  5: 'unknown',
  6: 'unknown',
  7: 'unknown',
};

interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(bytes: Buffer): Promise<Buffer>;
}

/** More records than a batch of a broker's default largest size holds. */
const mostRecords = 131_072;

let isMended = false;

/**
 * A batch that kafkajs can't decompress makes its whole fetch throw, again and again at the same offset: the consumer
 * never gets past it. Its records are replaced by stand-ins at their own offsets whose value says what they were, so
 * that each is rejected and counted like any other bad record, and reading goes on.
 *
 * Known deviation: kafkajs looks at no checksum, so a batch that decompresses to nonsense is not recognised here.
 * Applied once a process.
 */
export function replaceUndecodableBatches(): void {
  if (isMended) return;
  isMended = true;
  const codecs = CompressionCodecs as unknown as Record<number, (() => Codec) | undefined>;
  for (const [attribute, name] of Object.entries(codecNames)) {
    codecs[Number(attribute)] = guarded(name, codecs[Number(attribute)]);
  }
}

function guarded(name: string, original: (() => Codec) | undefined): () => Codec {
  let standIns: Buffer | undefined;
  return () => ({
    // Asked for a codec that it does not have, a producer is told so.
    compress: (encoder) => (original ?? missing(name))().compress(encoder),
    async decompress(bytes) {
      try {
        return await (original ?? missing(name))().decompress(bytes);
      } catch {
        // The reason is in the stand-ins: which codec it was.
        standIns ??= standInRecords(`a batch that cannot be decompressed (${name})`);
        return standIns;
      }
    },
  });
}

function missing(name: string): () => Codec {
  return () => {
    throw new Error(`${name} compression is not supported`);
  };
}

/** Records of the batch format (magic 2) at the offsets 0, 1, 2, ... of their batch, without a key. */
export function standInRecords(text: string, count = mostRecords): Buffer {
  const value = Buffer.from(text);
  const valueLength = varInt(value.length);
  const parts: Buffer[] = [];
  for (let delta = 0; delta < count; delta += 1) {
    // Attributes, timestamp delta; offset delta; no key; value; no headers.
    const body = [Buffer.from([0, 0]), varInt(delta), varInt(-1), valueLength, value, varInt(0)];
    const length = body.reduce((sum, part) => sum + part.length, 0);
    parts.push(varInt(length), ...body);
  }
  return Buffer.concat(parts);
}

/** Zigzag variable-length integer, as in Protocol Buffers. */
function varInt(value: number): Buffer {
  const bytes: number[] = [];
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}
