import { crc32c } from '../../storage/crc32c.js';

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

const CRC_COVERS_FROM = 21;
const MIN_BATCH_LENGTH = RECORD_BATCH_HEADER_BYTES - RECORD_BATCH_PREFIX_BYTES;

/** Why a batch is refused; `code` is the name of the Kafka protocol error. */
export interface RecordBatchProblem {
  readonly code: 'CORRUPT_MESSAGE' | 'INVALID_RECORD' | 'UNSUPPORTED_FOR_MESSAGE_FORMAT';
  readonly message: string;
}

/**
 * Judges the batch at `at` as a producer may send it: whole, of magic 2, its CRC-32C right, its counts and ids sane. Records
 * of an uncompressed batch are counted; compressed ones are never decompressed. Undefined: nothing is wrong.
 */
export function findRecordBatchProblem(buffer: Buffer, at = 0): RecordBatchProblem | undefined {
  const available = buffer.length - at;
  if (available > 16) {
    const magic = buffer.readInt8(at + 16);
    if (magic === 0 || magic === 1) {
      return problem(
        'UNSUPPORTED_FOR_MESSAGE_FORMAT',
        `message format ${magic} is not supported, only record batches (2)`,
      );
    }
    if (magic !== 2) return problem('CORRUPT_MESSAGE', `unknown magic ${magic}`);
  }
  if (available < RECORD_BATCH_HEADER_BYTES) {
    return problem('CORRUPT_MESSAGE', `${available} bytes are fewer than a record batch's header has`);
  }
  const header = readRecordBatchHeader(buffer, at);
  if (header.sizeBytes < RECORD_BATCH_HEADER_BYTES || header.sizeBytes > available) {
    return problem('CORRUPT_MESSAGE', `a batch of ${header.sizeBytes} bytes does not fit ${available} bytes`);
  }
  if (!hasValidCrc(buffer, at, header.sizeBytes)) return problem('CORRUPT_MESSAGE', 'the CRC does not match');
  return findHeaderProblem(header) ?? findRecordCountProblem(buffer, at, header);
}

function findHeaderProblem(header: RecordBatchHeader): RecordBatchProblem | undefined {
  const { producerId, producerEpoch, baseSequence, recordCount, lastOffsetDelta } = header;
  if (recordCount < 1) return problem('INVALID_RECORD', `a batch of ${recordCount} records`);
  if (lastOffsetDelta !== recordCount - 1) {
    return problem(
      'INVALID_RECORD',
      `last offset delta ${lastOffsetDelta} does not fit ${recordCount} records`,
    );
  }
  if (header.compression === 'unknown') return problem('INVALID_RECORD', 'unknown compression');
  if (header.isControl) return problem('INVALID_RECORD', 'a producer must not send control batches');
  if (!Number.isSafeInteger(header.baseTimestampMs) || !Number.isSafeInteger(header.maxTimestampMs)) {
    return problem('INVALID_RECORD', 'a timestamp is beyond 2^53 milliseconds');
  }
  if (!Number.isSafeInteger(producerId) || (producerId >= 0 && (producerEpoch < 0 || baseSequence < 0))) {
    return problem(
      'INVALID_RECORD',
      `producer id ${producerId}, epoch ${producerEpoch}, sequence ${baseSequence}`,
    );
  }
  return undefined;
}

function findRecordCountProblem(
  buffer: Buffer,
  at: number,
  header: RecordBatchHeader,
): RecordBatchProblem | undefined {
  if (header.compression !== 'none') return undefined;
  const end = at + header.sizeBytes;
  let count = 0;
  for (let position = at + RECORD_BATCH_HEADER_BYTES; position < end; count++) {
    const length = readVarint(buffer, position, end);
    if (length === undefined || length.value < 1 || length.nextPosition + length.value > end) {
      return problem('INVALID_RECORD', `record ${count} reaches beyond its batch`);
    }
    position = length.nextPosition + length.value;
  }
  if (count === header.recordCount) return undefined;
  return problem('INVALID_RECORD', `${count} records in a batch that says ${header.recordCount}`);
}

function problem(code: RecordBatchProblem['code'], message: string): RecordBatchProblem {
  return { code, message: `Refused a record batch: ${message}` };
}

/** Whether the CRC-32C over everything from the attributes on is right. The whole batch must be in the buffer. */
export function hasValidCrc(buffer: Buffer, at: number, sizeBytes: number): boolean {
  return buffer.readUInt32BE(at + 17) === crc32c(buffer, at + CRC_COVERS_FROM, at + sizeBytes);
}

/** Gives the batch at `at` its place in the log. Both fields lie outside what the CRC covers (KIP-98). */
export function placeRecordBatch(buffer: Buffer, at: number, baseOffset: number, leaderEpoch: number): void {
  writeOffset(buffer, at, baseOffset);
  buffer.writeInt32BE(leaderEpoch, at + 12);
}

function writeOffset(buffer: Buffer, at: number, offset: number): void {
  const high = Math.floor(offset / 0x1_0000_0000);
  buffer.writeInt32BE(high, at);
  buffer.writeUInt32BE(offset - high * 0x1_0000_0000, at + 4);
}

/** The headers of batches that follow each other, whole and of sane lengths (as a log returns them), with their positions. */
export function* recordBatchHeaders(batches: Buffer): Generator<{ at: number; header: RecordBatchHeader }> {
  for (let at = 0; at + RECORD_BATCH_HEADER_BYTES <= batches.length; ) {
    const header = readRecordBatchHeader(batches, at);
    if (header.sizeBytes < RECORD_BATCH_PREFIX_BYTES + MIN_BATCH_LENGTH) return;
    yield { at, header };
    at += header.sizeBytes;
  }
}

/**
 * The first record of an uncompressed batch with a timestamp at or after `timestampMs` and an offset of at least
 * `fromOffset`. Undefined when there is none, or the batch is compressed.
 */
export function findRecordAtOrAfter(
  buffer: Buffer,
  at: number,
  timestampMs: number,
  fromOffset = 0,
): { offset: number; timestampMs: number } | undefined {
  const header = readRecordBatchHeader(buffer, at);
  if (header.compression !== 'none') return undefined;
  const end = at + header.sizeBytes;
  let position = at + RECORD_BATCH_HEADER_BYTES;
  while (position < end) {
    const length = readVarint(buffer, position, end);
    // One byte of attributes comes before the two deltas.
    const timestampDelta = length && readVarint(buffer, length.nextPosition + 1, end);
    const offsetDelta = timestampDelta && readVarint(buffer, timestampDelta.nextPosition, end);
    if (!length || !timestampDelta || !offsetDelta) return undefined;
    const recordTimestampMs =
      header.timestampType === 'LogAppendTime'
        ? header.maxTimestampMs
        : header.baseTimestampMs + timestampDelta.value;
    const offset = header.baseOffset + offsetDelta.value;
    if (recordTimestampMs >= timestampMs && offset >= fromOffset) {
      return { offset, timestampMs: recordTimestampMs };
    }
    position = length.nextPosition + length.value;
  }
  return undefined;
}

/** A zigzag varint of at most ten bytes, as records use them. Undefined when it does not end before `end`. */
function readVarint(
  buffer: Buffer,
  at: number,
  end: number,
): { value: number; nextPosition: number } | undefined {
  let raw = 0;
  let scale = 1;
  for (let position = at; position < end && position < at + 10; position++) {
    const byte = buffer.readUInt8(position);
    raw += (byte & 0x7f) * scale;
    scale *= 128;
    if (byte < 0x80) {
      const half = Math.floor(raw / 2);
      return { value: raw % 2 === 0 ? half : -half - 1, nextPosition: position + 1 };
    }
  }
  return undefined;
}
