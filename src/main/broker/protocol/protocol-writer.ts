import { BrokerError } from '../errors.js';

const INITIAL_CAPACITY_BYTES = 256;

/**
 * A frame grows no further: twice the largest request, so that whatever could be stored can be read, and an
 * end to small requests that ask for the same large thing a hundred thousand times.
 */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** From this size on, bytes are referenced by the frame instead of being copied into it. */
const REFERENCE_FROM_BYTES = 4096;

/**
 * Writes the primitive types of the Kafka protocol into one length-prefixed frame.
 *
 * With `flexible` (KIP-482) strings, bytes and arrays are written in their compact form and
 * {@link tags} writes an empty tagged-field section, so that one encoder serves both encodings.
 * Large record data is referenced, not copied: {@link finish} returns the pieces to write in order. A frame past
 * 64 MiB throws {@link BrokerError} `RESPONSE_TOO_LARGE`.
 */
export class ProtocolWriter {
  readonly #flexible: boolean;
  readonly #pieces: Buffer[] = [];
  #piecesBytes = 0;
  #buffer = Buffer.allocUnsafe(INITIAL_CAPACITY_BYTES);
  #length = 0;
  #pieceStart = 0;

  constructor(options: { flexible?: boolean } = {}) {
    this.#flexible = options.flexible ?? false;
    this.int32(0);
  }

  int8(value: number): this {
    this.#reserve(1);
    this.#buffer.writeInt8(value, this.#length);
    this.#length += 1;
    return this;
  }

  int16(value: number): this {
    this.#reserve(2);
    this.#buffer.writeInt16BE(value, this.#length);
    this.#length += 2;
    return this;
  }

  int32(value: number): this {
    this.#reserve(4);
    this.#buffer.writeInt32BE(value, this.#length);
    this.#length += 4;
    return this;
  }

  /** `value` is a safe integer. */
  int64(value: number): this {
    this.#reserve(8);
    const high = Math.floor(value / 2 ** 32);
    this.#buffer.writeInt32BE(high, this.#length);
    this.#buffer.writeUInt32BE(value - high * 2 ** 32, this.#length + 4);
    this.#length += 8;
    return this;
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  unsignedVarint(value: number): this {
    this.#reserve(5);
    let rest = value;
    while (rest > 0x7f) {
      this.#buffer.writeUInt8((rest & 0x7f) | 0x80, this.#length);
      this.#length += 1;
      rest >>>= 7;
    }
    this.#buffer.writeUInt8(rest, this.#length);
    this.#length += 1;
    return this;
  }

  string(value: string): this {
    return this.nullableString(value);
  }

  nullableString(value: string | null): this {
    const byteLength = value === null ? -1 : Buffer.byteLength(value, 'utf8');
    if (this.#flexible) this.unsignedVarint(byteLength + 1);
    else this.int16(byteLength);
    if (value === null) return this;
    this.#reserve(byteLength);
    this.#buffer.write(value, this.#length, 'utf8');
    this.#length += byteLength;
    return this;
  }

  bytes(value: Buffer): this {
    return this.nullableBytes(value);
  }

  nullableBytes(value: Buffer | null): this {
    return this.#byteList(value === null ? null : [value]);
  }

  /** Writes several buffers as one bytes value; they must not change until the frame is sent. */
  joinedBytes(values: readonly Buffer[]): this {
    return this.#byteList(values);
  }

  array<T>(values: readonly T[], writeElement: (writer: this, value: T) => void): this {
    return this.nullableArray(values, writeElement);
  }

  nullableArray<T>(values: readonly T[] | null, writeElement: (writer: this, value: T) => void): this {
    const count = values === null ? -1 : values.length;
    if (this.#flexible) this.unsignedVarint(count + 1);
    else this.int32(count);
    for (const value of values ?? []) writeElement(this, value);
    return this;
  }

  /** An empty section of tagged fields; writes nothing in the classic encoding. */
  tags(): this {
    return this.#flexible ? this.unsignedVarint(0) : this;
  }

  /** Ends the frame: sets its length prefix and returns the pieces to write, in order. */
  finish(): { pieces: Buffer[]; byteLength: number } {
    this.#endPiece();
    const byteLength = this.#piecesBytes;
    const first = this.#pieces[0];
    first?.writeInt32BE(byteLength - 4, 0);
    return { pieces: this.#pieces, byteLength };
  }

  #byteList(values: readonly Buffer[] | null): this {
    const byteLength = values === null ? -1 : values.reduce((sum, value) => sum + value.length, 0);
    if (this.#flexible) this.unsignedVarint(byteLength + 1);
    else this.int32(byteLength);
    for (const value of values ?? []) this.#append(value);
    return this;
  }

  #append(value: Buffer): void {
    if (value.length >= REFERENCE_FROM_BYTES) {
      this.#checkSize(value.length);
      this.#endPiece();
      this.#pieces.push(value);
      this.#piecesBytes += value.length;
      return;
    }
    this.#reserve(value.length);
    value.copy(this.#buffer, this.#length);
    this.#length += value.length;
  }

  #endPiece(): void {
    if (this.#length === this.#pieceStart) return;
    this.#pieces.push(this.#buffer.subarray(this.#pieceStart, this.#length));
    this.#piecesBytes += this.#length - this.#pieceStart;
    this.#pieceStart = this.#length;
  }

  #checkSize(extraBytes: number): void {
    if (this.#piecesBytes + (this.#length - this.#pieceStart) + extraBytes <= MAX_FRAME_BYTES) return;
    throw new BrokerError('RESPONSE_TOO_LARGE', `A response would be larger than ${MAX_FRAME_BYTES} bytes`);
  }

  #reserve(extraBytes: number): void {
    if (this.#length + extraBytes <= this.#buffer.length) return;
    this.#checkSize(extraBytes);
    // Only the piece in progress moves: ended pieces keep their old buffer.
    const pieceLength = this.#length - this.#pieceStart;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, pieceLength + extraBytes));
    this.#buffer.copy(larger, 0, this.#pieceStart, this.#length);
    this.#buffer = larger;
    this.#pieceStart = 0;
    this.#length = pieceLength;
  }
}
