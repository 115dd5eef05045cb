import { describe, expect, it } from 'vitest';
import { errnoOf, StorageError, toStorageError } from '../../../src/main/storage/storage-error.js';

describe('a storage error', () => {
  it.each([
    ['ENOSPC', 'STORAGE_FULL'],
    ['EDQUOT', 'STORAGE_FULL'],
    ['EROFS', 'STORAGE_READ_ONLY'],
    ['EACCES', 'STORAGE_READ_ONLY'],
    ['EIO', 'STORAGE_IO'],
    ['anything', 'STORAGE_IO'],
  ])('translates %s to %s and keeps the cause', (code, expected) => {
    const cause = Object.assign(new Error('the system said no'), { code });
    const error = toStorageError(cause, 'write /data/x');
    expect(error).toMatchObject({ name: 'StorageError', code: expected, cause });
    expect(error.message).toBe('Could not write /data/x: the system said no');
  });

  it('stays what it is when translated again, and takes what is no error at all', () => {
    const error = new StorageError('STORAGE_LOCKED', 'in use');
    expect(toStorageError(error, 'lock')).toBe(error);
    expect(toStorageError('odd', 'read').code).toBe('STORAGE_IO');
    expect(errnoOf({ code: 'ENOENT' })).toBeUndefined();
  });
});
