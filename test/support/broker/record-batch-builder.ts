import { crc32c } from '../../../src/main/storage/crc32c.js';

interface BatchOptions {
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly transactional?: boolean;
  /** Other bits of the attributes, e.g. a compression. */
  readonly attributes?: number;
  /** Of the first record; default now. */
  readonly timestampMs?: number;
  /** From one record to the next; default 0. */
  readonly timestampStepMs?: number;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value < 0 ? -value * 2 - 1 : value * 2;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

/** One uncompressed record batch (magic 2) with these values and without keys. */
export function buildRecordBatch(values: readonly (string | Buffer)[], options: BatchOptions = {}): Buffer {
  const { timestampMs = Date.now(), timestampStepMs = 0 } = options;
  const records = values.map((text, index) => {
    const value = Buffer.from(text);
    const content = Buffer.concat([
      Buffer.from([0]),
      varint(index * timestampStepMs),
      varint(index),
      varint(-1),
      varint(value.length),
      value,
      varint(0),
    ]);
    return Buffer.concat([varint(content.length), content]);
  });
  const body = Buffer.concat(records);
  const header = Buffer.alloc(61);
  header.writeInt32BE(49 + body.length, 8);
  header.writeInt32BE(-1, 12);
  header.writeInt8(2, 16);
  header.writeInt16BE((options.attributes ?? 0) | (options.transactional ? 0x10 : 0), 21);
  header.writeInt32BE(values.length - 1, 23);
  header.writeBigInt64BE(BigInt(timestampMs), 27);
  header.writeBigInt64BE(BigInt(timestampMs + (values.length - 1) * timestampStepMs), 35);
  header.writeBigInt64BE(BigInt(options.producerId ?? -1), 43);
  header.writeInt16BE(options.producerEpoch ?? -1, 51);
  header.writeInt32BE(options.baseSequence ?? -1, 53);
  header.writeInt32BE(values.length, 57);
  const batch = Buffer.concat([header, body]);
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}
