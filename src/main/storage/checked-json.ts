import { crc32c } from './crc32c.js';
import { StorageError } from './storage-error.js';

/** Behind the JSON: a line with the CRC-32C of everything before it. */
const trailer = /\ncrc32c:([0-9a-f]{8})\n$/;

/** JSON for a small file that must be known to be what was written. */
export function encodeCheckedJson(value: unknown): Buffer {
  const json = Buffer.from(JSON.stringify(value));
  const checksum = crc32c(json).toString(16).padStart(8, '0');
  return Buffer.concat([json, Buffer.from(`\ncrc32c:${checksum}\n`)]);
}

/**
 * The value, when not a bit of it has changed. A file of before there were checksums is plain JSON, and is taken as it is: with
 * its last line damaged a checked one is no JSON.
 *
 * @throws StorageError STORAGE_DAMAGED
 */
export function decodeCheckedJson(content: Buffer): unknown {
  const found = trailer.exec(content.subarray(-17).toString('latin1'));
  const json = found === null ? content : content.subarray(0, content.length - found[0].length);
  if (found === null || crc32c(json) === Number.parseInt(found[1] ?? '', 16)) {
    try {
      return JSON.parse(json.toString('utf8')) as unknown;
    } catch {
      // Neither what was written nor plain JSON.
    }
  }
  throw new StorageError('STORAGE_DAMAGED', 'The file is not what was written');
}
