import { TooLargeError } from './codec.js';

/*
 * The LZ4 frame format as Kafka has it (KIP-57; https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and
 * lz4_Block_format.md), written for input that nobody vouches for: every length is checked before it is used.
 *
 * Known deviation: the checksums of header, blocks and content are passed over. Old Kafka clients got the header's wrong
 * (KIP-57), and the batch around it has a checksum of its own.
 */
const frameMagic = 0x184d2204;
const skippableMagic = 0x184d2a50;
const minMatch = 4;

/** @throws Error for damaged bytes, {@link TooLargeError} */
export function readLz4Frames(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const input = new Input(bytes);
  const output = new Output(maxBytes, bytes.length);
  while (!input.isAtEnd) readFrame(input, output);
  return output.written();
}

function readFrame(input: Input, output: Output): void {
  const magic = input.uint32();
  if ((magic & ~0xf) >>> 0 === skippableMagic) {
    input.skip(input.uint32());
    return;
  }
  if (magic !== frameMagic) throw new Error('it does not begin as an LZ4 frame does');
  const flags = input.uint8();
  if (flags >>> 6 !== 1) throw new Error(`version ${flags >>> 6} of the LZ4 frame is not known`);
  if ((flags & 0x01) !== 0) throw new Error('it wants a dictionary');
  const hasIndependentBlocks = (flags & 0x20) !== 0;
  const blockChecksumBytes = (flags & 0x10) === 0 ? 0 : 4;
  const contentSizeBytes = (flags & 0x08) === 0 ? 0 : 8;
  const contentChecksumBytes = (flags & 0x04) === 0 ? 0 : 4;
  const sizeCode = (input.uint8() >>> 4) & 7;
  if (sizeCode < 4) throw new Error('its block size is not one of those that there are');
  const maxBlockBytes = 2 ** (8 + 2 * sizeCode);
  input.skip(contentSizeBytes + 1);
  const frameStart = output.length;
  for (;;) {
    const size = input.uint32();
    if (size === 0) break;
    const block = input.take(size & 0x7fffffff);
    if (block.length > maxBlockBytes) throw new Error('a block is larger than its frame allows');
    output.reserve(maxBlockBytes);
    if (size > 0x7fffffff) output.append(block, 0, block.length);
    else readBlock(block, output, hasIndependentBlocks ? output.length : frameStart);
    input.skip(blockChecksumBytes);
  }
  input.skip(contentChecksumBytes);
}

/** @param floor where the content begins that matches may refer to */
function readBlock(block: Uint8Array, output: Output, floor: number): void {
  let at = 0;
  const byte = (): number => {
    const value = block[at];
    if (value === undefined) throw new Error('a block ends in the middle of a sequence');
    at += 1;
    return value;
  };
  const longLength = (nibble: number): number => {
    let length = nibble;
    if (nibble !== 15) return length;
    let more: number;
    do {
      more = byte();
      length += more;
    } while (more === 255);
    return length;
  };
  while (at < block.length) {
    const token = byte();
    const literals = longLength(token >>> 4);
    if (at + literals > block.length) throw new Error('literals reach beyond their block');
    output.append(block, at, at + literals);
    at += literals;
    // The last sequence has literals alone.
    if (at === block.length) return;
    const distance = byte() | (byte() << 8);
    if (distance === 0 || output.length - distance < floor)
      throw new Error('a match begins before its block');
    output.repeat(distance, longLength(token & 15) + minMatch);
  }
}

class Input {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  uint8(): number {
    return this.#view.getUint8(this.#step(1));
  }

  uint32(): number {
    return this.#view.getUint32(this.#step(4), true);
  }

  take(length: number): Uint8Array {
    const start = this.#step(length);
    return this.#bytes.subarray(start, start + length);
  }

  skip(length: number): void {
    this.#step(length);
  }

  #step(length: number): number {
    const start = this.#at;
    if (start + length > this.#bytes.length) throw new Error('it ends too early');
    this.#at = start + length;
    return start;
  }
}

/** Content so far; grows by doubling, never above its bound. */
class Output {
  readonly #maxBytes: number;
  #bytes: Uint8Array;
  #length = 0;
  /** No block may write beyond. */
  #end = 0;

  constructor(maxBytes: number, compressedBytes: number) {
    this.#maxBytes = maxBytes;
    this.#bytes = new Uint8Array(Math.min(maxBytes, compressedBytes * 4));
  }

  get length(): number {
    return this.#length;
  }

  /** Room for the next block. */
  reserve(length: number): void {
    this.#end = this.#length + length;
  }

  append(source: Uint8Array, start: number, end: number): void {
    this.#grow(end - start);
    this.#bytes.set(source.subarray(start, end), this.#length);
    this.#length += end - start;
  }

  /** The last `distance` bytes, again and again, up to `length`. */
  repeat(distance: number, length: number): void {
    this.#grow(length);
    const start = this.#length;
    const end = start + length;
    if (distance >= length) this.#bytes.copyWithin(start, start - distance, end - distance);
    else if (distance === 1) this.#bytes.fill(this.#bytes[start - 1] ?? 0, start, end);
    else for (let at = start; at < end; at += 1) this.#bytes[at] = this.#bytes[at - distance] ?? 0;
    this.#length = end;
  }

  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(length: number): void {
    const needed = this.#length + length;
    if (needed > this.#end) throw new Error('a block holds more than its frame allows');
    if (needed > this.#maxBytes) throw new TooLargeError(this.#maxBytes);
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.min(this.#maxBytes, Math.max(needed, this.#bytes.length * 2)));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
