import { type FileSystem, nodeFileSystem, type OpenMode, type StorageFile } from './file-system.js';

interface PooledFile {
  readonly opening: Promise<StorageFile>;
  users: number;
  /** No longer in the pool: closed when its last user is done. */
  retired: boolean;
}

type PooledMode = Extract<OpenMode, 'read' | 'modify'>;

/** How many files may stay open when nobody uses them; default 64. */
const DEFAULT_MAX_IDLE_FILES = 64;

/**
 * Open files shared by many logs, so that a thousand partitions don't hold a thousand descriptors: a file stays
 * open after use until it is the least recently used of more than `maxIdleFiles`.
 */
export class FilePool {
  readonly #fileSystem: FileSystem;
  readonly #maxIdleFiles: number;
  /** Least recently used first. */
  readonly #files = new Map<string, PooledFile>();

  constructor(options: { fileSystem?: FileSystem; maxIdleFiles?: number } = {}) {
    this.#fileSystem = options.fileSystem ?? nodeFileSystem;
    this.#maxIdleFiles = options.maxIdleFiles ?? DEFAULT_MAX_IDLE_FILES;
  }

  get openFiles(): number {
    return this.#files.size;
  }

  /** Opens an existing file, or takes the open one, and lends it to `use`. */
  async with<T>(path: string, mode: PooledMode, use: (file: StorageFile) => Promise<T>): Promise<T> {
    const pooled = this.#take(path, mode);
    try {
      return await use(await pooled.opening);
    } finally {
      pooled.users--;
      if (pooled.retired) await closeWhenUnused(pooled);
      else await this.#closeSurplus();
    }
  }

  /** Puts a file that the caller opened into the pool. */
  adopt(path: string, mode: PooledMode, file: StorageFile): void {
    this.#files.set(keyOf(path, mode), { opening: Promise.resolve(file), users: 0, retired: false });
  }

  /** Closes the file, so that the next use opens it afresh: after an error, or before it is removed. */
  async evict(path: string): Promise<void> {
    await Promise.all([this.#evict(keyOf(path, 'read')), this.#evict(keyOf(path, 'modify'))]);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#files.keys()].map((key) => this.#evict(key)));
  }

  async #evict(key: string): Promise<void> {
    const pooled = this.#files.get(key);
    if (!pooled) return;
    this.#files.delete(key);
    pooled.retired = true;
    await closeWhenUnused(pooled);
  }

  #take(path: string, mode: PooledMode): PooledFile {
    const key = keyOf(path, mode);
    const existing = this.#files.get(key);
    if (existing) {
      existing.users++;
      this.#files.delete(key);
      this.#files.set(key, existing);
      return existing;
    }
    const pooled: PooledFile = { opening: this.#fileSystem.open(path, mode), users: 1, retired: false };
    this.#files.set(key, pooled);
    pooled.opening.catch(() => {
      // Every user sees this rejection; the failed entry must not be found by the next one.
      pooled.retired = true;
      if (this.#files.get(key) === pooled) this.#files.delete(key);
    });
    return pooled;
  }

  async #closeSurplus(): Promise<void> {
    if (this.#files.size <= this.#maxIdleFiles) return;
    for (const [key, pooled] of this.#files) {
      if (this.#files.size <= this.#maxIdleFiles) return;
      if (pooled.users === 0) await this.#evict(key);
    }
  }
}

function keyOf(path: string, mode: PooledMode): string {
  return `${mode}:${path}`;
}

async function closeWhenUnused(pooled: PooledFile): Promise<void> {
  if (pooled.users > 0) return;
  let file: StorageFile;
  try {
    file = await pooled.opening;
  } catch {
    // It never opened; its users have been told.
    return;
  }
  try {
    await file.close();
  } catch {
    // Everything that had to reach the disk was synced before; a failing close says nothing more about it.
  }
}
