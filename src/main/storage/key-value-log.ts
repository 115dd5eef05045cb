import { AppendLog } from './append-log.js';
import type { FilePool } from './file-pool.js';
import type { FileSystem } from './file-system.js';
import { framedPayloads, frameRecord, simpleFraming } from './record-framing.js';
import type { StorageEventListener } from './storage-event.js';

/** A change of one key; null deletes it. */
export type KeyValueChange<V> = readonly [key: string, value: V | null];

export interface KeyValueLogOptions {
  /** Folder of this log alone; created when missing. */
  readonly directory: string;
  /** The log is rewritten when it is larger than this and than four times what is alive; default 1 MiB. */
  readonly compactAboveBytes?: number;
  readonly fileSystem?: FileSystem | undefined;
  readonly pool?: FilePool | undefined;
  readonly onEvent?: StorageEventListener | undefined;
}

const MEBIBYTE = 1024 * 1024;
/** Changes are read and appended again in pieces of this size: the event loop runs on between two. */
const CHUNK_BYTES = 128 * 1024;

/**
 * A small durable map of JSON values: all of it in memory, every change appended to a log before it shows. The log is compacted
 * by appending what is alive again and discarding everything before: a crash in between leaves both, which
 * amounts to the same.
 */
export class KeyValueLog<V> {
  readonly #log: AppendLog;
  readonly #compactAboveBytes: number;
  readonly #values = new Map<string, V>();
  #liveBytes = 0;
  readonly #writesInFlight = new Set<Promise<void>>();
  #compaction: Promise<void> | undefined;

  private constructor(log: AppendLog, compactAboveBytes: number) {
    this.#log = log;
    this.#compactAboveBytes = compactAboveBytes;
  }

  /** @throws StorageError */
  static async open<V>(options: KeyValueLogOptions): Promise<KeyValueLog<V>> {
    const { directory, fileSystem, pool, onEvent } = options;
    const log = await AppendLog.open({
      directory,
      framing: simpleFraming,
      segmentBytes: 4 * MEBIBYTE,
      pool,
      onEvent,
      ...(fileSystem && { fileSystem }),
    });
    const values = new KeyValueLog<V>(log, options.compactAboveBytes ?? MEBIBYTE);
    await values.#load();
    return values;
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  entries(): IterableIterator<[string, V]> {
    return this.#values.entries();
  }

  /** Bytes on disk, garbage included. */
  get sizeBytes(): number {
    return this.#log.sizeBytes;
  }

  /**
   * Makes all changes or, after a crash before it resolved, possibly none: never a part. Calls take effect in their order.
   *
   * @throws StorageError STORAGE_FULL, STORAGE_READ_ONLY, STORAGE_SYNC_FAILED, STORAGE_QUEUE_FULL, STORAGE_CLOSED, STORAGE_IO; nothing
   * has changed then
   */
  async write(changes: readonly KeyValueChange<V>[]): Promise<void> {
    while (this.#compaction) await this.#compaction;
    const write = this.#append(changes);
    this.#writesInFlight.add(write);
    try {
      await write;
      for (const change of changes) this.#apply(change);
    } finally {
      this.#writesInFlight.delete(write);
    }
    this.#compactIfWorthwhile();
  }

  async close(): Promise<void> {
    await this.#compaction;
    await this.#log.close();
  }

  async #load(): Promise<void> {
    for (let next = this.#log.startSequence; ; ) {
      const run = await this.#log.read(next, CHUNK_BYTES);
      if (run.bytes.length === 0) return;
      for (const { payload } of framedPayloads(run.bytes)) {
        // The checksum says that these are the bytes that `#append` wrote.
        for (const change of JSON.parse(payload.toString()) as KeyValueChange<V>[]) this.#apply(change);
      }
      next = run.nextSequence;
    }
  }

  async #append(changes: readonly KeyValueChange<V>[]): Promise<void> {
    const payload = Buffer.from(JSON.stringify(changes));
    await this.#log.append(payload.length, (sequence) => ({
      chunks: [frameRecord(sequence, payload)],
      nextSequence: sequence + 1,
      maxTimestampMs: -1,
      result: undefined,
    }));
  }

  #apply([key, value]: KeyValueChange<V>): void {
    const previous = this.#values.get(key);
    if (previous !== undefined) this.#liveBytes -= sizeOf(key, previous);
    if (value === null) {
      this.#values.delete(key);
      return;
    }
    this.#values.set(key, value);
    this.#liveBytes += sizeOf(key, value);
  }

  #compactIfWorthwhile(): void {
    const worthwhileAbove = Math.max(this.#compactAboveBytes, 4 * this.#liveBytes);
    if (this.#compaction || this.#log.sizeBytes <= worthwhileAbove) return;
    this.#compaction = this.#compact().finally(() => {
      this.#compaction = undefined;
    });
  }

  async #compact(): Promise<void> {
    // Values are appended again as they are in memory, so every write must have arrived there; later ones wait.
    while (this.#writesInFlight.size > 0) await Promise.allSettled(this.#writesInFlight);
    try {
      await this.#log.roll();
      const start = this.#log.nextSequence;
      let chunk: KeyValueChange<V>[] = [];
      let bytes = 0;
      for (const [key, value] of this.#values) {
        chunk.push([key, value]);
        bytes += sizeOf(key, value);
        if (bytes < CHUNK_BYTES) continue;
        await this.#append(chunk);
        chunk = [];
        bytes = 0;
      }
      if (chunk.length > 0) await this.#append(chunk);
      await this.#log.discardBefore(start);
    } catch {
      // The log has reported why it could not write. Nothing is lost: it stays as large as it is until a later write tries again.
    }
  }
}

function sizeOf(key: string, value: unknown): number {
  return key.length + JSON.stringify(value).length;
}
