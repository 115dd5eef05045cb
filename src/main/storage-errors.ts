import { describeError, type ErrorCode, ResonanceError } from '../shared/errors.js';
import { StorageError, type StorageErrorCode } from './storage/storage-error.js';

const translations: Readonly<
  Record<StorageErrorCode, { code: ErrorCode; retriable: boolean; hint: string }>
> = {
  STORAGE_FULL: { code: 'STORAGE_FULL', retriable: true, hint: 'Free some disk space, then try again.' },
  STORAGE_READ_ONLY: {
    code: 'STORAGE_FAILED',
    retriable: false,
    hint: 'Make the folder writable for this user, or choose another with --data-dir.',
  },
  STORAGE_SYNC_FAILED: {
    code: 'STORAGE_FAILED',
    retriable: true,
    hint: 'The disk refused to confirm the write: check the disk, then try again.',
  },
  STORAGE_DAMAGED: {
    code: 'STORAGE_DAMAGED',
    retriable: false,
    hint: 'Bytes on disk are not what was written: check the disk.',
  },
  STORAGE_LOCKED: {
    code: 'DATA_DIRECTORY_LOCKED',
    retriable: false,
    hint: 'Close the other instance, or give this one its own folder with --data-dir.',
  },
  STORAGE_QUEUE_FULL: {
    code: 'QUEUE_FULL',
    retriable: true,
    hint: 'The disk is too slow just now: try again shortly.',
  },
  STORAGE_CLOSED: { code: 'SHUTTING_DOWN', retriable: false, hint: 'The node is stopping.' },
  STORAGE_IO: { code: 'STORAGE_FAILED', retriable: false, hint: 'See the message: the file system refused.' },
};

/** A storage failure in the node's own terms; anything else passes as it is. */
export function translateStorageError(error: unknown): unknown {
  if (!(error instanceof StorageError)) return error;
  const { code, retriable, hint } = translations[error.code];
  return new ResonanceError(code, describeError(error), { retriable, hint, cause: error });
}
