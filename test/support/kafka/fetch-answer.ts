import { ProtocolWriter } from '../../../src/main/broker/protocol/protocol-writer.js';
import { crc32c } from '../../../src/main/storage/crc32c.js';

const headerBytes = 61;

/** A batch with other (compressed) records, of codec `codec`, its length and checksum right. */
export function withRecords(batch: Buffer, codec: number, records: Uint8Array): Buffer {
  const changed = Buffer.concat([batch.subarray(0, headerBytes), records]);
  changed.writeInt32BE(changed.length - 12, 8);
  changed.writeInt16BE((batch.readInt16BE(21) & ~7) | codec, 21);
  return withChecksum(changed);
}

/** A batch at another base offset. */
export function atOffset(batch: Buffer, offset: number): Buffer {
  const moved = Buffer.from(batch);
  moved.writeBigInt64BE(BigInt(offset));
  return moved;
}

/** A changed batch with the checksum of what it is now. */
export function withChecksum(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}

export function recordsOf(batch: Buffer): Buffer {
  return batch.subarray(headerBytes);
}

export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly records: Buffer;
}

/** The body of an answer to Fetch, versions 4 to 11, one topic for each partition. */
export function fetchAnswer(version: number, partitions: readonly FetchedPartition[]): Buffer {
  const writer = new ProtocolWriter();
  writer.int32(0);
  if (version >= 7) writer.int16(0).int32(0);
  writer.array(partitions, (topics, { topic, partition, records }) => {
    topics.string(topic).array([records], (fields) => {
      fields.int32(partition).int16(0).int64(1_000).int64(1_000);
      if (version >= 5) fields.int64(0);
      fields.array([{ producerId: 7, firstOffset: 900 }], (aborted, { producerId, firstOffset }) => {
        aborted.int64(producerId).int64(firstOffset);
      });
      if (version >= 11) fields.int32(-1);
      fields.bytes(records);
    });
  });
  // Without the length before it.
  return Buffer.concat(writer.finish().pieces).subarray(4);
}
