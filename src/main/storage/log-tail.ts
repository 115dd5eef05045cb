import { createSegment, type LogFiles } from './append-log-recovery.js';
import { MAX_GROUP_BYTES } from './append-queue.js';
import { syncDirectory, syncFile } from './atomic-file.js';
import { writeFully } from './file-system.js';
import type { Segment } from './segment.js';
import { indexPathOf, segmentPath } from './segment-index.js';

/** How much of what was acknowledged is read back after a failed write or sync: more than the kernel may hold of one group. */
const VERIFIED_TAIL_BYTES = 2 * MAX_GROUP_BYTES;

/** Where a log's files end: which of them may be added to, and adding to it durably. One caller at a time. */
export class LogTail {
  readonly #files: LogFiles;
  /** The last segment must not go on: what is written next begins a new one. */
  mustRoll: boolean;
  /** Set by a failed write or sync: the file must be reopened and verified before anything is added to it. */
  #mustVerify = false;

  constructor(files: LogFiles, mustRoll: boolean) {
    this.#files = files;
    this.mustRoll = mustRoll;
  }

  /**
   * The segment that a group of `groupBytes` goes to: the last one, verified after a failure, or a new one when that is full.
   * Rejects when the disk does not allow it; nothing has changed then, and the next call tries again.
   */
  async prepare(
    last: Segment | undefined,
    nextSequence: number,
    groupBytes: number,
    segmentBytes: number,
  ): Promise<Segment> {
    if (last && this.#mustVerify) await this.#reopenAndVerify(last);
    this.#mustVerify = false;
    const isFull = last !== undefined && last.sizeBytes > 0 && last.sizeBytes + groupBytes > segmentBytes;
    // A segment that holds nothing yet is as good as a new one.
    if (last?.baseSequence === nextSequence) this.mustRoll = false;
    if (last && !isFull && !this.mustRoll) return last;

    // Should this fail, the last segment must not go on: the new file may exist, and no record may lie past its name.
    this.mustRoll = true;
    const { directory, fileSystem, pool } = this.#files;
    const path = segmentPath(directory, nextSequence);
    // A file of that name can only be left over from an attempt that failed: recovery has taken up all others.
    await pool.evict(path);
    await fileSystem.remove(indexPathOf(path));
    const file = await fileSystem.open(path, 'replace');
    pool.adopt(path, 'modify', file);
    await syncDirectory(fileSystem, directory);
    this.mustRoll = false;
    return createSegment(this.#files, nextSequence);
  }

  /** Adds to the end of a prepared segment, which is to be told (`extend`) once this has resolved: it is durable then. */
  async write(segment: Segment, chunks: readonly Buffer[]): Promise<void> {
    const [only] = chunks;
    if (!only) return;
    const bytes = chunks.length === 1 ? only : Buffer.concat(chunks);
    try {
      await this.#files.pool.with(segment.path, 'modify', async (file) => {
        await writeFully(file, segment.sizeBytes, bytes);
        await syncFile(file, segment.path);
      });
    } catch (error) {
      this.#mustVerify = true;
      throw error;
    }
  }

  /** What was refused should not be there after the next opening. */
  async close(last: Segment): Promise<void> {
    if (!this.#mustVerify) return;
    try {
      await this.#reopenAndVerify(last);
    } catch {
      // The failure that led here was reported; refused records that stay in the file may be read after the next opening.
    }
  }

  /**
   * After a failed write or sync nobody knows what the file holds past the acknowledged end, and the system may have
   * dropped pages that it could not write while reporting the failure only once. So the old handle goes; a fresh one
   * cuts what was refused, reads back what was acknowledged and syncs that cut.
   */
  async #reopenAndVerify(segment: Segment): Promise<void> {
    const { pool, onEvent } = this.#files;
    await pool.evict(segment.path);
    await pool.with(segment.path, 'modify', async (file) => {
      const { size } = await file.stat();
      if (size > segment.sizeBytes) await file.truncate(segment.sizeBytes);
      await segment.verify(pool, VERIFIED_TAIL_BYTES);
      await syncFile(file, segment.path);
    });
    onEvent({
      level: 'info',
      kind: 'file-verified',
      message: `${segment.path} was reopened and read back after a failure`,
      details: { path: segment.path, bytes: segment.sizeBytes },
    });
  }
}
