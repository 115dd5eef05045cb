/*
 * Record batches of magic 2 as they are on the wire (KIP-98; https://kafka.apache.org/documentation/#recordbatch), as far as
 * it takes to find out whether kafkajs can read one.
 */

/** Everything before the records. */
export const batchHeaderBytes = 61;
/** What comes before the part that a batch's length counts: base offset and length. */
const lengthEnd = 12;
const magicAt = 16;
const checksumAt = 17;
const attributesAt = 21;
const lastOffsetDeltaAt = 23;
const recordCountAt = 57;
const codecMask = 7;
const controlFlag = 0x20;

/** kafkajs copies the headers that it has for each further one. */
const maxHeaders = 1_000;

/** Bytes of the batch that begins at `at`; undefined for another format, or when not all of it is there. */
export function batchLengthAt(records: Buffer, at: number): number | undefined {
  if (records.length - at < batchHeaderBytes || records.readInt8(at + magicAt) !== 2) return undefined;
  const length = lengthEnd + records.readInt32BE(at + 8);
  return length < batchHeaderBytes || at + length > records.length ? undefined : length;
}

/** How many records a whole batch says that it has. */
export function recordCountOf(batch: Buffer): number {
  return batch.readInt32BE(recordCountAt);
}

/** One whole batch. */
export class RecordBatch {
  readonly bytes: Buffer;
  readonly #checksum: (bytes: Buffer) => number;

  /** @param checksum CRC-32C */
  constructor(bytes: Buffer, checksum: (bytes: Buffer) => number) {
    this.bytes = bytes;
    this.#checksum = checksum;
  }

  /** 0 to 7: an index of the compression codecs. */
  get codec(): number {
    return this.bytes.readInt16BE(attributesAt) & codecMask;
  }

  /** Of the last record, also where that one was compacted away. */
  get lastOffsetDelta(): number {
    return Math.max(0, this.bytes.readInt32BE(lastOffsetDeltaAt));
  }

  /** As they are: compressed or not. */
  get records(): Buffer {
    return this.bytes.subarray(batchHeaderBytes);
  }

  get hasIntactChecksum(): boolean {
    return this.bytes.readUInt32BE(checksumAt) === this.#checksum(this.bytes.subarray(attributesAt));
  }

  /** The same batch with these records in place of the compressed ones. Its checksum, which kafkajs does not look at, is left. */
  withRecords(records: Uint8Array): Buffer {
    const bytes = Buffer.allocUnsafe(batchHeaderBytes + records.length);
    this.bytes.copy(bytes, 0, 0, batchHeaderBytes);
    bytes.set(records, batchHeaderBytes);
    bytes.writeInt32BE(bytes.length - lengthEnd, 8);
    bytes.writeInt16BE(this.bytes.readInt16BE(attributesAt) & ~codecMask, attributesAt);
    return bytes;
  }

  /** A batch at the same offsets with one record, the last, that has this text for a value and `header` for its only header. */
  replacedBy(text: string, header: string): Buffer {
    const value = Buffer.from(text);
    const name = Buffer.from(header);
    const body = Buffer.concat([
      // Attributes, timestamp delta; offset delta; no key; value; one header without a value.
      Buffer.from([0, 0]),
      varInt(this.lastOffsetDelta),
      varInt(-1),
      varInt(value.length),
      value,
      varInt(1),
      varInt(name.length),
      name,
      varInt(-1),
    ]);
    const bytes = this.withRecords(Buffer.concat([varInt(body.length), body]));
    bytes.writeInt32BE(1, recordCountAt);
    // Control records are never shown.
    bytes.writeInt16BE(bytes.readInt16BE(attributesAt) & ~controlFlag, attributesAt);
    return bytes;
  }

  /** `offset 7` or `3 records at offsets 7 to 9`. */
  describe(): string {
    const first = this.bytes.readBigInt64BE(0);
    if (this.lastOffsetDelta === 0) return `offset ${first}`;
    return `${recordCountOf(this.bytes)} records at offsets ${first} to ${first + BigInt(this.lastOffsetDelta)}`;
  }
}

/**
 * What keeps kafkajs from reading these records, null when nothing does. kafkajs believes every length that it reads.
 *
 * @param start where the first record begins
 */
export function faultOfRecords(
  bytes: Uint8Array,
  start: number,
  count: number,
  lastOffsetDelta: number,
): string | null {
  if (count < 0) return `there are ${count} records`;
  const reader = new VarIntReader(bytes, start);
  let previousDelta = -1;
  for (let record = 1; record <= count; record += 1) {
    const length = reader.varInt();
    const end = reader.at + length;
    if (length < 0 || !(end <= bytes.length)) return `record ${record} of ${count} reaches beyond the batch`;
    reader.skip(1);
    reader.varLong();
    const delta = reader.varInt();
    if (delta <= previousDelta || delta > lastOffsetDelta)
      return `record ${record} of ${count} has an offset outside of the batch`;
    previousDelta = delta;
    // Key, value.
    reader.skipBytes();
    reader.skipBytes();
    const headers = reader.varInt();
    if (headers > maxHeaders) return `a record has ${headers} headers, at most ${maxHeaders} are read`;
    if (headers < -1) return `record ${record} of ${count} is malformed`;
    for (let header = 0; header < headers; header += 1) {
      reader.skipBytes();
      reader.skipBytes();
    }
    if (reader.at !== end) return `record ${record} of ${count} is malformed`;
  }
  return reader.at === bytes.length ? null : 'there are more bytes than records';
}

/** Steps over fields; after one that cannot be read it is beyond any end. */
export class VarIntReader {
  at: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  skip(length: number): void {
    this.at += length;
  }

  /** A length, -1 for null, and so many bytes. */
  skipBytes(): void {
    const length = this.varInt();
    if (length < -1) this.at = Number.POSITIVE_INFINITY;
    else if (length > 0) this.at += length;
  }

  varInt(): number {
    let result = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes[this.at] ?? 0;
      this.at += 1;
      result |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (result >>> 1) ^ -(result & 1);
    }
    this.at = Number.POSITIVE_INFINITY;
    return 0;
  }

  /** What it says does not matter. */
  varLong(): void {
    for (let read = 0; read < 10; read += 1) {
      const byte = this.#bytes[this.at] ?? 0;
      this.at += 1;
      if (byte < 0x80) return;
    }
    this.at = Number.POSITIVE_INFINITY;
  }

  /** A long, of at most ten bytes. */
  varBigInt(): bigint {
    let result = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.at] ?? 0;
      this.at += 1;
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return BigInt.asIntN(64, (result >> 1n) ^ -(result & 1n));
  }
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
