import { open } from 'node:fs/promises';
import { describeError } from '../../../shared/errors.js';

/** What kind of key or trust store a file is, told by its first bytes: names say little about it. */
export type FileKind = 'pem' | 'pkcs12' | 'jks' | 'der' | 'directory' | 'unknown' | 'missing';

const headBytes = 4_096;

/** Looks at a file. Never rejects: what can't be read is `missing`. */
export async function fileKindAt(path: string): Promise<FileKind> {
  try {
    const file = await open(path, 'r');
    try {
      if ((await file.stat()).isDirectory()) return 'directory';
      const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
      return fileKindOf(buffer.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  } catch (error) {
    return /EISDIR/.test(describeError(error)) ? 'directory' : 'missing';
  }
}

export function fileKindOf(head: Buffer): FileKind {
  if (head.includes('-----BEGIN ')) return 'pem';
  if (head.length < 8) return 'unknown';
  // JKS and its sibling JCEKS begin with a magic number.
  const magic = head.readUInt32BE(0);
  if (magic === 0xfeedfeed || magic === 0xcececece) return 'jks';
  if (head[0] !== 0x30) return 'unknown';
  // A DER sequence: PKCS#12 begins with its version, a certificate with another sequence (RFC 7292, RFC 5280).
  const lengthBytes = (head[1] ?? 0) & 0x80 ? ((head[1] ?? 0) & 0x7f) + 1 : 1;
  const first = head[1 + lengthBytes];
  if (first === 0x02) return 'pkcs12';
  return first === 0x30 ? 'der' : 'unknown';
}
