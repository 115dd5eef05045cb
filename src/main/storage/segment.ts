import type { FilePool } from './file-pool.js';
import { readFully, type StorageFile } from './file-system.js';
import type { RecordFraming } from './record-framing.js';
import { type DamagedRange, findNextRecord, type ScanResult, scanRecords } from './record-scanner.js';
import { INDEX_INTERVAL_BYTES, type IndexEntry, type SegmentIndex } from './segment-index.js';

/** Whole intact records that follow each other. Empty when `nextSequence` was reached without one. */
export interface RecordRun {
  readonly bytes: Buffer;
  readonly firstSequence: number;
  readonly nextSequence: number;
}

/** A record boundary. */
interface LogPosition {
  readonly sequence: number;
  readonly position: number;
}

/** What lies in a window of a segment: `more` wants a larger or later window, `limit` met the caller's bound. */
interface WalkResult {
  readonly outcome: 'more' | 'limit' | 'damaged';
  readonly run?: RecordRun;
  readonly nextSequence: number;
  readonly endPosition: number;
  /** Size of the record at `endPosition`, as far as it is known. */
  readonly neededBytes: number;
}

/** Ends of recent reads and starts of recent appends, so that who reads on needs no search. */
const MAX_KNOWN_POSITIONS = 64;

/** One file of an append log, and what is known about it. Only bytes below `sizeBytes` are ever read. */
export class Segment {
  readonly path: string;
  readonly baseSequence: number;
  readonly #framing: RecordFraming;
  readonly #onDamage: (segment: Segment, range: DamagedRange) => void;
  readonly #entries: IndexEntry[] = [];
  readonly #damage: DamagedRange[] = [];
  readonly #knownPositions = new Map<number, number>();
  #sizeBytes = 0;
  #nextSequence: number;
  #maxTimestampMs = -1;

  constructor(options: {
    path: string;
    baseSequence: number;
    framing: RecordFraming;
    onDamage: (segment: Segment, range: DamagedRange) => void;
  }) {
    this.path = options.path;
    this.baseSequence = options.baseSequence;
    this.#framing = options.framing;
    this.#onDamage = options.onDamage;
    this.#nextSequence = options.baseSequence;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get nextSequence(): number {
    return this.#nextSequence;
  }

  get maxTimestampMs(): number {
    return this.#maxTimestampMs;
  }

  get damage(): readonly DamagedRange[] {
    return this.#damage;
  }

  /** Takes over what an index file says about the beginning of the segment. */
  adoptIndex(index: SegmentIndex): void {
    for (const entry of index.entries) {
      this.#entries.push({ ...entry });
      this.#maxTimestampMs = Math.max(this.#maxTimestampMs, entry.maxTimestampMs);
    }
    for (const range of index.damage) this.#addDamage(range);
    this.#sizeBytes = index.coveredBytes;
    this.#nextSequence = index.nextSequence;
  }

  toIndex(): SegmentIndex {
    return {
      coveredBytes: this.#sizeBytes,
      nextSequence: this.#nextSequence,
      entries: this.#entries.map((entry) => ({ ...entry })),
      damage: [...this.#damage],
    };
  }

  /** Notes intact records that begin at the present end. */
  extend(sequence: number, nextSequence: number, sizeBytes: number, maxTimestampMs: number): void {
    const position = this.#sizeBytes;
    const last = this.#entries.at(-1);
    if (!last || position - last.position >= INDEX_INTERVAL_BYTES) {
      this.#entries.push({ sequence, position, maxTimestampMs });
    } else {
      last.maxTimestampMs = Math.max(last.maxTimestampMs, maxTimestampMs);
      this.#remember(sequence, position);
    }
    this.#sizeBytes = position + sizeBytes;
    this.#nextSequence = nextSequence;
    this.#maxTimestampMs = Math.max(this.#maxTimestampMs, maxTimestampMs);
  }

  /** Closes the segment at a size and sequence that lie past its last intact record (lost or damaged ones between). */
  endAt(sizeBytes: number, nextSequence: number): void {
    if (sizeBytes > this.#sizeBytes) {
      this.#report({
        fromPosition: this.#sizeBytes,
        toPosition: sizeBytes,
        fromSequence: this.#nextSequence,
        toSequence: nextSequence,
      });
    }
    this.#sizeBytes = sizeBytes;
    this.#nextSequence = nextSequence;
  }

  /** Reads and checks what follows the known beginning, up to `fileSize`; extends by what is intact. */
  async recover(pool: FilePool, fileSize: number, sequenceLimit: number): Promise<ScanResult> {
    const range = {
      fromPosition: this.#sizeBytes,
      toPosition: fileSize,
      fromSequence: this.#nextSequence,
      sequenceLimit,
    };
    const framing = this.#framing;
    return await pool.with(this.path, 'read', (file) =>
      scanRecords(file, framing, range, {
        record: (buffer, at, size) => {
          const first = framing.firstSequence(buffer, at);
          this.extend(first, framing.nextSequence(buffer, at), size, framing.timestampMs(buffer, at));
        },
        damage: (damaged) => this.endAt(damaged.toPosition, damaged.toSequence),
      }),
    );
  }

  /**
   * Whole records from the one that holds `sequence` on, or from the next intact one. At most `maxBytes`, but with `minOneRecord`
   * at least one record. An empty run that ends at the segment's `nextSequence` says: nothing intact is left in here.
   */
  async read(pool: FilePool, sequence: number, maxBytes: number, minOneRecord: boolean): Promise<RecordRun> {
    return await pool.with(this.path, 'read', async (file) => {
      let start = this.#startFor(sequence);
      let windowBytes = maxBytes;
      for (;;) {
        const available = this.#sizeBytes - start.position;
        if (available <= 0) return emptyRun(this.#nextSequence);
        // The window begins up to an index interval before the record that is wanted.
        const lead = start.sequence < sequence ? INDEX_INTERVAL_BYTES : 0;
        const wantedBytes = Math.min(available, windowBytes + lead);
        const window = await readFully(file, start.position, wantedBytes);
        const walk = this.#walk(window, start, sequence, maxBytes, minOneRecord);
        if (walk.run) {
          this.#remember(walk.run.nextSequence, walk.endPosition);
          return walk.run;
        }
        if (walk.outcome === 'limit') return emptyRun(sequence);
        start = { sequence: walk.nextSequence, position: walk.endPosition };
        // A short read: the file no longer is as long as what was written to it.
        if (walk.outcome === 'damaged' || window.length < wantedBytes) {
          start = await this.#passDamage(file, start);
        } else {
          windowBytes = Math.max(maxBytes, walk.neededBytes);
        }
      }
    });
  }

  /** Reads and checks everything, or the last `tailBytes` at least; damage not known before is reported. */
  async verify(pool: FilePool, tailBytes = Number.POSITIVE_INFINITY): Promise<void> {
    const tailStart = this.#entries.findLast(({ position }) => position <= this.#sizeBytes - tailBytes);
    const end = { position: this.#sizeBytes, sequence: this.#nextSequence };
    const range = {
      fromPosition: tailStart?.position ?? 0,
      toPosition: end.position,
      fromSequence: tailStart?.sequence ?? this.baseSequence,
      sequenceLimit: end.sequence,
    };
    const result = await pool.with(this.path, 'read', (file) =>
      scanRecords(file, this.#framing, range, {
        record: () => undefined,
        damage: (damaged) => this.#report(damaged),
      }),
    );
    if (result.intactEndPosition < end.position) {
      this.#report({
        fromPosition: result.intactEndPosition,
        toPosition: end.position,
        fromSequence: result.nextSequence,
        toSequence: end.sequence,
      });
    }
  }

  /** Sequence number from which on a record with a timestamp at or after the given one is to be sought; undefined when there is none. */
  sequenceForTimestamp(timestampMs: number): number | undefined {
    return this.#entries.find((entry) => entry.maxTimestampMs >= timestampMs)?.sequence;
  }

  #walk(
    window: Buffer,
    start: LogPosition,
    wantedSequence: number,
    maxBytes: number,
    minOneRecord: boolean,
  ): WalkResult {
    const framing = this.#framing;
    let at = 0;
    let sequence = start.sequence;
    let runAt = -1;
    let runSequence = sequence;
    let outcome: WalkResult['outcome'] = 'more';
    let neededBytes = framing.headerBytes;
    while (at < window.length) {
      if (at + framing.headerBytes > window.length) break;
      const size = framing.measure(window, at);
      if (size === 0 || start.position + at + size > this.#sizeBytes) {
        outcome = 'damaged';
        break;
      }
      if (runAt >= 0 && at + size - runAt > maxBytes) {
        outcome = 'limit';
        break;
      }
      if (at + size > window.length) {
        neededBytes = size;
        break;
      }
      const first = framing.firstSequence(window, at);
      const next = framing.nextSequence(window, at);
      if (first !== sequence || next > this.#nextSequence || !framing.isIntact(window, at, size)) {
        outcome = 'damaged';
        break;
      }
      if (runAt < 0 && next > wantedSequence) {
        if (size > maxBytes && !minOneRecord) {
          outcome = 'limit';
          break;
        }
        runAt = at;
        runSequence = first;
      }
      at += size;
      sequence = next;
    }
    const endPosition = start.position + at;
    if (runAt < 0) {
      // A header that the file has no room for is damage, not a window that is too small.
      if (
        outcome === 'more' &&
        endPosition + neededBytes > this.#sizeBytes &&
        endPosition < this.#sizeBytes
      ) {
        outcome = 'damaged';
      }
      return { outcome, nextSequence: sequence, endPosition, neededBytes };
    }
    const run = { bytes: window.subarray(runAt, at), firstSequence: runSequence, nextSequence: sequence };
    return { outcome, run, nextSequence: sequence, endPosition, neededBytes };
  }

  /** Where to go on after damage at `at`; what was not known is looked at, noted and reported. */
  async #passDamage(file: StorageFile, at: LogPosition): Promise<LogPosition> {
    const known = this.#damage.find(
      (range) => at.position >= range.fromPosition && at.position < range.toPosition,
    );
    if (known) return { sequence: known.toSequence, position: known.toPosition };
    const end = { position: this.#sizeBytes, sequence: this.#nextSequence };
    const found = await findNextRecord(file, this.#framing, {
      fromPosition: at.position,
      toPosition: end.position,
      fromSequence: at.sequence,
      sequenceLimit: end.sequence,
    });
    const next = found ?? end;
    // The same position: it reads well now, so the disk erred in passing only.
    if (next.position > at.position) {
      this.#report({
        fromPosition: at.position,
        toPosition: next.position,
        fromSequence: at.sequence,
        toSequence: next.sequence,
      });
    }
    return next;
  }

  #startFor(sequence: number): LogPosition {
    const known = this.#knownPositions.get(sequence);
    if (known !== undefined) return { sequence, position: known };
    const entry = lastAtOrBefore(this.#entries, sequence);
    return entry ?? { sequence: this.baseSequence, position: 0 };
  }

  #remember(sequence: number, position: number): void {
    this.#knownPositions.set(sequence, position);
    if (this.#knownPositions.size > MAX_KNOWN_POSITIONS) {
      const [oldest] = this.#knownPositions.keys();
      if (oldest !== undefined) this.#knownPositions.delete(oldest);
    }
  }

  #report(range: DamagedRange): void {
    if (this.#addDamage(range)) this.#onDamage(this, range);
  }

  /** False when it was known already. */
  #addDamage(range: DamagedRange): boolean {
    const isKnown = this.#damage.some(
      (known) => known.fromPosition <= range.fromPosition && known.toPosition >= range.toPosition,
    );
    if (isKnown) return false;
    // Damage that was found from its middle on before is replaced by the whole.
    const apart = this.#damage.filter(
      (known) => known.toPosition <= range.fromPosition || known.fromPosition >= range.toPosition,
    );
    this.#damage.length = 0;
    this.#damage.push(...apart, range);
    return true;
  }
}

function emptyRun(sequence: number): RecordRun {
  return { bytes: Buffer.alloc(0), firstSequence: sequence, nextSequence: sequence };
}

/** The last entry whose sequence number is at or before the given one. Binary search. */
function lastAtOrBefore(entries: readonly IndexEntry[], sequence: number): IndexEntry | undefined {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry && entry.sequence <= sequence) low = middle + 1;
    else high = middle;
  }
  return entries[low - 1];
}
