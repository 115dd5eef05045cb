import { BrokerError } from '../errors.js';

/**
 * Elements that all arrays of one request may have together. A request of this many is far past
 * what one workstation needs (a Metadata request for every partition allowed has a tenth of it),
 * and it bounds what a hostile count can make us allocate to a few megabytes.
 */
const MAX_ARRAY_ELEMENTS_PER_REQUEST = 100_000;

/**
 * Reads the primitive types of the Kafka protocol (https://kafka.apache.org/protocol#protocol_types).
 *
 * Every length and count is checked against what remains of the frame before anything is read or
 * allocated; a violation throws {@link BrokerError} `MALFORMED_REQUEST`. With `flexible` (KIP-482)
 * strings, bytes and arrays are read in their compact form and {@link skipTags} skips tagged
 * fields, so that one decoder serves both encodings.
 */
export class ProtocolReader {
  readonly #buffer: Buffer;
  readonly #flexible: boolean;
  #offset: number;
  #elementsLeft = MAX_ARRAY_ELEMENTS_PER_REQUEST;

  constructor(buffer: Buffer, options: { flexible?: boolean; offset?: number } = {}) {
    this.#buffer = buffer;
    this.#flexible = options.flexible ?? false;
    this.#offset = options.offset ?? 0;
  }

  /** Bytes not yet read. */
  get remaining(): number {
    return this.#buffer.length - this.#offset;
  }

  /** Where the next read starts. */
  get offset(): number {
    return this.#offset;
  }

  int8(): number {
    return this.#buffer.readInt8(this.#take(1, 'int8'));
  }

  int16(): number {
    return this.#buffer.readInt16BE(this.#take(2, 'int16'));
  }

  int32(): number {
    return this.#buffer.readInt32BE(this.#take(4, 'int32'));
  }

  /**
   * As a number: exact up to 2^53, nearest beyond. What the protocol counts in 64 bits (offsets,
   * milliseconds, producer ids) stays below; a handler that stores a value checks that it is safe.
   */
  int64(): number {
    const start = this.#take(8, 'int64');
    return this.#buffer.readInt32BE(start) * 2 ** 32 + this.#buffer.readUInt32BE(start + 4);
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  /** Base-128 unsigned integer of at most 32 bits. */
  unsignedVarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#buffer.readUInt8(this.#take(1, 'varint'));
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) {
        if (value > 0xffff_ffff) throw malformed('a varint does not fit 32 bits');
        return value;
      }
    }
    throw malformed('a varint is longer than five bytes');
  }

  string(): string {
    const value = this.nullableString();
    if (value === null) throw malformed('a string that must not be null is null');
    return value;
  }

  nullableString(): string | null {
    const length = this.#flexible ? this.unsignedVarint() - 1 : this.int16();
    if (length === -1) return null;
    const start = this.#take(length, 'string');
    return this.#buffer.toString('utf8', start, start + length);
  }

  bytes(): Buffer {
    const value = this.nullableBytes();
    if (value === null) throw malformed('bytes that must not be null are null');
    return value;
  }

  /** A view into the frame, not a copy: whoever keeps it past the request must copy it. */
  nullableBytes(): Buffer | null {
    const length = this.#flexible ? this.unsignedVarint() - 1 : this.int32();
    if (length === -1) return null;
    const start = this.#take(length, 'bytes');
    return this.#buffer.subarray(start, start + length);
  }

  array<T>(readElement: (reader: this) => T): T[] {
    const value = this.nullableArray(readElement);
    if (value === null) throw malformed('an array that must not be null is null');
    return value;
  }

  nullableArray<T>(readElement: (reader: this) => T): T[] | null {
    const count = this.#flexible ? this.unsignedVarint() - 1 : this.int32();
    if (count === -1) return null;
    // Every element takes at least one byte, so a larger count is a lie.
    if (count < 0 || count > this.remaining) {
      throw malformed(`an array of ${count} elements in ${this.remaining} remaining bytes`);
    }
    this.#elementsLeft -= count;
    if (this.#elementsLeft < 0) {
      throw malformed(`more than ${MAX_ARRAY_ELEMENTS_PER_REQUEST} array elements in one request`);
    }
    const elements: T[] = [];
    for (let index = 0; index < count; index += 1) elements.push(readElement(this));
    return elements;
  }

  /** Skips the tagged fields at the end of a structure; does nothing in the classic encoding. */
  skipTags(): void {
    if (!this.#flexible) return;
    const count = this.unsignedVarint();
    for (let index = 0; index < count; index += 1) {
      this.unsignedVarint();
      this.#take(this.unsignedVarint(), 'tagged field');
    }
  }

  #take(length: number, what: string): number {
    if (length < 0 || length > this.remaining) {
      throw malformed(`${what} of ${length} bytes, ${this.remaining} remain`);
    }
    const start = this.#offset;
    this.#offset += length;
    return start;
  }
}

function malformed(detail: string): BrokerError {
  return new BrokerError('MALFORMED_REQUEST', `Malformed request: ${detail}`);
}
