import { dirname } from 'node:path';
import { type FileSystem, nodeFileSystem, readFully, type StorageFile, writeFully } from './file-system.js';
import { errnoOf, StorageError, toStorageError } from './storage-error.js';

const TEMPORARY_SUFFIX = '.tmp';

export interface AtomicWriteOptions {
  readonly fileSystem?: FileSystem;
  /**
   * Default true. False leaves out the syncs, for content that can be made again: a crash of the process still leaves
   * the old or the new content, a power failure possibly neither.
   */
  readonly durable?: boolean;
}

/**
 * Replaces a file so that after a crash at any moment either the old or the new content is there, whole: writes a
 * temporary file beside it, reads it back, syncs it, renames it over, syncs the folder. Two calls for one path must not
 * overlap: the caller orders them.
 *
 * @throws StorageError STORAGE_FULL, STORAGE_READ_ONLY, STORAGE_SYNC_FAILED, STORAGE_DAMAGED, STORAGE_IO; the old content then still
 * stands, unless only the folder's sync failed: then either may survive a power failure.
 */
export async function writeFileAtomically(
  path: string,
  content: Uint8Array,
  options: AtomicWriteOptions = {},
): Promise<void> {
  const { fileSystem = nodeFileSystem, durable = true } = options;
  const temporaryPath = path + TEMPORARY_SUFFIX;
  try {
    const file = await fileSystem.open(temporaryPath, 'replace');
    try {
      await writeFully(file, 0, content);
      if (durable) await syncFile(file, temporaryPath);
      const stored = await readFully(file, 0, content.length + 1);
      if (!stored.equals(content)) {
        throw new StorageError('STORAGE_DAMAGED', `${temporaryPath} does not hold what was written to it`);
      }
    } finally {
      await file.close();
    }
    await fileSystem.rename(temporaryPath, path);
    if (durable) await syncDirectory(fileSystem, dirname(path));
  } catch (error) {
    throw toStorageError(error, `replace ${path}`);
  }
}

/** The content, or undefined when there is no such file. @throws StorageError STORAGE_IO and the like */
export async function readWholeFile(
  path: string,
  fileSystem: FileSystem = nodeFileSystem,
): Promise<Buffer | undefined> {
  try {
    const file = await fileSystem.open(path, 'read');
    try {
      const { size } = await file.stat();
      return await readFully(file, 0, size);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw toStorageError(error, `read ${path}`);
  }
}

/** Flushes content and size to the disk. @throws StorageError STORAGE_SYNC_FAILED */
export async function syncFile(file: StorageFile, path: string): Promise<void> {
  try {
    await file.datasync();
  } catch (error) {
    throw new StorageError('STORAGE_SYNC_FAILED', `Could not sync ${path}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/** Flushes the names in a folder to the disk. @throws StorageError STORAGE_SYNC_FAILED */
export async function syncDirectory(fileSystem: FileSystem, path: string): Promise<void> {
  try {
    await fileSystem.syncDirectory(path);
  } catch (error) {
    throw new StorageError('STORAGE_SYNC_FAILED', `Could not sync ${path}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
