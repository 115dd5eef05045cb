/** What one record of the log holds: ids that were settled together. */
export interface SeenRecord {
  readonly generation: number;
  /** Running time of the node when it was written, over all its runs, milliseconds. */
  readonly runningMs: number;
  /** Low and high half of each fingerprint, in turn. */
  readonly ids: readonly number[];
}

/** So that one record is read, and taken in, in about a millisecond. */
export const maxIdsInRecord = 4_096;

const version = 1;
const versionAt = 0;
const generationAt = 4;
const runningMsAt = 8;
const idsAt = 16;

/** Version (u8), three bytes of nothing, generation (u32), running time (f64), fingerprints (two u32 each); little-endian. */
export function encodeSeenRecord({ generation, runningMs, ids }: SeenRecord): Buffer {
  const bytes = Buffer.alloc(idsAt + ids.length * 4);
  bytes.writeUInt8(version, versionAt);
  bytes.writeUInt32LE(generation, generationAt);
  bytes.writeDoubleLE(runningMs, runningMsAt);
  ids.forEach((half, index) => {
    bytes.writeUInt32LE(half, idsAt + index * 4);
  });
  return bytes;
}

/** Null for a record of another version. */
export function decodeSeenRecord(bytes: Buffer): SeenRecord | null {
  if (bytes.length < idsAt || bytes.readUInt8(versionAt) !== version) return null;
  const ids: number[] = [];
  for (let at = idsAt; at + 8 <= bytes.length; at += 8)
    ids.push(bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4));
  return { generation: bytes.readUInt32LE(generationAt), runningMs: bytes.readDoubleLE(runningMsAt), ids };
}
