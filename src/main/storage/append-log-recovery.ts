import { basename, join } from 'node:path';
import { readWholeFile, syncFile, writeFileAtomically } from './atomic-file.js';
import { decodeCheckedJson, encodeCheckedJson } from './checked-json.js';
import type { FilePool } from './file-pool.js';
import type { FileSystem } from './file-system.js';
import type { RecordFraming } from './record-framing.js';
import type { DamagedRange } from './record-scanner.js';
import { Segment } from './segment.js';
import {
  baseSequenceOf,
  indexPathOf,
  readSegmentIndex,
  type SegmentIndex,
  segmentPath,
  writeSegmentIndex,
} from './segment-index.js';
import { toStorageError } from './storage-error.js';
import type { StorageEventListener } from './storage-event.js';

const START_FILE = 'start.json';

export interface LogFiles {
  readonly directory: string;
  readonly framing: RecordFraming;
  readonly fileSystem: FileSystem;
  readonly pool: FilePool;
  readonly onEvent: StorageEventListener;
}

export interface RecoveredLog {
  /** Oldest first; the last one is where appends go on, unless `mustRoll`. */
  readonly segments: Segment[];
  readonly startSequence: number;
  readonly nextSequence: number;
  /** How much of the last segment its index covers. */
  readonly indexedBytes: number;
  /** The last segment can't be continued: sequence numbers are missing after it. */
  readonly mustRoll: boolean;
}

/**
 * Finds out what a log's folder holds. Closed segments with a fitting index are taken as they are (every read checks
 * them); the others are scanned. Only the end of the last segment is ever cut, since only there an append may have been
 * interrupted; everything else that is not intact stays in its file, is reported and skipped.
 */
export async function recoverLog(files: LogFiles): Promise<RecoveredLog> {
  await files.fileSystem.makeDirectory(files.directory);
  const bases = (await files.fileSystem.list(files.directory))
    .flatMap((name) => baseSequenceOf(name) ?? [])
    .sort((a, b) => a - b);
  const discardedBefore = await readStartSequence(files);

  const segments: Segment[] = [];
  let nextSequence = discardedBefore;
  let mustRoll = false;
  let indexedBytes = 0;
  for (const [index, base] of bases.entries()) {
    const nextBase = bases[index + 1];
    if (nextBase !== undefined) {
      segments.push(await openClosedSegment(files, base, nextBase));
      continue;
    }
    const last = await openLastSegment(files, base);
    if (last.segment) segments.push(last.segment);
    indexedBytes = last.indexedBytes;
    mustRoll = last.nextSequence !== last.segment?.nextSequence || last.nextSequence < discardedBefore;
    nextSequence = Math.max(last.nextSequence, discardedBefore);
  }
  const startSequence = Math.max(discardedBefore, segments[0]?.baseSequence ?? nextSequence);
  return { segments, startSequence, nextSequence, indexedBytes, mustRoll };
}

/** Remembers durably that everything before `sequence` is to be forgotten. */
export async function writeStartSequence(files: LogFiles, sequence: number): Promise<void> {
  const content = encodeCheckedJson({ startSequence: sequence });
  await writeFileAtomically(join(files.directory, START_FILE), content, { fileSystem: files.fileSystem });
}

async function readStartSequence(files: LogFiles): Promise<number> {
  const content = await readWholeFile(join(files.directory, START_FILE), files.fileSystem);
  if (!content) return 0;
  try {
    const parsed = decodeCheckedJson(content);
    if (typeof parsed === 'object' && parsed !== null && 'startSequence' in parsed) {
      const { startSequence } = parsed;
      if (typeof startSequence === 'number' && Number.isSafeInteger(startSequence) && startSequence >= 0) {
        return startSequence;
      }
    }
  } catch {
    // Damaged: reported below, as any other content that says nothing.
  }
  files.onEvent({
    level: 'error',
    kind: 'damage-found',
    message: `${START_FILE} in ${files.directory} is damaged: discarded records may come back`,
    details: { directory: files.directory },
  });
  return 0;
}

export function createSegment(files: LogFiles, baseSequence: number): Segment {
  return new Segment({
    path: segmentPath(files.directory, baseSequence),
    baseSequence,
    framing: files.framing,
    onDamage: (segment, range) => reportDamage(files, segment, range),
  });
}

async function openClosedSegment(files: LogFiles, base: number, nextBase: number): Promise<Segment> {
  const { size, index } = await inspect(files, base, nextBase);
  const segment = createSegment(files, base);
  if (index && index.coveredBytes <= size) segment.adoptIndex(index);
  if (segment.sizeBytes < size) await segment.recover(files.pool, size, nextBase);
  if (segment.sizeBytes === size && segment.nextSequence < nextBase) {
    reportMissing(files, segment, segment.nextSequence, nextBase);
  }
  segment.endAt(size, nextBase);
  if (segment.sizeBytes !== index?.coveredBytes) await keepIndex(files, segment);
  return segment;
}

/** A closed segment without an index (the process was killed before it was written) is scanned only once. */
async function keepIndex(files: LogFiles, segment: Segment): Promise<void> {
  try {
    await writeSegmentIndex(indexPathOf(segment.path), segment.toIndex(), files.fileSystem);
  } catch (error) {
    const { message } = toStorageError(error, `write the index of ${segment.path}`);
    files.onEvent({ level: 'warn', kind: 'checkpoint-failed', message, details: { path: segment.path } });
  }
}

async function openLastSegment(
  files: LogFiles,
  base: number,
): Promise<{ segment: Segment | undefined; nextSequence: number; indexedBytes: number }> {
  const { size, index } = await inspect(files, base, Number.POSITIVE_INFINITY);
  const segment = createSegment(files, base);
  const isShorterThanIndexed = index !== undefined && index.coveredBytes > size;
  if (index && !isShorterThanIndexed) segment.adoptIndex(index);
  const indexedBytes = segment.sizeBytes;
  const isUnverified = segment.sizeBytes < size;
  if (isUnverified) await segment.recover(files.pool, size, Number.POSITIVE_INFINITY);

  let kept: Segment | undefined = segment;
  if (segment.sizeBytes < size) {
    if (segment.sizeBytes === 0) {
      await setAside(files, segment, size);
      kept = undefined;
    } else {
      await cutTail(files, segment, size);
    }
  } else if (isUnverified) {
    // A killed process leaves records that were written and never synced: before anything builds on them they must be.
    await files.pool.with(segment.path, 'modify', (file) => syncFile(file, segment.path));
  }
  if (!isShorterThanIndexed) return { segment: kept, nextSequence: segment.nextSequence, indexedBytes };
  const nextSequence = Math.max(segment.nextSequence, index.nextSequence);
  reportMissing(files, segment, segment.nextSequence, nextSequence);
  return { segment: kept, nextSequence, indexedBytes };
}

async function inspect(
  files: LogFiles,
  base: number,
  sequenceLimit: number,
): Promise<{ size: number; index: SegmentIndex | undefined }> {
  const path = segmentPath(files.directory, base);
  const { size } = await files.fileSystem.stat(path);
  const index = await readSegmentIndex(indexPathOf(path), files.fileSystem);
  const first = index?.entries[0]?.sequence ?? base;
  const fits =
    index !== undefined && first >= base && first < sequenceLimit && index.nextSequence <= sequenceLimit;
  return { size, index: fits ? index : undefined };
}

async function cutTail(files: LogFiles, segment: Segment, size: number): Promise<void> {
  await files.pool.with(segment.path, 'modify', async (file) => {
    await file.truncate(segment.sizeBytes);
    await syncFile(file, segment.path);
  });
  const bytes = size - segment.sizeBytes;
  files.onEvent({
    level: 'warn',
    kind: 'tail-cut',
    message: `${bytes} bytes of an interrupted write were cut from the end of ${segment.path}`,
    details: { path: segment.path, bytes, position: segment.sizeBytes, nextSequence: segment.nextSequence },
  });
}

/** Nothing in the file is intact: an interrupted first write, or not the file it was. It is kept under another name. */
async function setAside(files: LogFiles, segment: Segment, size: number): Promise<void> {
  const damagedPath = `${segment.path}.damaged`;
  await files.pool.evict(segment.path);
  await files.fileSystem.rename(segment.path, damagedPath);
  await files.fileSystem.remove(indexPathOf(segment.path));
  await files.fileSystem.syncDirectory(files.directory);
  files.onEvent({
    level: 'warn',
    kind: 'file-set-aside',
    message: `${segment.path} holds no intact record (${size} bytes) and was renamed to ${basename(damagedPath)}`,
    details: { path: segment.path, bytes: size, nextSequence: segment.nextSequence },
  });
}

function reportDamage(files: LogFiles, segment: Segment, range: DamagedRange): void {
  const bytes = range.toPosition - range.fromPosition;
  files.onEvent({
    level: 'error',
    kind: 'damage-found',
    message: `${bytes} bytes of ${segment.path} at ${range.fromPosition} are damaged: ${range.toSequence - range.fromSequence} records from ${range.fromSequence} on can't be read`,
    details: { path: segment.path, bytes, ...range },
  });
}

function reportMissing(files: LogFiles, segment: Segment, from: number, to: number): void {
  files.onEvent({
    level: 'error',
    kind: 'records-missing',
    message: `${segment.path} ends too early: ${to - from} records from ${from} on are missing`,
    details: { path: segment.path, fromSequence: from, toSequence: to },
  });
}
