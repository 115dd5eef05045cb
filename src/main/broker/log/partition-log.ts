import { join } from 'node:path';
import { AppendLog } from '../../storage/append-log.js';
import type { PreparedAppend } from '../../storage/append-queue.js';
import type { ConcurrencyLimit } from '../../storage/concurrency-limit.js';
import type { FilePool } from '../../storage/file-pool.js';
import { type FileSystem, nodeFileSystem } from '../../storage/file-system.js';
import type { RecordRun } from '../../storage/segment.js';
import { StorageError } from '../../storage/storage-error.js';
import type { StorageEventListener } from '../../storage/storage-event.js';
import {
  findRecordAtOrAfter,
  findRecordBatchProblem,
  placeRecordBatch,
  type RecordBatchHeader,
  readRecordBatchHeader,
  recordBatchHeaders,
} from '../records/record-batch.js';
import { LEADER_EPOCH, recordBatchFraming } from '../records/record-batch-framing.js';
import { BrokerLogError } from './broker-log-error.js';
import { restoreProducers, writeProducerSnapshot } from './producer-snapshot.js';
import { ProducerStateTable } from './producer-state-table.js';
import { expiredBefore } from './retention.js';
import type { TopicConfig } from './topic-config.js';

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

export interface PartitionLogOptions {
  readonly topic: string;
  readonly partition: number;
  /** Folder of this partition alone; created when missing. */
  readonly directory: string;
  readonly config: TopicConfig;
  readonly fileSystem?: FileSystem;
  readonly pool?: FilePool;
  /** Shared by the partitions: see `AppendLogOptions.writes`. */
  readonly writes?: ConcurrencyLimit | undefined;
  readonly onEvent?: StorageEventListener;
}

const SNAPSHOT_FILE = 'producers.snapshot';
const SEARCH_READ_BYTES = 1024 * 1024;

/**
 * The log of one partition: record batches as they came (only base offset and leader epoch are patched), durable
 * before they are acknowledged or can be read.
 *
 * Offsets are safe integers. Errors are `BrokerLogError`.
 */
export class PartitionLog {
  readonly topic: string;
  readonly partition: number;
  readonly #log: AppendLog;
  readonly #producers: ProducerStateTable;
  readonly #fileSystem: FileSystem;
  readonly #listeners: Set<() => void>;
  #config: TopicConfig;
  #isDeleted = false;

  private constructor(
    options: PartitionLogOptions,
    log: AppendLog,
    producers: ProducerStateTable,
    listeners: Set<() => void>,
  ) {
    this.topic = options.topic;
    this.partition = options.partition;
    this.#config = options.config;
    this.#fileSystem = options.fileSystem ?? nodeFileSystem;
    this.#log = log;
    this.#producers = producers;
    this.#listeners = listeners;
  }

  /** Opens and recovers the partition's folder. @throws StorageError */
  static async open(options: PartitionLogOptions): Promise<PartitionLog> {
    const fileSystem = options.fileSystem ?? nodeFileSystem;
    const snapshotPath = join(options.directory, SNAPSHOT_FILE);
    const producers = new ProducerStateTable();
    const listeners = new Set<() => void>();
    const log: AppendLog = await AppendLog.open({
      directory: options.directory,
      framing: recordBatchFraming,
      segmentBytes: options.config.segmentBytes,
      fileSystem,
      pool: options.pool,
      writes: options.writes,
      onEvent: options.onEvent,
      onGroup: (isDurable) => {
        if (!isDurable) {
          producers.rollBack();
          return;
        }
        producers.commit();
        notify(listeners);
      },
      onCheckpoint: () =>
        writeProducerSnapshot(
          snapshotPath,
          { throughOffset: log.nextSequence, producers: producers.snapshot() },
          fileSystem,
        ),
    });
    await restoreProducers(log, producers, snapshotPath, fileSystem);
    return new PartitionLog(options, log, producers, listeners);
  }

  /** First offset that can be read. */
  get logStartOffset(): number {
    return this.#log.startSequence;
  }

  /** One past the last durable record; on a single node also the log end offset. */
  get highWatermark(): number {
    return this.#log.nextSequence;
  }

  /** Bytes on disk. */
  get sizeBytes(): number {
    return this.#log.sizeBytes;
  }

  /**
   * Appends one or more whole record batches (magic 2); resolves once they are fsynced. The buffer must not be
   * changed by the caller afterwards: it is patched in place. Calls are written in the order they were made; concurrent
   * calls share one write and one fdatasync. With acks=0 simply don't wait (but do handle the rejection).
   *
   * @throws BrokerLogError CORRUPT_MESSAGE (magic, length or CRC32C), MESSAGE_TOO_LARGE (max.message.bytes),
   * INVALID_RECORD (counts, ids, control batch, more than one batch of an idempotent producer), OUT_OF_ORDER_SEQUENCE_NUMBER,
   * INVALID_PRODUCER_EPOCH, UNSUPPORTED_FOR_MESSAGE_FORMAT (magic 0 or 1), UNKNOWN_TOPIC_OR_PARTITION (deleted meanwhile),
   * KAFKA_STORAGE_ERROR (full, read-only or failing disk, or closed: nothing was acknowledged; retriable).
   */
  async append(batches: Buffer): Promise<AppendResult> {
    const headers = this.#validate(batches);
    try {
      return await this.#log.append(batches.length, (offset) => this.#prepare(batches, headers, offset));
    } catch (error) {
      throw this.#translate(error);
    }
  }

  /**
   * Reads whole batches from `offset` on, up to `maxBytes` (and 1 MiB at once). With `minOneBatch` (default true) the first
   * batch is returned even when it alone is larger, so that a consumer always gets on (KIP-74). Damaged ranges are skipped
   * like the gaps of a compacted topic. At `highWatermark` the answer is empty: wait with `onAppend`.
   *
   * @throws BrokerLogError OFFSET_OUT_OF_RANGE outside [logStartOffset, highWatermark], KAFKA_STORAGE_ERROR
   */
  async read(offset: number, maxBytes: number, options: { minOneBatch?: boolean } = {}): Promise<ReadResult> {
    this.#checkInRange(offset);
    const { bytes: records } = await this.#readRun(offset, maxBytes, options.minOneBatch ?? true);
    return { records, highWatermark: this.highWatermark, logStartOffset: this.logStartOffset };
  }

  /** Calls `listener` each time the high watermark has moved; returns the unsubscribe. */
  onAppend(listener: () => void): () => void {
    // Wrapped, so that the same function subscribed twice is called twice and unsubscribed apart.
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /**
   * The first record with a timestamp at or after `timestampMs` (ListOffsets by time). Batches are never decompressed: of
   * a compressed one it is the first record, with the batch's largest timestamp. Null when there is none.
   *
   * @throws BrokerLogError KAFKA_STORAGE_ERROR
   */
  async offsetForTimestamp(timestampMs: number): Promise<TimestampedOffset | null> {
    const from = this.#log.sequenceForTimestamp(timestampMs);
    if (from === undefined) return null;
    for await (const { batches, at, header } of this.#batches(from)) {
      if (header.maxTimestampMs < timestampMs) continue;
      if (header.compression !== 'none') {
        return {
          offset: Math.max(header.baseOffset, this.logStartOffset),
          timestampMs: header.maxTimestampMs,
        };
      }
      const record = findRecordAtOrAfter(batches, at, timestampMs, this.logStartOffset);
      if (record) return record;
    }
    return null;
  }

  /**
   * The first record with the largest timestamp stored (ListOffsets -3, KIP-734). Null when empty.
   *
   * @throws BrokerLogError KAFKA_STORAGE_ERROR
   */
  async maxTimestamp(): Promise<TimestampedOffset | null> {
    const segments = this.#log.segments().filter(({ nextSequence }) => nextSequence > this.logStartOffset);
    if (segments.length === 0) return null;
    const largestMs = Math.max(...segments.map(({ maxTimestampMs }) => maxTimestampMs));
    const found = await this.offsetForTimestamp(largestMs);
    if (found) return found;
    // The record with that timestamp was discarded, and the others of its segment were not: they are all looked at.
    let remainingMs = -1;
    for await (const { header } of this.#batches(this.logStartOffset)) {
      remainingMs = Math.max(remainingMs, header.maxTimestampMs);
    }
    return remainingMs < 0 ? null : await this.offsetForTimestamp(remainingMs);
  }

  /**
   * DeleteRecords: moves `logStartOffset` up to `offset` (-1 = the high watermark), durably; resolves to the new one.
   *
   * @throws BrokerLogError OFFSET_OUT_OF_RANGE past the high watermark, KAFKA_STORAGE_ERROR
   */
  async deleteRecordsBefore(offset: number): Promise<number> {
    const before = offset === -1 ? this.highWatermark : offset;
    if (before < 0 || before > this.highWatermark) throw this.#outOfRange(offset);
    try {
      await this.#log.discardBefore(before);
      return this.logStartOffset;
    } catch (error) {
      throw this.#translate(error);
    }
  }

  /** Deletes the segments that the topic's retention lets go. @throws BrokerLogError KAFKA_STORAGE_ERROR */
  async applyRetention(nowMs: number): Promise<void> {
    try {
      const lastModifiedMs = async (path: string): Promise<number> =>
        (await this.#fileSystem.stat(path)).mtimeMs;
      const offset = await expiredBefore(this.#log.segments(), this.#config, nowMs, lastModifiedMs);
      if (offset <= this.logStartOffset) return;
      if (offset === this.highWatermark) await this.#log.roll();
      await this.#log.discardBefore(offset);
    } catch (error) {
      throw this.#translate(error);
    }
  }

  configure(config: TopicConfig): void {
    this.#config = config;
    this.#log.segmentBytes = config.segmentBytes;
  }

  /** Finishes pending appends and closes the files. Idempotent. `isDeleted`: the topic is gone; waiting readers are woken. */
  async close(isDeleted = false): Promise<void> {
    this.#isDeleted ||= isDeleted;
    await this.#log.close();
    notify(this.#listeners);
  }

  /** The readable batches from an offset on, each with the buffer that it lies in. */
  async *#batches(from: number): AsyncGenerator<{ batches: Buffer; at: number; header: RecordBatchHeader }> {
    for (let next = from; ; ) {
      const run = await this.#readRun(next, SEARCH_READ_BYTES, true);
      if (run.bytes.length === 0) return;
      for (const { at, header } of recordBatchHeaders(run.bytes)) yield { batches: run.bytes, at, header };
      next = run.nextSequence;
    }
  }

  async #readRun(offset: number, maxBytes: number, minOneRecord: boolean): Promise<RecordRun> {
    try {
      return await this.#log.read(offset, maxBytes, { minOneRecord });
    } catch (error) {
      throw this.#translate(error);
    }
  }

  #validate(batches: Buffer): RecordBatchHeader[] {
    const headers: RecordBatchHeader[] = [];
    for (let at = 0; at < batches.length; ) {
      const problem = findRecordBatchProblem(batches, at);
      if (problem) throw new BrokerLogError(problem.code, problem.message);
      const header = readRecordBatchHeader(batches, at);
      if (header.sizeBytes > this.#config.maxMessageBytes) {
        const { maxMessageBytes } = this.#config;
        const message = `A batch of ${header.sizeBytes} bytes is larger than max.message.bytes (${maxMessageBytes}) of ${this.topic}`;
        throw new BrokerLogError('MESSAGE_TOO_LARGE', message);
      }
      headers.push(header);
      at += header.sizeBytes;
    }
    if (headers.length === 0) throw new BrokerLogError('INVALID_RECORD', 'There is no record to append');
    if (headers.length > 1 && headers.some(({ producerId }) => producerId >= 0)) {
      throw new BrokerLogError('INVALID_RECORD', 'An idempotent producer must send one batch a partition');
    }
    return headers;
  }

  #prepare(
    batches: Buffer,
    headers: readonly RecordBatchHeader[],
    offset: number,
  ): PreparedAppend<AppendResult> {
    const [first] = headers;
    const repeated = first && first.producerId >= 0 ? this.#producers.check(first) : undefined;
    if (repeated) {
      const result = this.#resultOf(repeated.baseOffset, repeated.lastOffset, true);
      return { chunks: [], nextSequence: offset, maxTimestampMs: -1, result };
    }
    let at = 0;
    let next = offset;
    let maxTimestampMs = -1;
    for (const header of headers) {
      placeRecordBatch(batches, at, next, LEADER_EPOCH);
      if (header.producerId >= 0) this.#producers.stage(header, next);
      maxTimestampMs = Math.max(maxTimestampMs, header.maxTimestampMs);
      next += header.lastOffsetDelta + 1;
      at += header.sizeBytes;
    }
    const result = this.#resultOf(offset, next - 1, false);
    return { chunks: [batches], nextSequence: next, maxTimestampMs, result };
  }

  #resultOf(baseOffset: number, lastOffset: number, duplicate: boolean): AppendResult {
    return { baseOffset, lastOffset, logAppendTimeMs: -1, logStartOffset: this.logStartOffset, duplicate };
  }

  #checkInRange(offset: number): void {
    if (offset < this.logStartOffset || offset > this.highWatermark) throw this.#outOfRange(offset);
  }

  #outOfRange(offset: number): BrokerLogError {
    const range = `${this.logStartOffset} to ${this.highWatermark}`;
    const message = `Offset ${offset} of ${this.topic}-${this.partition} is outside ${range}`;
    return new BrokerLogError('OFFSET_OUT_OF_RANGE', message);
  }

  #translate(error: unknown): unknown {
    if (!(error instanceof StorageError)) return error;
    if (this.#isDeleted) {
      return new BrokerLogError('UNKNOWN_TOPIC_OR_PARTITION', `${this.topic} was deleted`, { cause: error });
    }
    return new BrokerLogError('KAFKA_STORAGE_ERROR', error.message, { cause: error });
  }
}

/** Each in a turn of its own: what one of them throws must not stop the log. */
function notify(listeners: ReadonlySet<() => void>): void {
  for (const listener of listeners) {
    queueMicrotask(() => {
      if (listeners.has(listener)) listener();
    });
  }
}
