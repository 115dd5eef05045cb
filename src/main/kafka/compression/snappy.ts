import { snappyCompressor, snappyUncompressor } from 'hysnappy';
import { TooLargeError } from './codec.js';

/*
 * Kafka's snappy is one raw block (librdkafka and others), or blocks in the framing of snappy-java (Java's client): a header
 * of 16 bytes, then each block behind its length (https://github.com/xerial/snappy-java, SnappyOutputStream).
 */
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const xerialHeaderBytes = 16;

// One instance for all: each has a memory of its own, which goes away when the collector finds the time.
let uncompress: ReturnType<typeof snappyUncompressor> | undefined;
let compressBlock: ReturnType<typeof snappyCompressor> | undefined;

/** @throws Error for damaged bytes, {@link TooLargeError} */
export function readSnappy(bytes: Uint8Array, maxBytes: number): Uint8Array {
  if (!xerialMagic.equals(bytes.subarray(0, xerialMagic.length))) return readBlock(bytes, maxBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const blocks: Uint8Array[] = [];
  let roomBytes = maxBytes;
  for (let at = xerialHeaderBytes; at < bytes.length; ) {
    const end = at + 4 <= bytes.length ? at + 4 + view.getInt32(at) : Number.POSITIVE_INFINITY;
    if (end <= at + 4 || end > bytes.length) throw new Error('a block ends outside of its frame');
    const block = readBlock(bytes.subarray(at + 4, end), roomBytes, maxBytes);
    blocks.push(block);
    roomBytes -= block.length;
    at = end;
  }
  return Buffer.concat(blocks);
}

/** One raw block, which every client reads. */
export function writeSnappy(bytes: Uint8Array): Uint8Array {
  compressBlock ??= snappyCompressor();
  return compressBlock(bytes);
}

function readBlock(block: Uint8Array, roomBytes: number, maxBytes = roomBytes): Uint8Array {
  const length = readLength(block);
  if (length > roomBytes) throw new TooLargeError(maxBytes);
  uncompress ??= snappyUncompressor();
  try {
    return uncompress(block, length);
  } catch (error) {
    // After a trap the instance's state is not to be relied on.
    if (error instanceof WebAssembly.RuntimeError) uncompress = undefined;
    throw error;
  }
}

/** The length that a block gives for its content, a varint at its beginning. */
function readLength(block: Uint8Array): number {
  let length = 0;
  for (let at = 0; at < 5; at += 1) {
    const byte = block[at];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return length;
  }
  throw new Error('a block without its length');
}
