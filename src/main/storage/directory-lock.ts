import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readWholeFile } from './atomic-file.js';
import { type FileSystem, nodeFileSystem, writeFully } from './file-system.js';
import { nodeProcessProbe, type ProcessProbe } from './process-probe.js';
import { errnoOf, StorageError, toStorageError } from './storage-error.js';

const LOCK_NAME = /^lock\.(\d{1,15})$/;

export interface DirectoryLockOptions {
  readonly fileSystem?: FileSystem;
  readonly processes?: ProcessProbe;
  /** Told when the lock of a process that is gone was taken over. */
  readonly onTakeOver?: (deadPid: number) => void;
}

interface LockOwner {
  readonly pid: number;
  readonly startedAt: string;
}

/**
 * One process per folder. The lock dies with its process, also by kill -9: the file names the process by pid and start
 * time, and who finds that process gone takes over.
 *
 * Lock files carry rising numbers and the highest one counts. Taking the lock means creating the next number, which the
 * file system lets one process do; only lower numbers are ever removed. So two processes that both find a
 * dead owner can't both win, as they could by removing and re-creating a single file.
 *
 * It guards a folder among the processes of one machine: not across a network file system, nor across containers
 * that can't see each other's processes.
 */
export class DirectoryLock {
  readonly #path: string;
  readonly #fileSystem: FileSystem;
  #released = false;

  private constructor(path: string, fileSystem: FileSystem) {
    this.#path = path;
    this.#fileSystem = fileSystem;
  }

  /**
   * @throws StorageError STORAGE_LOCKED, its message naming the pid that holds the folder; STORAGE_READ_ONLY, STORAGE_FULL, STORAGE_IO
   */
  static async acquire(directory: string, options: DirectoryLockOptions = {}): Promise<DirectoryLock> {
    const fileSystem = options.fileSystem ?? nodeFileSystem;
    const processes = options.processes ?? nodeProcessProbe;
    const own: LockOwner = { pid: process.pid, startedAt: (await processes.startTime(process.pid)) ?? '' };
    const temporaryPath = join(directory, `.lock-${process.pid}-${randomBytes(6).toString('hex')}`);
    try {
      await fileSystem.makeDirectory(directory);
      await writeOwner(fileSystem, temporaryPath, own);
      try {
        const path = await takeNext(directory, temporaryPath, fileSystem, processes, options.onTakeOver);
        return new DirectoryLock(path, fileSystem);
      } finally {
        await fileSystem.remove(temporaryPath);
      }
    } catch (error) {
      throw toStorageError(error, `lock ${directory}`);
    }
  }

  /** Lets the folder go. Idempotent. The file stays, emptied: numbers must never be used twice. */
  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    try {
      const file = await this.#fileSystem.open(this.#path, 'modify');
      try {
        await file.truncate(0);
      } finally {
        await file.close();
      }
    } catch (error) {
      // The folder may be gone already; a lock that could not be emptied still dies with this process.
      if (errnoOf(error) !== 'ENOENT') throw toStorageError(error, `release ${this.#path}`);
    }
  }
}

/** Resolves to the path of the lock file taken. */
async function takeNext(
  directory: string,
  temporaryPath: string,
  fileSystem: FileSystem,
  processes: ProcessProbe,
  onTakeOver: ((deadPid: number) => void) | undefined,
): Promise<string> {
  for (;;) {
    const highest = (await lockNumbers(fileSystem, directory)).at(-1) ?? 0;
    const owner = highest > 0 ? await readOwner(fileSystem, lockPath(directory, highest)) : undefined;
    if (owner && (await isRunning(owner, processes))) throw lockedBy(owner, directory);

    const path = lockPath(directory, highest + 1);
    try {
      await fileSystem.link(temporaryPath, path);
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') continue;
      throw error;
    }
    // Between the look and the link others may have come, gone and cleaned up: their number is then higher.
    const numbers = await lockNumbers(fileSystem, directory);
    if ((numbers.at(-1) ?? 0) > highest + 1) {
      await fileSystem.remove(path);
      continue;
    }
    for (const number of numbers) {
      if (number <= highest) await fileSystem.remove(lockPath(directory, number));
    }
    if (owner) onTakeOver?.(owner.pid);
    return path;
  }
}

function lockPath(directory: string, number: number): string {
  return join(directory, `lock.${number}`);
}

async function lockNumbers(fileSystem: FileSystem, directory: string): Promise<number[]> {
  const numbers = (await fileSystem.list(directory)).flatMap((name) => {
    const digits = LOCK_NAME.exec(name)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
  return numbers.sort((a, b) => a - b);
}

async function writeOwner(fileSystem: FileSystem, path: string, owner: LockOwner): Promise<void> {
  const file = await fileSystem.open(path, 'create');
  try {
    await writeFully(file, 0, Buffer.from(JSON.stringify(owner)));
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Undefined for a released lock and for one that no longer exists or can't be read: nobody holds these. */
async function readOwner(fileSystem: FileSystem, path: string): Promise<LockOwner | undefined> {
  const content = await readWholeFile(path, fileSystem);
  if (!content || content.length === 0) return undefined;
  try {
    const owner: unknown = JSON.parse(content.toString());
    if (typeof owner !== 'object' || owner === null || !('pid' in owner) || !('startedAt' in owner))
      return undefined;
    const { pid, startedAt } = owner;
    return Number.isSafeInteger(pid) && typeof startedAt === 'string'
      ? { pid: Number(pid), startedAt }
      : undefined;
  } catch {
    // A lock is linked into place whole, so one that does not parse was damaged while nobody held it.
    return undefined;
  }
}

async function isRunning(owner: LockOwner, processes: ProcessProbe): Promise<boolean> {
  const startedAt = await processes.startTime(owner.pid);
  return startedAt !== undefined && startedAt === owner.startedAt;
}

function lockedBy(owner: LockOwner, directory: string): StorageError {
  const who = owner.pid === process.pid ? 'this process already' : `process ${owner.pid}`;
  return new StorageError('STORAGE_LOCKED', `${directory} is in use by ${who}`);
}
