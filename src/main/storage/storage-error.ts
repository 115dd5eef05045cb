/**
 * - `STORAGE_FULL`: no space or quota left. Retriable once there is room.
 * - `STORAGE_READ_ONLY`: the file system or folder can't be written. Retriable once it can.
 * - `STORAGE_SYNC_FAILED`: fsync failed; what was being written was verified by reading back, and is not acknowledged.
 * - `STORAGE_DAMAGED`: bytes on disk are not what was written.
 * - `STORAGE_LOCKED`: another process uses the folder.
 * - `STORAGE_QUEUE_FULL`: more waits to be written than the bound allows. Retriable.
 * - `STORAGE_CLOSED`: used after close.
 * - `STORAGE_IO`: any other error of the file system.
 */
export type StorageErrorCode =
  | 'STORAGE_FULL'
  | 'STORAGE_READ_ONLY'
  | 'STORAGE_SYNC_FAILED'
  | 'STORAGE_DAMAGED'
  | 'STORAGE_LOCKED'
  | 'STORAGE_QUEUE_FULL'
  | 'STORAGE_CLOSED'
  | 'STORAGE_IO';

/** The one error class of the storage; the system's own error is its `cause`. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const CODE_BY_ERRNO: Readonly<Record<string, StorageErrorCode>> = {
  ENOSPC: 'STORAGE_FULL',
  EDQUOT: 'STORAGE_FULL',
  EFBIG: 'STORAGE_FULL',
  EROFS: 'STORAGE_READ_ONLY',
  EACCES: 'STORAGE_READ_ONLY',
  EPERM: 'STORAGE_READ_ONLY',
};

/** The system's error number name (`ENOSPC`), or undefined when the error carries none. */
export function errnoOf(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}

/** Translates any error into a `StorageError`; one that already is stays as it is. `doing` is e.g. "write /data/x.log". */
export function toStorageError(error: unknown, doing: string): StorageError {
  if (error instanceof StorageError) return error;
  const code = CODE_BY_ERRNO[errnoOf(error) ?? ''] ?? 'STORAGE_IO';
  const reason = error instanceof Error ? error.message : String(error);
  return new StorageError(code, `Could not ${doing}: ${reason}`, { cause: error });
}
