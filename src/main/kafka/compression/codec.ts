import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';

/** How the records of a batch are compressed, at the index that the batch's attributes give it (KIP-98, KIP-110). */
export const compressionCodecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type CompressionCodec = (typeof compressionCodecs)[number];

/** What a batch holds is more than its reader wants to keep in memory. */
export class TooLargeError extends Error {
  constructor(maxBytes: number) {
    super(`more than ${maxBytes} bytes when decompressed`);
  }
}

const gunzipBytes = promisify(gunzip);
const gzipBytes = promisify<Uint8Array, object, Buffer>(gzip);

/**
 * The records of a batch as they were before they were compressed. Readers of the codecs are loaded when the first batch
 * asks for them.
 *
 * @throws Error when the bytes are damaged or the codec is unknown; {@link TooLargeError} before it has used much more memory
 */
export async function decompress(
  codec: CompressionCodec | undefined,
  bytes: Uint8Array,
  maxBytes: number,
): Promise<Uint8Array> {
  switch (codec) {
    case 'none':
      return bytes;
    case 'gzip':
      return gunzipWithin(bytes, maxBytes);
    case 'snappy':
      return (await import('./snappy.js')).readSnappy(bytes, maxBytes);
    case 'lz4':
      return (await import('./lz4-frame.js')).readLz4Frames(bytes, maxBytes);
    case 'zstd':
      return (await import('./zstd.js')).readZstd(bytes, maxBytes);
    default:
      throw new Error('a codec that is not known');
  }
}

/** Compresses records for sending; lz4 and zstd can only be read. */
export async function compress(codec: 'gzip' | 'snappy', bytes: Uint8Array): Promise<Uint8Array> {
  if (codec === 'snappy') return (await import('./snappy.js')).writeSnappy(bytes);
  return gzipBytes(bytes, { level: constants.Z_DEFAULT_COMPRESSION });
}

async function gunzipWithin(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  try {
    return await gunzipBytes(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
      throw new TooLargeError(maxBytes);
    throw error;
  }
}
