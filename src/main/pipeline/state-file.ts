import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readWholeFile, writeFileAtomically } from '../storage/atomic-file.js';
import { decodeCheckedJson, encodeCheckedJson } from '../storage/checked-json.js';
import { translateStorageError } from '../storage-errors.js';
import type { StateStore } from '../sync/state-store.js';

/** The merged state in a checksummed JSON file that is replaced atomically. */
export function createStateFile(file: string): StateStore {
  return {
    async load() {
      try {
        const content = await readWholeFile(file);
        return content === undefined ? null : decodeCheckedJson(content);
      } catch (error) {
        throw translateStorageError(error);
      }
    },
    async save(state) {
      try {
        await mkdir(dirname(file), { recursive: true });
        await writeFileAtomically(file, encodeCheckedJson(state));
      } catch (error) {
        throw translateStorageError(error);
      }
    },
  };
}
