/** Where an append ended up. */
export interface AppendResult {
  /** Offset of the first record. For a repeated idempotent batch: the offset it was given the first time. */
  readonly baseOffset: number;
  /** Offset of the last record. */
  readonly lastOffset: number;
  /** Always -1: batches keep the producer's timestamps (`message.timestamp.type=CreateTime`), as Apache Kafka answers then. */
  readonly logAppendTimeMs: number;
  readonly logStartOffset: number;
  /** True when an idempotent producer repeated a batch: nothing was written, the first result is repeated. */
  readonly duplicate: boolean;
}

export interface ReadResult {
  /** Whole stored batches, the first one holding the asked offset (or the next readable one). May be empty. */
  readonly records: Buffer;
  readonly highWatermark: number;
  readonly logStartOffset: number;
}

export interface TimestampedOffset {
  readonly offset: number;
  readonly timestampMs: number;
}

/**
 * The log of one partition: record batches as they came (only base offset and leader epoch are patched), durable
 * before they are acknowledged or can be read.
 *
 * Offsets are safe integers. Errors are `BrokerLogError`.
 */
export declare class PartitionLog {
  readonly topic: string;
  readonly partition: number;
  /** First offset that can be read. */
  get logStartOffset(): number;
  /** One past the last durable record; on a single node also the log end offset. */
  get highWatermark(): number;
  /** Bytes on disk. */
  get sizeBytes(): number;

  /**
   * Appends one or more whole record batches (magic 2); resolves once they are fsynced. The buffer must not be
   * changed by the caller afterwards: it is patched in place. Calls are written in the order they were made; concurrent
   * calls share one write and one fdatasync. With acks=0 simply don't wait (but do handle the rejection).
   *
   * @throws BrokerLogError CORRUPT_MESSAGE (magic, length, CRC32C or counts), MESSAGE_TOO_LARGE (max.message.bytes),
   * INVALID_RECORD (control batch, or no records), OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH,
   * UNSUPPORTED_FOR_MESSAGE_FORMAT (magic 0 or 1), KAFKA_STORAGE_ERROR (full, read-only or failing disk, or closed: nothing was
   * acknowledged; retriable).
   */
  append(batches: Buffer): Promise<AppendResult>;

  /**
   * Reads whole batches from `offset` on, up to `maxBytes`. With `minOneBatch` (default true) the first batch is
   * returned even when it alone is larger, so that a consumer always gets on (KIP-74). Damaged ranges are skipped like
   * the gaps of a compacted topic. At `highWatermark` the answer is empty: wait with `onAppend`.
   *
   * @throws BrokerLogError OFFSET_OUT_OF_RANGE outside [logStartOffset, highWatermark], KAFKA_STORAGE_ERROR
   */
  read(offset: number, maxBytes: number, options?: { minOneBatch?: boolean }): Promise<ReadResult>;

  /** Calls `listener` each time the high watermark has moved; returns the unsubscribe. The listener must not throw. */
  onAppend(listener: () => void): () => void;

  /**
   * The first batch whose largest timestamp is at or after `timestampMs` (ListOffsets by time): its base offset and its largest
   * timestamp. Batch precision: batches are never decompressed. Null when there is none.
   */
  offsetForTimestamp(timestampMs: number): Promise<TimestampedOffset | null>;

  /** The largest timestamp stored and the last offset of its batch (ListOffsets -3, KIP-734). Null when empty. */
  maxTimestamp(): Promise<TimestampedOffset | null>;

  /**
   * DeleteRecords: moves `logStartOffset` up to `offset` (-1 = the high watermark), durably; resolves to the new one.
   *
   * @throws BrokerLogError OFFSET_OUT_OF_RANGE past the high watermark, KAFKA_STORAGE_ERROR
   */
  deleteRecordsBefore(offset: number): Promise<number>;
}
