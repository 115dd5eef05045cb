/** Bytes before the records of a batch v2. Source: Kafka protocol guide, "Record Batch". */
export const RECORD_BATCH_HEADER_BYTES = 61;
/** Bytes that `batchLength` does not count: base offset and batchLength itself. */
export const RECORD_BATCH_PREFIX_BYTES = 12;

export type RecordBatchCompression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd' | 'unknown';

/** A record batch's header (magic 2). */
export interface RecordBatchHeader {
  readonly baseOffset: number;
  /** The whole batch, prefix included. */
  readonly sizeBytes: number;
  readonly partitionLeaderEpoch: number;
  readonly magic: number;
  readonly crc: number;
  readonly attributes: number;
  readonly compression: RecordBatchCompression;
  readonly timestampType: 'CreateTime' | 'LogAppendTime';
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly lastOffsetDelta: number;
  readonly baseTimestampMs: number;
  readonly maxTimestampMs: number;
  /** -1 when the producer is not idempotent. */
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly recordCount: number;
}

const COMPRESSIONS: readonly RecordBatchCompression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
const LOG_APPEND_TIME_BIT = 0x08;
const TRANSACTIONAL_BIT = 0x10;
const CONTROL_BIT = 0x20;

/**
 * Reads the header at `at` without judging it: `buffer` must hold 61 bytes from there. Int64 fields beyond 2^53 lose
 * precision; `validateRecordBatch` refuses such batches.
 */
export function readRecordBatchHeader(buffer: Buffer, at = 0): RecordBatchHeader {
  const attributes = buffer.readInt16BE(at + 21);
  return {
    baseOffset: Number(buffer.readBigInt64BE(at)),
    sizeBytes: RECORD_BATCH_PREFIX_BYTES + buffer.readInt32BE(at + 8),
    partitionLeaderEpoch: buffer.readInt32BE(at + 12),
    magic: buffer.readInt8(at + 16),
    crc: buffer.readUInt32BE(at + 17),
    attributes,
    compression: COMPRESSIONS[attributes & 0x07] ?? 'unknown',
    timestampType: attributes & LOG_APPEND_TIME_BIT ? 'LogAppendTime' : 'CreateTime',
    isTransactional: (attributes & TRANSACTIONAL_BIT) !== 0,
    isControl: (attributes & CONTROL_BIT) !== 0,
    lastOffsetDelta: buffer.readInt32BE(at + 23),
    baseTimestampMs: Number(buffer.readBigInt64BE(at + 27)),
    maxTimestampMs: Number(buffer.readBigInt64BE(at + 35)),
    producerId: Number(buffer.readBigInt64BE(at + 43)),
    producerEpoch: buffer.readInt16BE(at + 51),
    baseSequence: buffer.readInt32BE(at + 53),
    recordCount: buffer.readInt32BE(at + 57),
  };
}
