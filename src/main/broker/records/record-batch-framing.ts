import type { RecordFraming } from '../../storage/record-framing.js';
import { hasValidCrc, RECORD_BATCH_HEADER_BYTES, RECORD_BATCH_PREFIX_BYTES } from './record-batch.js';

/** Largest batch that `max.message.bytes` can allow: 64 MiB. A longer length field is damage. */
export const MAX_RECORD_BATCH_BYTES = 64 * 1024 * 1024;

/** The leader epoch that every stored batch carries: a single node never elects another leader. */
export const LEADER_EPOCH = 0;

/**
 * Record batches v2 as the records of an append log; the sequence numbers are the offsets. The checksum does not cover the first
 * 21 bytes; of those the length is guarded by the checksum ending where it says, the base offset by
 * following its predecessor, leader epoch and magic by having one value only.
 */
export const recordBatchFraming: RecordFraming = {
  headerBytes: RECORD_BATCH_HEADER_BYTES,
  measure(buffer, at) {
    if (buffer[at + 16] !== 2) return 0;
    const size = RECORD_BATCH_PREFIX_BYTES + buffer.readInt32BE(at + 8);
    return size >= RECORD_BATCH_HEADER_BYTES && size <= MAX_RECORD_BATCH_BYTES ? size : 0;
  },
  firstSequence: (buffer, at) => buffer.readInt32BE(at) * 0x1_0000_0000 + buffer.readUInt32BE(at + 4),
  nextSequence(buffer, at) {
    return recordBatchFraming.firstSequence(buffer, at) + buffer.readInt32BE(at + 23) + 1;
  },
  timestampMs: (buffer, at) => buffer.readInt32BE(at + 35) * 0x1_0000_0000 + buffer.readUInt32BE(at + 39),
  isIntact: (buffer, at, size) =>
    buffer.readInt32BE(at + 12) === LEADER_EPOCH && hasValidCrc(buffer, at, size),
};
