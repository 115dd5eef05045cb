/**
 * A reader for zip archives, as far as a release archive needs one: stored and deflated entries,
 * file modes, CRC checks. Zip64 and encryption are refused, not half-read.
 * Layout: PKWARE APPNOTE 6.3, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (its end).
 */

import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';

const END_OF_CENTRAL_DIRECTORY = 0x06054b50;
const CENTRAL_HEADER = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const END_RECORD_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
const STORED = 0;
const DEFLATED = 8;
const UNIX = 3;

/**
 * @typedef {object} ZipEntry
 * @property {string} name path inside the archive, '/' between its parts; a folder's name ends in '/'
 * @property {number} method 0 stored, 8 deflated
 * @property {number} compressedBytes
 * @property {number} bytes size once unpacked
 * @property {number} crc32
 * @property {number} mode Unix permission bits, 0 where the archive has none
 * @property {number} headerOffset where the entry's local header starts
 */

/** Finds the end-of-central-directory record in the last bytes of an archive. */
function parseEndRecord(tail) {
  for (let at = tail.length - END_RECORD_BYTES; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) !== END_OF_CENTRAL_DIRECTORY) continue;
    const entries = tail.readUInt16LE(at + 10);
    const bytes = tail.readUInt32LE(at + 12);
    const offset = tail.readUInt32LE(at + 16);
    if (entries === 0xffff || offset === 0xffffffff) throw new Error('zip64 archives are not supported');
    return { entries, bytes, offset };
  }
  throw new Error('not a zip archive: no end-of-central-directory record');
}

/**
 * Parses the central directory.
 *
 * @param {Buffer} directory its bytes
 * @param {number} count how many entries the end record promises
 * @returns {ZipEntry[]}
 */
function parseCentralDirectory(directory, count) {
  const entries = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== CENTRAL_HEADER) {
      throw new Error(`damaged zip archive: entry ${index} of the central directory`);
    }
    if (directory.readUInt16LE(at + 8) & 1) throw new Error('encrypted zip archives are not supported');
    const nameBytes = directory.readUInt16LE(at + 28);
    const madeBy = directory.readUInt8(at + 5);
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameBytes),
      method: directory.readUInt16LE(at + 10),
      crc32: directory.readUInt32LE(at + 16),
      compressedBytes: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      mode: madeBy === UNIX ? (directory.readUInt32LE(at + 38) >>> 16) & 0o777 : 0,
      headerOffset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function readExactly(file, offset, length) {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, offset);
  if (bytesRead !== length) throw new Error('damaged zip archive: it ends too early');
  return buffer;
}

/** Counts and sums what passes, and fails the pipeline at its end unless both match the directory. */
function createEntryCheck(entry) {
  let sum = 0;
  let bytes = 0;
  return new Transform({
    transform(chunk, _encoding, done) {
      sum = crc32(chunk, sum);
      bytes += chunk.length;
      done(null, chunk);
    },
    flush(done) {
      const intact = bytes === entry.bytes && sum === entry.crc32;
      done(intact ? null : new Error(`damaged zip archive: ${entry.name} fails its checksum`));
    },
  });
}

async function extractEntry(archive, file, entry, target) {
  const header = await readExactly(file, entry.headerOffset, 30);
  if (header.readUInt32LE(0) !== LOCAL_HEADER)
    throw new Error(`damaged zip archive: header of ${entry.name}`);
  if (entry.method !== STORED && entry.method !== DEFLATED) {
    throw new Error(`${entry.name}: zip compression method ${entry.method} is not supported`);
  }
  const start = entry.headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  await mkdir(dirname(target), { recursive: true });
  const output = createWriteStream(target, { mode: entry.mode || 0o644 });
  if (entry.compressedBytes === 0) {
    await pipeline([], createEntryCheck(entry), output);
    return;
  }
  const end = start + entry.compressedBytes - 1;
  const source = createReadStream(archive, { start, end, highWaterMark: 1 << 20 });
  const inflate = entry.method === DEFLATED ? [createInflateRaw({ chunkSize: 1 << 18 })] : [];
  await pipeline([source, ...inflate, createEntryCheck(entry), output]);
}

/**
 * Unpacks an archive into a folder.
 *
 * @param {string} archive the zip file
 * @param {string} folder where to; created when missing
 * @param {(name: string) => string | undefined} place maps an entry's name to its path below
 *   `folder`, or to undefined to leave the entry out
 * @returns {Promise<number>} how many files were written
 * @throws when the archive is damaged, unsupported, or an entry would land outside `folder`
 */
export async function extractZip(archive, folder, place = (name) => name) {
  const file = await open(archive, 'r');
  try {
    const { size } = await file.stat();
    const tailBytes = Math.min(size, END_RECORD_BYTES + MAX_COMMENT_BYTES);
    const end = parseEndRecord(await readExactly(file, size - tailBytes, tailBytes));
    const directory = await readExactly(file, end.offset, end.bytes);
    let written = 0;
    for (const entry of parseCentralDirectory(directory, end.entries)) {
      const placed = entry.name.endsWith('/') ? undefined : place(entry.name);
      if (placed === undefined) continue;
      const target = join(folder, normalize(placed));
      if (!target.startsWith(join(folder, sep)))
        throw new Error(`zip entry leaves its folder: ${entry.name}`);
      await extractEntry(archive, file, entry, target);
      written += 1;
    }
    return written;
  } finally {
    await file.close();
  }
}
