import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readWholeFile, writeFileAtomically } from '../storage/atomic-file.js';
import { translateStorageError } from '../storage-errors.js';
import type { StateStore } from '../sync/state-store.js';

/** The merged state in a JSON file that is replaced atomically. */
export function createStateFile(file: string): StateStore {
  return {
    async load() {
      try {
        const content = await readWholeFile(file);
        return content === undefined ? null : (JSON.parse(content.toString('utf8')) as unknown);
      } catch (error) {
        throw translateStorageError(error);
      }
    },
    async save(state) {
      try {
        await mkdir(dirname(file), { recursive: true });
        await writeFileAtomically(file, Buffer.from(JSON.stringify(state)));
      } catch (error) {
        throw translateStorageError(error);
      }
    },
  };
}
