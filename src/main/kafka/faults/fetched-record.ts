import { isUtf8 } from 'node:buffer';
import type { IHeaders } from 'kafkajs';
import { batchHeaderBytes, recordCountOf, VarIntReader } from './record-batch.js';

const attributesAt = 21;
const firstTimestampAt = 27;
const maxTimestampAt = 35;
const producerIdAt = 43;
const logAppendTimeFlag = 0x08;
const transactionalFlag = 0x10;
const controlFlag = 0x20;

/** Offsets up to here can be added as numbers: a batch has at most 2^31 of them. */
const largestPlainOffset = BigInt(Number.MAX_SAFE_INTEGER) - 2n ** 31n;

const replacement = /\ufffd/;
const noBytes = Buffer.alloc(0);
const noHeaders: IHeaders = Object.freeze({});

/** What the records of one batch have in common. */
class FetchedBatch {
  readonly bytes: Buffer;
  /** As kafkajs looks at them to pass over aborted transactions. */
  readonly context: { readonly producerId: string; readonly inTransaction: boolean };
  readonly isControl: boolean;
  readonly #firstOffset: bigint;
  readonly #plainFirstOffset: number | null;
  readonly #isLogAppendTime: boolean;

  constructor(bytes: Buffer) {
    const attributes = bytes.readInt16BE(attributesAt);
    this.bytes = bytes;
    this.context = {
      producerId: bytes.readBigInt64BE(producerIdAt).toString(),
      inTransaction: (attributes & transactionalFlag) !== 0,
    };
    this.isControl = (attributes & controlFlag) !== 0;
    this.#isLogAppendTime = (attributes & logAppendTimeFlag) !== 0;
    this.#firstOffset = bytes.readBigInt64BE(0);
    const isPlain = this.#firstOffset >= 0n && this.#firstOffset <= largestPlainOffset;
    this.#plainFirstOffset = isPlain ? Number(this.#firstOffset) : null;
  }

  offset(delta: number): string {
    return this.#plainFirstOffset === null
      ? (this.#firstOffset + BigInt(delta)).toString()
      : String(this.#plainFirstOffset + delta);
  }

  timestamp(delta: bigint): string {
    const at = this.#isLogAppendTime ? maxTimestampAt : firstTimestampAt;
    return (this.bytes.readBigInt64BE(at) + (this.#isLogAppendTime ? 0n : delta)).toString();
  }
}

/**
 * A record as kafkajs hands it to a consumer, read from the bytes of its batch when somebody asks for it: kafkajs itself
 * makes a dozen objects of each record, most of which nobody looks at.
 */
export class FetchedRecord {
  readonly offset: string;
  readonly #batch: FetchedBatch;
  readonly #start: number;
  readonly #keyAt: number;
  /** -1 for null, as on the wire. */
  readonly #keyLength: number;
  readonly #valueAt: number;
  /** Bytes; -1 for null. */
  readonly valueLength: number;
  readonly #headersAt: number;
  readonly #headerCount: number;

  /** @param reader at the record's attributes; afterwards at its headers */
  constructor(batch: FetchedBatch, reader: VarIntReader) {
    this.#batch = batch;
    this.#start = reader.at;
    reader.skip(1);
    reader.varLong();
    this.offset = batch.offset(reader.varInt());
    this.#keyLength = reader.varInt();
    this.#keyAt = reader.at;
    reader.skip(Math.max(0, this.#keyLength));
    this.valueLength = reader.varInt();
    this.#valueAt = reader.at;
    reader.skip(Math.max(0, this.valueLength));
    this.#headerCount = reader.varInt();
    this.#headersAt = reader.at;
  }

  get key(): Buffer | null {
    return this.#slice(this.#keyAt, this.#keyLength);
  }

  get value(): Buffer | null {
    return this.#slice(this.#valueAt, this.valueLength);
  }

  /** The value as text without a copy of its bytes in between; null when it is no UTF-8, or null itself. */
  get valueText(): string | null {
    if (this.valueLength < 0) return null;
    const text = this.#batch.bytes.toString('utf8', this.#valueAt, this.#valueAt + this.valueLength);
    // What cannot be decoded becomes this character, which may be in the text itself as well.
    return replacement.test(text) && !isUtf8(this.value ?? noBytes) ? null : text;
  }

  get keyText(): string | null {
    if (this.#keyLength < 0) return null;
    return this.#batch.bytes.toString('utf8', this.#keyAt, this.#keyAt + this.#keyLength);
  }

  /** Of a name that comes more than once all values in their order. */
  get headers(): IHeaders {
    if (this.#headerCount <= 0) return noHeaders;
    const reader = new VarIntReader(this.#batch.bytes, this.#headersAt);
    const headers = new Map<string, IHeaders[string]>();
    for (let index = 0; index < this.#headerCount; index += 1) {
      const name = this.#field(reader)?.toString('utf8') ?? 'null';
      // kafkajs, too, gives null, which its types leave out.
      const value = this.#field(reader) as Buffer;
      const present = headers.get(name);
      if (present === undefined) headers.set(name, value);
      else headers.set(name, Array.isArray(present) ? [...present, value] : [present as Buffer, value]);
    }
    return Object.fromEntries(headers);
  }

  /** Milliseconds since the epoch. */
  get timestamp(): string {
    return this.#batch.timestamp(new VarIntReader(this.#batch.bytes, this.#start + 1).varBigInt());
  }

  get attributes(): number {
    return this.#batch.bytes.readInt8(this.#start);
  }

  get isControlRecord(): boolean {
    return this.#batch.isControl;
  }

  get batchContext(): FetchedBatch['context'] {
    return this.#batch.context;
  }

  #field(reader: VarIntReader): Buffer | null {
    const length = reader.varInt();
    const at = reader.at;
    reader.skip(Math.max(0, length));
    return this.#slice(at, length);
  }

  #slice(at: number, length: number): Buffer | null {
    return length < 0 ? null : this.#batch.bytes.subarray(at, at + length);
  }
}

/** The records of one whole batch, which must be neither compressed nor damaged. */
export function recordsOf(bytes: Buffer): FetchedRecord[] {
  const batch = new FetchedBatch(bytes);
  const reader = new VarIntReader(bytes, batchHeaderBytes);
  const count = recordCountOf(bytes);
  const records: FetchedRecord[] = [];
  for (let index = 0; index < count; index += 1) {
    const length = reader.varInt();
    const end = reader.at + length;
    records.push(new FetchedRecord(batch, reader));
    reader.at = end;
  }
  return records;
}
