import { type FileHandle, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** An open file, as far as the storage uses one. `fs.promises.FileHandle` is one. */
export interface StorageFile {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  write(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ bytesWritten: number }>;
  datasync(): Promise<void>;
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  stat(): Promise<{ size: number; mtimeMs: number }>;
  close(): Promise<void>;
}

/** How a file is opened: `read` and `modify` need an existing one, `create` a missing one, `replace` either. */
export type OpenMode = 'read' | 'modify' | 'create' | 'replace';

/**
 * What the storage needs of a file system. It comes in through constructors, so that a test can make any of these
 * fail; errors are those of `node:fs` (with `code`).
 */
export interface FileSystem {
  open(path: string, mode: OpenMode): Promise<StorageFile>;
  /** Makes the folder and its parents, durably; no error when it exists. */
  makeDirectory(path: string): Promise<void>;
  /** Names in the folder, unsorted. */
  list(path: string): Promise<string[]>;
  rename(from: string, to: string): Promise<void>;
  /** A second name for the same file; fails with EEXIST when `to` exists. Atomic. */
  link(from: string, to: string): Promise<void>;
  /** Removes a file or a whole folder; no error when missing. */
  remove(path: string): Promise<void>;
  stat(path: string): Promise<{ size: number; mtimeMs: number }>;
  /** Makes names created, renamed or removed in the folder durable. Does nothing where folders can't be synced (Windows). */
  syncDirectory(path: string): Promise<void>;
}

const FLAGS: Readonly<Record<OpenMode, string>> = { read: 'r', modify: 'r+', create: 'wx+', replace: 'w+' };

/** The file system of the machine. */
export const nodeFileSystem: FileSystem = {
  open: (path, mode): Promise<FileHandle> => open(path, FLAGS[mode], 0o600),
  async makeDirectory(path) {
    const firstMade = await mkdir(path, { recursive: true, mode: 0o700 });
    if (firstMade === undefined) return;
    for (let made = resolve(path); ; made = dirname(made)) {
      await syncDirectory(dirname(made));
      if (made === resolve(firstMade)) return;
    }
  },
  list: (path) => readdir(path),
  rename,
  link,
  remove: (path) => rm(path, { recursive: true, force: true }),
  stat,
  syncDirectory,
};

async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Reads up to `length` bytes at `position`; fewer only at the end of the file. */
export async function readFully(file: StorageFile, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled === length ? buffer : buffer.subarray(0, filled);
}

/** Writes all of `bytes` at `position`, in as many calls as the system needs. */
export async function writeFully(file: StorageFile, position: number, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}
