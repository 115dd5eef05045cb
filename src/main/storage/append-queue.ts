import { StorageError } from './storage-error.js';

/** What an append writes, given the sequence number it begins at. */
export interface PreparedAppend<T> {
  /** Whole records that follow each other; may be empty. Must not be changed afterwards. */
  readonly chunks: readonly Buffer[];
  /** One past the last sequence number of the chunks. */
  readonly nextSequence: number;
  /** Largest timestamp, or -1. */
  readonly maxTimestampMs: number;
  /** What the append resolves to. */
  readonly result: T;
}

/** An append that waits for its turn. */
export interface QueuedAppend {
  readonly sizeBytes: number;
  prepare(sequence: number): PreparedAppend<unknown>;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** Appends that wait together are written together, up to about this much. */
export const MAX_GROUP_BYTES = 4 * 1024 * 1024;

/** The appends that wait to be written, bounded by their bytes. */
export class AppendQueue {
  readonly #maxBytes: number;
  readonly #waiting: QueuedAppend[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** @throws StorageError STORAGE_QUEUE_FULL, unless nothing else waits */
  add<T>(sizeBytes: number, prepare: (sequence: number) => PreparedAppend<T>): Promise<T> {
    if (this.#bytes > 0 && this.#bytes + sizeBytes > this.#maxBytes) {
      const message = `More than ${this.#maxBytes} bytes wait to be written`;
      return Promise.reject(new StorageError('STORAGE_QUEUE_FULL', message));
    }
    this.#bytes += sizeBytes;
    return new Promise<T>((resolve, reject) => {
      // The queue is of mixed result types; this is the one place that knows this append's.
      this.#waiting.push({ sizeBytes, prepare, resolve: (result) => resolve(result as T), reject });
    });
  }

  /** The oldest appends, as many as are written together. They count as waiting until `release`. */
  takeGroup(): QueuedAppend[] {
    let bytes = 0;
    let count = 0;
    for (const { sizeBytes } of this.#waiting) {
      if (count > 0 && bytes + sizeBytes > MAX_GROUP_BYTES) break;
      bytes += sizeBytes;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  release(group: readonly QueuedAppend[]): void {
    this.#bytes -= bytesOf(group);
  }
}

export function bytesOf(group: readonly QueuedAppend[]): number {
  return group.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
