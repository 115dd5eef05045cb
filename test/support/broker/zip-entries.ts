import { inflateRawSync } from 'node:zlib';

const END_OF_CENTRAL_DIRECTORY = 0x06054b50;
const END_OF_CENTRAL_DIRECTORY_BYTES = 22;
const CENTRAL_HEADER_BYTES = 46;
const LOCAL_HEADER_BYTES = 30;
const DEFLATED = 8;

/** The entries of a zip archive (a jar) whose names `matches`, unpacked. Enough for jars: no zip64, no encryption. */
export function readZipEntries(archive: Buffer, matches: (name: string) => boolean): Map<string, Buffer> {
  let end = archive.length - END_OF_CENTRAL_DIRECTORY_BYTES;
  while (archive.readUInt32LE(end) !== END_OF_CENTRAL_DIRECTORY) end -= 1;
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  const entries = new Map<string, Buffer>();
  for (let index = 0; index < count; index += 1) {
    const method = archive.readUInt16LE(at + 10);
    const packedBytes = archive.readUInt32LE(at + 20);
    const nameBytes = archive.readUInt16LE(at + 28);
    const extraBytes = archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
    const local = archive.readUInt32LE(at + 42);
    const name = archive.toString('utf8', at + CENTRAL_HEADER_BYTES, at + CENTRAL_HEADER_BYTES + nameBytes);
    if (matches(name)) {
      const localNames = archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
      const start = local + LOCAL_HEADER_BYTES + localNames;
      const packed = archive.subarray(start, start + packedBytes);
      entries.set(name, method === DEFLATED ? inflateRawSync(packed) : Buffer.from(packed));
    }
    at += CENTRAL_HEADER_BYTES + nameBytes + extraBytes;
  }
  return entries;
}
