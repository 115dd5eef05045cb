import { type FileSystem, nodeFileSystem, type StorageFile } from '../../src/main/storage/file-system.js';

type Operation = keyof FileSystem | Exclude<keyof StorageFile, keyof FileSystem>;

/** The real file system, some calls of which fail when told to. */
export interface FaultyFileSystem extends FileSystem {
  /** Makes calls of the operation fail with this system error, until `heal`. */
  fail(operation: Operation, errno: string, times?: number): void;
  heal(): void;
  /** How often the operation was called. */
  calls(operation: Operation): number;
  /** Files open now. */
  readonly openFiles: number;
  /** The most that were open at one time. */
  readonly mostOpenFiles: number;
  /** Writes only this many bytes of each write before failing it, as a full disk does; undefined: all. */
  partialWriteBytes: number | undefined;
}

export function createFaultyFileSystem(): FaultyFileSystem {
  const faults = new Map<Operation, { errno: string; times: number }>();
  const counts = new Map<Operation, number>();

  let openFiles = 0;
  let mostOpenFiles = 0;

  const meet = (operation: Operation): void => {
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
    const fault = faults.get(operation);
    if (!fault || fault.times === 0) return;
    fault.times--;
    throw Object.assign(new Error(`${fault.errno}: injected, ${operation}`), { code: fault.errno });
  };

  const wrapFile = (file: StorageFile): StorageFile => ({
    read: async (...args) => {
      meet('read');
      return await file.read(...args);
    },
    write: async (buffer, offset, length, position) => {
      try {
        meet('write');
      } catch (error) {
        const partial = Math.min(system.partialWriteBytes ?? 0, length);
        if (partial > 0) await file.write(buffer, offset, partial, position);
        throw error;
      }
      return await file.write(buffer, offset, length, position);
    },
    datasync: async () => {
      meet('datasync');
      await file.datasync();
    },
    sync: async () => {
      meet('sync');
      await file.sync();
    },
    truncate: async (length) => {
      meet('truncate');
      await file.truncate(length);
    },
    stat: () => file.stat(),
    close: async () => {
      await file.close();
      openFiles--;
      meet('close');
    },
  });

  const system: FaultyFileSystem = {
    partialWriteBytes: undefined,
    get openFiles() {
      return openFiles;
    },
    get mostOpenFiles() {
      return mostOpenFiles;
    },
    fail: (operation, errno, times = Number.POSITIVE_INFINITY) => faults.set(operation, { errno, times }),
    heal: () => faults.clear(),
    calls: (operation) => counts.get(operation) ?? 0,
    open: async (path, mode) => {
      meet('open');
      const file = await nodeFileSystem.open(path, mode);
      mostOpenFiles = Math.max(mostOpenFiles, ++openFiles);
      return wrapFile(file);
    },
    makeDirectory: async (path) => {
      meet('makeDirectory');
      await nodeFileSystem.makeDirectory(path);
    },
    list: (path) => nodeFileSystem.list(path),
    rename: async (from, to) => {
      meet('rename');
      await nodeFileSystem.rename(from, to);
    },
    link: (from, to) => nodeFileSystem.link(from, to),
    remove: async (path) => {
      meet('remove');
      await nodeFileSystem.remove(path);
    },
    stat: (path) => nodeFileSystem.stat(path),
    syncDirectory: async (path) => {
      meet('syncDirectory');
      await nodeFileSystem.syncDirectory(path);
    },
  };
  return system;
}
