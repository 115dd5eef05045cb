import { join } from 'node:path';
import { readWholeFile, writeFileAtomically } from './atomic-file.js';
import { crc32c } from './crc32c.js';
import type { FileSystem } from './file-system.js';
import type { DamagedRange } from './record-scanner.js';

/** One entry per this many bytes of segment. */
export const INDEX_INTERVAL_BYTES = 128 * 1024;

export interface IndexEntry {
  readonly sequence: number;
  readonly position: number;
  /** Largest timestamp of the records from here to the next entry; -1 when none has one. */
  maxTimestampMs: number;
}

/** What is known about the first `coveredBytes` of a segment: with it they need not be scanned on opening. */
export interface SegmentIndex {
  readonly coveredBytes: number;
  readonly nextSequence: number;
  readonly entries: readonly IndexEntry[];
  readonly damage: readonly DamagedRange[];
}

const FORMAT = 0x52584931; // "RXI1"
const HEADER_BYTES = 32;
const ENTRY_BYTES = 24;
const DAMAGE_BYTES = 32;

/** Format, CRC-32C of all that follows, covered bytes, next sequence, the two counts, then doubles; little-endian. */
export function encodeSegmentIndex(index: SegmentIndex): Buffer {
  const size = HEADER_BYTES + index.entries.length * ENTRY_BYTES + index.damage.length * DAMAGE_BYTES;
  const buffer = Buffer.alloc(size);
  buffer.writeUInt32LE(FORMAT, 0);
  buffer.writeDoubleLE(index.coveredBytes, 8);
  buffer.writeDoubleLE(index.nextSequence, 16);
  buffer.writeUInt32LE(index.entries.length, 24);
  buffer.writeUInt32LE(index.damage.length, 28);
  let at = HEADER_BYTES;
  for (const entry of index.entries) {
    at = buffer.writeDoubleLE(entry.sequence, at);
    at = buffer.writeDoubleLE(entry.position, at);
    at = buffer.writeDoubleLE(entry.maxTimestampMs, at);
  }
  for (const range of index.damage) {
    at = buffer.writeDoubleLE(range.fromPosition, at);
    at = buffer.writeDoubleLE(range.toPosition, at);
    at = buffer.writeDoubleLE(range.fromSequence, at);
    at = buffer.writeDoubleLE(range.toSequence, at);
  }
  buffer.writeUInt32LE(crc32c(buffer, 8), 4);
  return buffer;
}

/** Undefined when the bytes are not a whole index: then the segment is scanned. */
export function decodeSegmentIndex(buffer: Buffer): SegmentIndex | undefined {
  if (buffer.length < HEADER_BYTES || buffer.readUInt32LE(0) !== FORMAT) return undefined;
  if (buffer.readUInt32LE(4) !== crc32c(buffer, 8)) return undefined;
  const entryCount = buffer.readUInt32LE(24);
  const damageCount = buffer.readUInt32LE(28);
  if (buffer.length !== HEADER_BYTES + entryCount * ENTRY_BYTES + damageCount * DAMAGE_BYTES)
    return undefined;
  const entries: IndexEntry[] = [];
  const damage: DamagedRange[] = [];
  let at = HEADER_BYTES;
  for (let index = 0; index < entryCount; index++, at += ENTRY_BYTES) {
    entries.push({
      sequence: buffer.readDoubleLE(at),
      position: buffer.readDoubleLE(at + 8),
      maxTimestampMs: buffer.readDoubleLE(at + 16),
    });
  }
  for (let index = 0; index < damageCount; index++, at += DAMAGE_BYTES) {
    damage.push({
      fromPosition: buffer.readDoubleLE(at),
      toPosition: buffer.readDoubleLE(at + 8),
      fromSequence: buffer.readDoubleLE(at + 16),
      toSequence: buffer.readDoubleLE(at + 24),
    });
  }
  return { coveredBytes: buffer.readDoubleLE(8), nextSequence: buffer.readDoubleLE(16), entries, damage };
}

export async function readSegmentIndex(
  path: string,
  fileSystem: FileSystem,
): Promise<SegmentIndex | undefined> {
  const content = await readWholeFile(path, fileSystem);
  return content ? decodeSegmentIndex(content) : undefined;
}

/** Not synced: it can be made again from the segment, and a torn one is noticed. */
export async function writeSegmentIndex(
  path: string,
  index: SegmentIndex,
  fileSystem: FileSystem,
): Promise<void> {
  await writeFileAtomically(path, encodeSegmentIndex(index), { fileSystem, durable: false });
}

const SEGMENT_NAME = /^(\d{16})\.log$/;

/** The base sequence number that a segment's file name carries; undefined for any other file. */
export function baseSequenceOf(fileName: string): number | undefined {
  const digits = SEGMENT_NAME.exec(fileName)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export function segmentPath(directory: string, baseSequence: number): string {
  return join(directory, `${String(baseSequence).padStart(16, '0')}.log`);
}

export function indexPathOf(path: string): string {
  return path.replace(/\.log$/, '.index');
}
