import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { extractZip } from '../../../scripts/lib/zip.mjs';

interface Entry {
  readonly name: string;
  readonly content?: string;
  readonly stored?: boolean;
  readonly mode?: number;
}

/** A zip archive with Unix modes, as release archives have them. */
function zipOf(entries: readonly Entry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content = '', stored = false, mode = 0o644 } of entries) {
    const plain = Buffer.from(content);
    const packed = stored ? plain : deflateRawSync(plain);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(stored ? 0 : 8, 4);
    common.writeUInt32LE(crc32(plain), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(plain.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), common, rest, Buffer.from(name));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}

describe('the zip reader', () => {
  let folder = '';
  let archive = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zip-'));
    archive = join(folder, 'archive.zip');
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const target = () => join(folder, 'target');

  test('unpacks stored, deflated and empty files into their folders', async () => {
    const long = 'resonance '.repeat(10_000);
    await writeFile(
      archive,
      zipOf([
        { name: 'top/' },
        { name: 'top/long.txt', content: long },
        { name: 'top/deep/stored.txt', content: 'as is', stored: true },
        { name: 'top/empty', stored: true },
      ]),
    );
    expect(await extractZip(archive, target())).toBe(3);
    expect(await readFile(join(target(), 'top/long.txt'), 'utf8')).toBe(long);
    expect(await readFile(join(target(), 'top/deep/stored.txt'), 'utf8')).toBe('as is');
    expect(await readFile(join(target(), 'top/empty'), 'utf8')).toBe('');
  });

  test.skipIf(process.platform === 'win32')('keeps the permission to execute', async () => {
    await writeFile(archive, zipOf([{ name: 'run', content: '#!', mode: 0o755 }, { name: 'read' }]));
    await extractZip(archive, target());
    expect((await stat(join(target(), 'run'))).mode & 0o111).not.toBe(0);
    expect((await stat(join(target(), 'read'))).mode & 0o111).toBe(0);
  });

  test('renames and leaves out what it is told to', async () => {
    await writeFile(
      archive,
      zipOf([
        { name: 'App/App', content: 'x' },
        { name: 'App/junk', content: 'y' },
      ]),
    );
    const place = (name: string) => (name === 'App/App' ? 'app' : undefined);
    expect(await extractZip(archive, target(), place)).toBe(1);
    expect(await readdir(target())).toEqual(['app']);
  });

  test('refuses an entry that would land outside the folder', async () => {
    await writeFile(archive, zipOf([{ name: '../outside', content: 'x' }]));
    await expect(extractZip(archive, target())).rejects.toThrow('leaves its folder');
    expect(await readdir(folder)).toEqual(['archive.zip']);
  });

  test('refuses content that fails its checksum', async () => {
    const bytes = zipOf([{ name: 'a', content: 'content', stored: true }]);
    bytes[30 + 1] = (bytes[30 + 1] ?? 0) ^ 1;
    await writeFile(archive, bytes);
    await expect(extractZip(archive, target())).rejects.toThrow('a fails its checksum');
  });

  test('refuses an archive that ends too early', async () => {
    const bytes = zipOf([{ name: 'a', content: 'content' }]);
    await writeFile(archive, bytes.subarray(0, bytes.length - 30));
    await expect(extractZip(archive, target())).rejects.toThrow('not a zip archive');
  });
});
