import { type LogFiles, type RecoveredLog, recoverLog, writeStartSequence } from './append-log-recovery.js';
import { AppendQueue, bytesOf, type PreparedAppend, type QueuedAppend } from './append-queue.js';
import type { ConcurrencyLimit } from './concurrency-limit.js';
import { FilePool } from './file-pool.js';
import { type FileSystem, nodeFileSystem } from './file-system.js';
import { LogTail } from './log-tail.js';
import type { RecordFraming } from './record-framing.js';
import type { RecordRun, Segment } from './segment.js';
import { indexPathOf, writeSegmentIndex } from './segment-index.js';
import { StorageError, type StorageErrorCode, toStorageError } from './storage-error.js';
import type { StorageEventListener } from './storage-event.js';

const MEBIBYTE = 1024 * 1024;
/** A read returns no more than this (or one record), so that checking it keeps the event loop for about a millisecond. */
const MAX_READ_BYTES = MEBIBYTE;

export interface AppendLogOptions {
  /** Folder of this log alone; created when missing. */
  readonly directory: string;
  readonly framing: RecordFraming;
  /** A segment is closed before it grows past this; default 64 MiB. A larger append gets a segment of its own. */
  readonly segmentBytes?: number;
  /** Appends beyond this many waiting bytes are refused with STORAGE_QUEUE_FULL; default 64 MiB. */
  readonly maxQueuedBytes?: number;
  /** An index of the last segment is written each time it has grown by this much, so that opening after a crash scans no more than that; default 8 MiB. */
  readonly checkpointBytes?: number;
  readonly fileSystem?: FileSystem;
  /** Open files, shared by many logs. Default: an own one. */
  readonly pool?: FilePool | undefined;
  /** Shared by many logs: how many of them write and sync at the same time. Default: no limit. */
  readonly writes?: ConcurrencyLimit | undefined;
  readonly onEvent?: StorageEventListener | undefined;
  /** Called after each group of appends, before their promises settle: whether they are durable or were all refused. */
  readonly onGroup?: (isDurable: boolean) => void;
  /** Called before an index is written: the moment to write a snapshot of what the records amount to. */
  readonly onCheckpoint?: () => Promise<void>;
}

export interface SegmentSummary {
  readonly path: string;
  readonly baseSequence: number;
  readonly nextSequence: number;
  readonly sizeBytes: number;
  /** -1 when no record has one. */
  readonly maxTimestampMs: number;
}

/**
 * An append-only log of checksummed records in a folder of segment files. What `append` has acknowledged is synced to the disk and
 * survives kill -9 and power failure; what is not acknowledged is not readable. Appends that wait at the same time share one write
 * and one sync. Every read checks every record it returns.
 *
 * One `AppendLog` per folder at a time: hold a `DirectoryLock` above it.
 */
export class AppendLog {
  readonly #files: LogFiles;
  readonly #options: AppendLogOptions;
  /** See `AppendLogOptions.segmentBytes`; a change holds from the next append on. */
  segmentBytes: number;
  readonly #checkpointBytes: number;
  readonly #ownsPool: boolean;
  readonly #segments: Segment[];
  readonly #queue: AppendQueue;
  readonly #tail: LogTail;
  #startSequence: number;
  #nextSequence: number;
  #flushing: Promise<void> | undefined;
  #lastFailure: StorageErrorCode | undefined;
  /** Indexes are written and segments deleted one after the other, beside the appends. */
  #background: Promise<void> = Promise.resolve();
  #checkpointedBytes = 0;
  #isClosed = false;

  private constructor(options: AppendLogOptions, files: LogFiles, recovered: RecoveredLog) {
    this.#options = options;
    this.#files = files;
    this.#ownsPool = options.pool === undefined;
    this.segmentBytes = options.segmentBytes ?? 64 * MEBIBYTE;
    this.#queue = new AppendQueue(options.maxQueuedBytes ?? 64 * MEBIBYTE);
    this.#checkpointBytes = options.checkpointBytes ?? 8 * MEBIBYTE;
    this.#segments = recovered.segments;
    this.#startSequence = recovered.startSequence;
    this.#nextSequence = recovered.nextSequence;
    this.#tail = new LogTail(files, recovered.mustRoll);
    this.#checkpointedBytes = recovered.indexedBytes;
  }

  /**
   * Opens the folder and recovers it; what was found is told through `onEvent`.
   *
   * @throws StorageError STORAGE_READ_ONLY, STORAGE_FULL, STORAGE_SYNC_FAILED, STORAGE_IO
   */
  static async open(options: AppendLogOptions): Promise<AppendLog> {
    const fileSystem = options.fileSystem ?? nodeFileSystem;
    const files: LogFiles = {
      directory: options.directory,
      framing: options.framing,
      fileSystem,
      pool: options.pool ?? new FilePool({ fileSystem }),
      onEvent: options.onEvent ?? (() => undefined),
    };
    try {
      return new AppendLog(options, files, await recoverLog(files));
    } catch (error) {
      if (!options.pool) await files.pool.close();
      throw toStorageError(error, `open ${options.directory}`);
    }
  }

  /** First sequence number kept. */
  get startSequence(): number {
    return this.#startSequence;
  }

  /** One past the last durable record. */
  get nextSequence(): number {
    return this.#nextSequence;
  }

  get sizeBytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.sizeBytes, 0);
  }

  /** Oldest first; the last one is still written to. */
  segments(): SegmentSummary[] {
    return this.#segments.map(({ path, baseSequence, nextSequence, sizeBytes, maxTimestampMs }) => ({
      path,
      baseSequence,
      nextSequence,
      sizeBytes,
      maxTimestampMs,
    }));
  }

  /**
   * Resolves to the prepared result once it is durable. `prepare` is called when the append's turn has come, in the order
   * of the calls; when it throws, this append alone is refused with that error. `sizeBytes`: about what it will write.
   *
   * @throws StorageError STORAGE_FULL, STORAGE_READ_ONLY, STORAGE_SYNC_FAILED, STORAGE_QUEUE_FULL, STORAGE_CLOSED, STORAGE_IO; nothing of
   * it is then in the log
   */
  append<T>(sizeBytes: number, prepare: (sequence: number) => PreparedAppend<T>): Promise<T> {
    if (this.#isClosed) return Promise.reject(new StorageError('STORAGE_CLOSED', 'The log is closed'));
    const appended = this.#queue.add(sizeBytes, prepare);
    this.#flushing ??= this.#flush();
    return appended;
  }

  /**
   * Whole records from the one that holds `sequence` on (the next intact one, when that is damaged or discarded), at most
   * `maxBytes` (and 1 MiB), but at least one unless `minOneRecord` is false. Empty at the end of the log.
   */
  async read(
    sequence: number,
    maxBytes: number,
    options: { minOneRecord?: boolean } = {},
  ): Promise<RecordRun> {
    const limit = Math.min(maxBytes, MAX_READ_BYTES);
    let from = sequence;
    for (;;) {
      from = Math.max(from, this.#startSequence);
      const segment = this.#segments.find(({ nextSequence }) => nextSequence > from);
      if (!segment) break;
      try {
        const run = await segment.read(this.#files.pool, from, limit, options.minOneRecord ?? true);
        if (run.bytes.length > 0 || run.nextSequence <= from) return run;
        from = run.nextSequence;
      } catch (error) {
        if (this.#segments.includes(segment)) throw toStorageError(error, `read ${segment.path}`);
        // Deleted while it was being read: what it held is discarded now.
      }
    }
    return { bytes: Buffer.alloc(0), firstSequence: from, nextSequence: from };
  }

  /** From where to look for the first record with a timestamp at or after the given one; undefined when there is none. */
  sequenceForTimestamp(timestampMs: number): number | undefined {
    for (const segment of this.#segments) {
      if (segment.maxTimestampMs < timestampMs || segment.nextSequence <= this.#startSequence) continue;
      const sequence = segment.sequenceForTimestamp(timestampMs);
      if (sequence !== undefined) return Math.max(sequence, this.#startSequence);
    }
    return undefined;
  }

  /**
   * Forgets everything before `sequence`, durably: it can't be read any more; segments that lie wholly before it are deleted.
   *
   * @throws StorageError STORAGE_FULL, STORAGE_READ_ONLY, STORAGE_SYNC_FAILED, STORAGE_IO
   */
  async discardBefore(sequence: number): Promise<void> {
    const discarded = this.#background.then(() => this.#discardBefore(sequence));
    this.#background = discarded.catch(() => undefined);
    await discarded;
  }

  async #discardBefore(sequence: number): Promise<void> {
    const start = Math.min(sequence, this.#nextSequence);
    if (start <= this.#startSequence) return;
    await writeStartSequence(this.#files, start);
    this.#startSequence = start;
    for (;;) {
      const [oldest, second] = this.#segments;
      if (!oldest || !second || second.baseSequence > start) return;
      this.#segments.shift();
      await this.#files.pool.evict(oldest.path);
      try {
        await this.#files.fileSystem.remove(oldest.path);
        await this.#files.fileSystem.remove(indexPathOf(oldest.path));
      } catch (error) {
        throw toStorageError(error, `delete ${oldest.path}`);
      }
    }
  }

  /** Closes the last segment, so that it can be discarded; the next append begins a new one. */
  async roll(): Promise<void> {
    await this.append(0, (sequence) => {
      this.#tail.mustRoll = true;
      return { chunks: [], nextSequence: sequence, maxTimestampMs: -1, result: undefined };
    });
    await this.append(0, (sequence) => ({
      chunks: [],
      nextSequence: sequence,
      maxTimestampMs: -1,
      result: undefined,
    }));
  }

  /** Reads and checks every record; damage is told through `onEvent`. */
  async verify(): Promise<void> {
    for (const segment of [...this.#segments]) {
      try {
        await segment.verify(this.#files.pool);
      } catch (error) {
        if (this.#segments.includes(segment)) throw toStorageError(error, `read ${segment.path}`);
      }
    }
  }

  /** Finishes what waits, writes the index, closes the files. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#flushing;
    const last = this.#segments.at(-1);
    if (last) await this.#tail.close(last);
    if (last && last.sizeBytes > this.#checkpointedBytes) this.#checkpoint(last);
    await this.#background;
    if (this.#ownsPool) await this.#files.pool.close();
    else await Promise.all(this.#segments.map(({ path }) => this.#files.pool.evict(path)));
  }

  async #flush(): Promise<void> {
    // Appends of one turn of the event loop go together.
    await Promise.resolve();
    while (!this.#queue.isEmpty) {
      const group = this.#queue.takeGroup();
      await (this.#options.writes?.run(() => this.#commit(group)) ?? this.#commit(group));
      this.#queue.release(group);
    }
    this.#flushing = undefined;
  }

  async #commit(group: readonly QueuedAppend[]): Promise<void> {
    let segment: Segment;
    try {
      segment = await this.#writableSegment(bytesOf(group));
    } catch (error) {
      this.#refuse(group, error);
      return;
    }

    const accepted: { append: QueuedAppend; sequence: number; prepared: PreparedAppend<unknown> }[] = [];
    let sequence = this.#nextSequence;
    for (const append of group) {
      try {
        const prepared = append.prepare(sequence);
        accepted.push({ append, sequence, prepared });
        sequence = prepared.nextSequence;
      } catch (error) {
        append.reject(error);
      }
    }

    try {
      await this.#tail.write(
        segment,
        accepted.flatMap(({ prepared }) => prepared.chunks),
      );
    } catch (error) {
      this.#refuse(
        accepted.map(({ append }) => append),
        error,
      );
      return;
    }
    for (const { prepared, sequence: first } of accepted) {
      const bytes = prepared.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      if (bytes > 0) segment.extend(first, prepared.nextSequence, bytes, prepared.maxTimestampMs);
    }
    this.#nextSequence = sequence;
    this.#tellResumed();
    this.#options.onGroup?.(true);
    for (const { append, prepared } of accepted) append.resolve(prepared.result);
    if (segment.sizeBytes - this.#checkpointedBytes >= this.#checkpointBytes) this.#checkpoint(segment);
  }

  /** The segment that the next group goes to. */
  async #writableSegment(groupBytes: number): Promise<Segment> {
    const last = this.#segments.at(-1);
    const segment = await this.#tail.prepare(last, this.#nextSequence, groupBytes, this.segmentBytes);
    if (segment === last) return segment;
    if (last) this.#checkpoint(last);
    this.#segments.push(segment);
    this.#checkpointedBytes = 0;
    return segment;
  }

  #refuse(group: readonly QueuedAppend[], error: unknown): void {
    const refusal = toStorageError(error, `append to ${this.#files.directory}`);
    if (this.#lastFailure !== refusal.code) {
      this.#lastFailure = refusal.code;
      this.#files.onEvent({
        level: 'error',
        kind: refusal.code === 'STORAGE_SYNC_FAILED' ? 'sync-failed' : 'write-failed',
        message: refusal.message,
        details: { directory: this.#files.directory, code: refusal.code },
      });
    }
    this.#options.onGroup?.(false);
    for (const append of group) append.reject(refusal);
  }

  #tellResumed(): void {
    if (this.#lastFailure === undefined) return;
    this.#lastFailure = undefined;
    const { directory, onEvent } = this.#files;
    onEvent({
      level: 'info',
      kind: 'writes-resumed',
      message: `Appends to ${directory} reach the disk again`,
      details: { directory },
    });
  }

  /** Writes the index of a segment as it is now, in the background, one at a time. */
  #checkpoint(segment: Segment): void {
    this.#checkpointedBytes = segment.sizeBytes;
    const index = segment.toIndex();
    this.#background = this.#background.then(async () => {
      try {
        await this.#options.onCheckpoint?.();
        if (!this.#segments.includes(segment)) return;
        await writeSegmentIndex(indexPathOf(segment.path), index, this.#files.fileSystem);
      } catch (error) {
        this.#files.onEvent({
          level: 'warn',
          kind: 'checkpoint-failed',
          message: toStorageError(error, `write the index of ${segment.path}`).message,
          details: { path: segment.path },
        });
      }
    });
  }
}
