import { readFully, type StorageFile } from './file-system.js';
import type { RecordFraming } from './record-framing.js';

/** Bytes read at once; the event loop runs on between two chunks. */
const CHUNK_BYTES = 512 * 1024;

/** A stretch of a file that holds no intact records. */
export interface DamagedRange {
  readonly fromPosition: number;
  readonly toPosition: number;
  /** Sequence number that should have come at `fromPosition`. */
  readonly fromSequence: number;
  /** First sequence number found intact after it. */
  readonly toSequence: number;
}

export interface ScanRange {
  readonly fromPosition: number;
  readonly toPosition: number;
  /** Sequence number of the record at `fromPosition`. */
  readonly fromSequence: number;
  /** No record may reach past this sequence number; Infinity when unknown. */
  readonly sequenceLimit: number;
}

export interface ScanVisitor {
  record(buffer: Buffer, at: number, size: number, position: number): void;
  damage(range: DamagedRange): void;
}

export interface ScanResult {
  /** End of the last intact record: what lies between here and `toPosition` is no intact record. */
  readonly intactEndPosition: number;
  readonly nextSequence: number;
}

/**
 * Goes through records from one position to another, checking each. Where one is damaged it looks for the next intact one:
 * first where the damaged one says it ends, then byte by byte. A record counts as intact only when its checksum fits and its
 * sequence number is the expected one (right after damage: no lower than that, within the limit).
 */
export async function scanRecords(
  file: StorageFile,
  framing: RecordFraming,
  range: ScanRange,
  visitor: ScanVisitor,
): Promise<ScanResult> {
  const window = new ScanWindow(file, framing, range);
  let position = range.fromPosition;
  let sequence = range.fromSequence;

  while (position < range.toPosition) {
    const size = await window.recordAt(position, sequence, true);
    if (size > 0) {
      const at = position - window.start;
      visitor.record(window.buffer, at, size, position);
      sequence = framing.nextSequence(window.buffer, at);
      position += size;
      continue;
    }
    const found = await findIntactRecord(window, framing, position, sequence);
    if (found === undefined) break;
    const toSequence = framing.firstSequence(window.buffer, found - window.start);
    visitor.damage({ fromPosition: position, toPosition: found, fromSequence: sequence, toSequence });
    position = found;
    sequence = toSequence;
  }
  return { intactEndPosition: position, nextSequence: sequence };
}

/** Where the first acceptable record at or after `range.fromPosition` begins; undefined when there is none. */
export async function findNextRecord(
  file: StorageFile,
  framing: RecordFraming,
  range: ScanRange,
): Promise<{ position: number; sequence: number } | undefined> {
  const window = new ScanWindow(file, framing, range);
  const { fromPosition: position, fromSequence: sequence } = range;
  if ((await window.recordAt(position, sequence, true)) > 0) return { position, sequence };
  const found = await findIntactRecord(window, framing, position, sequence);
  if (found === undefined) return undefined;
  return { position: found, sequence: framing.firstSequence(window.buffer, found - window.start) };
}

async function findIntactRecord(
  window: ScanWindow,
  framing: RecordFraming,
  damagedPosition: number,
  sequence: number,
): Promise<number | undefined> {
  const claimedSize = await window.measure(damagedPosition);
  if (claimedSize > 0 && (await window.recordAt(damagedPosition + claimedSize, sequence, false)) > 0) {
    return damagedPosition + claimedSize;
  }
  const last = window.end - framing.headerBytes;
  for (let position = damagedPosition + 1; position <= last; position++) {
    if (!window.couldBeginAt(position, sequence)) {
      if (window.covers(position, framing.headerBytes)) continue;
      await window.load(position, CHUNK_BYTES);
      if (!window.covers(position, framing.headerBytes)) return undefined;
      if (!window.couldBeginAt(position, sequence)) continue;
    }
    if ((await window.recordAt(position, sequence, false)) > 0) return position;
  }
  return undefined;
}

/** The part of the file that is in memory. */
class ScanWindow {
  readonly #file: StorageFile;
  readonly #framing: RecordFraming;
  readonly #sequenceLimit: number;
  readonly end: number;
  buffer: Buffer = Buffer.alloc(0);
  start = 0;

  constructor(file: StorageFile, framing: RecordFraming, range: ScanRange) {
    this.#file = file;
    this.#framing = framing;
    this.#sequenceLimit = range.sequenceLimit;
    this.end = range.toPosition;
  }

  covers(position: number, length: number): boolean {
    return position >= this.start && position + length <= this.start + this.buffer.length;
  }

  async load(position: number, length: number): Promise<void> {
    this.buffer = await readFully(this.#file, position, Math.min(length, this.end - position));
    this.start = position;
  }

  /** The size that the bytes at `position` claim, 0 when no record can begin there or would end beyond the end. */
  async measure(position: number): Promise<number> {
    const { headerBytes } = this.#framing;
    if (position + headerBytes > this.end) return 0;
    if (!this.covers(position, headerBytes)) await this.load(position, CHUNK_BYTES);
    return this.#claimedSize(position);
  }

  /** Whether loaded bytes look like the start of an acceptable record. */
  couldBeginAt(position: number, sequence: number): boolean {
    return (
      this.covers(position, this.#framing.headerBytes) &&
      this.#claimedSize(position) > 0 &&
      this.#isSequenceAcceptable(position, sequence, false)
    );
  }

  /** Size of the acceptable, intact record at `position`, which is then loaded; else 0. */
  async recordAt(position: number, sequence: number, exact: boolean): Promise<number> {
    const size = await this.measure(position);
    if (size === 0 || !this.#isSequenceAcceptable(position, sequence, exact)) return 0;
    if (!this.covers(position, size)) await this.load(position, Math.max(size, CHUNK_BYTES));
    if (!this.covers(position, size)) return 0;
    return this.#framing.isIntact(this.buffer, position - this.start, size) ? size : 0;
  }

  #claimedSize(position: number): number {
    if (!this.covers(position, this.#framing.headerBytes)) return 0;
    const size = this.#framing.measure(this.buffer, position - this.start);
    return position + size <= this.end ? size : 0;
  }

  #isSequenceAcceptable(position: number, sequence: number, exact: boolean): boolean {
    const at = position - this.start;
    const first = this.#framing.firstSequence(this.buffer, at);
    if (exact ? first !== sequence : first < sequence) return false;
    const next = this.#framing.nextSequence(this.buffer, at);
    return next > first && next <= this.#sequenceLimit;
  }
}
