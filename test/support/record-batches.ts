import { crc32c } from '../../src/main/storage/crc32c.js';

export interface RecordBatchInput {
  /** One record each. */
  readonly values: readonly (string | Buffer)[];
  readonly timestampMs?: number;
  /** Milliseconds between one record and the next. */
  readonly timestampStepMs?: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly attributes?: number;
}

/** A record batch v2 as an uncompressed producer sends it, written from the Kafka protocol guide alone. */
export function encodeRecordBatch(input: RecordBatchInput): Buffer {
  const { values, timestampMs = 1_700_000_000_000, timestampStepMs = 0, attributes = 0 } = input;
  const records = values.map((value, index) => {
    const bytes = Buffer.from(value);
    const body = Buffer.concat([
      Buffer.from([0]),
      varint(index * timestampStepMs),
      varint(index),
      varint(-1),
      varint(bytes.length),
      bytes,
      varint(0),
    ]);
    return Buffer.concat([varint(body.length), body]);
  });
  const header = Buffer.alloc(61);
  const batch = Buffer.concat([header, ...records]);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt32BE(-1, 12);
  batch.writeInt8(2, 16);
  batch.writeInt16BE(attributes, 21);
  batch.writeInt32BE(values.length - 1, 23);
  batch.writeBigInt64BE(BigInt(timestampMs), 27);
  batch.writeBigInt64BE(BigInt(timestampMs + Math.max(0, values.length - 1) * timestampStepMs), 35);
  batch.writeBigInt64BE(BigInt(input.producerId ?? -1), 43);
  batch.writeInt16BE(input.producerEpoch ?? -1, 51);
  batch.writeInt32BE(input.baseSequence ?? -1, 53);
  batch.writeInt32BE(values.length, 57);
  sealRecordBatch(batch);
  return batch;
}

/** Sets the CRC after a change of what it covers. */
export function sealRecordBatch(batch: Buffer): void {
  batch.writeUInt32BE(crc32c(batch, 21), 17);
}

function varint(value: number): Buffer {
  let rest = BigInt(value) < 0n ? -2n * BigInt(value) - 1n : 2n * BigInt(value);
  const bytes: number[] = [];
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
