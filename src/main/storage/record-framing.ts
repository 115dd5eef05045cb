import { crc32c } from './crc32c.js';

/**
 * How records lie in the segments of an append log. A record covers one or more consecutive sequence numbers and tells
 * its first one, so that a file that is not where it belongs is noticed.
 */
export interface RecordFraming {
  /** Bytes at the start of a record that `measure`, `firstSequence`, `nextSequence` and `timestampMs` look at. */
  readonly headerBytes: number;
  /** Size of the whole record that begins at `at`, or 0 when none can begin like this. Cheap: it is asked byte by byte after damage. */
  measure(buffer: Buffer, at: number): number;
  firstSequence(buffer: Buffer, at: number): number;
  /** One past the last sequence number that the record covers. */
  nextSequence(buffer: Buffer, at: number): number;
  /** Milliseconds since 1970, or -1. */
  timestampMs(buffer: Buffer, at: number): number;
  /** Whether the whole record is as it was written (a checksum). */
  isIntact(buffer: Buffer, at: number, size: number): boolean;
}

/** Largest payload of the simple framing: 64 MiB. A longer length field is damage. */
export const MAX_FRAMED_PAYLOAD_BYTES = 64 * 1024 * 1024;

const LENGTH_AT = 0;
const CRC_AT = 4;
const SEQUENCE_AT = 8;
const PAYLOAD_AT = 16;

/**
 * The ready-made framing: payload length (u32), CRC-32C of everything after it (u32), sequence number (u64), payload;
 * little-endian. The length is guarded by the checksum ending where the length says.
 */
export const simpleFraming: RecordFraming = {
  headerBytes: PAYLOAD_AT,
  measure(buffer, at) {
    const length = buffer.readUInt32LE(at + LENGTH_AT);
    return length <= MAX_FRAMED_PAYLOAD_BYTES ? PAYLOAD_AT + length : 0;
  },
  firstSequence: (buffer, at) => Number(buffer.readBigUInt64LE(at + SEQUENCE_AT)),
  nextSequence: (buffer, at) => Number(buffer.readBigUInt64LE(at + SEQUENCE_AT)) + 1,
  timestampMs: () => -1,
  isIntact: (buffer, at, size) =>
    buffer.readUInt32LE(at + CRC_AT) === crc32c(buffer, at + SEQUENCE_AT, at + size),
};

/** A record of the simple framing. */
export function frameRecord(sequence: number, payload: Uint8Array): Buffer {
  if (payload.length > MAX_FRAMED_PAYLOAD_BYTES) {
    throw new RangeError(`A record holds at most ${MAX_FRAMED_PAYLOAD_BYTES} bytes, not ${payload.length}`);
  }
  const record = Buffer.allocUnsafe(PAYLOAD_AT + payload.length);
  record.writeUInt32LE(payload.length, LENGTH_AT);
  record.writeBigUInt64LE(BigInt(sequence), SEQUENCE_AT);
  record.set(payload, PAYLOAD_AT);
  record.writeUInt32LE(crc32c(record, SEQUENCE_AT), CRC_AT);
  return record;
}

/** The payloads of a run of whole intact records, with their sequence numbers. Views, not copies. */
export function* framedPayloads(records: Buffer): Generator<{ sequence: number; payload: Buffer }> {
  for (let at = 0; at < records.length; ) {
    const size = simpleFraming.measure(records, at);
    yield {
      sequence: simpleFraming.firstSequence(records, at),
      payload: records.subarray(at + PAYLOAD_AT, at + size),
    };
    at += size;
  }
}
