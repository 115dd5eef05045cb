import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { GroupSnapshotView } from '../../shared/consumer-groups.js';
import { ResonanceError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import { readWholeFile, writeFileAtomically } from '../storage/atomic-file.js';
import { toStorageError } from '../storage/storage-error.js';
import { translateStorageError } from '../storage-errors.js';

const offset = z.string().regex(/^\d+$/).nullable();

const snapshotSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  clusterId: z.string(),
  groupId: z.string(),
  takenAtMs: z.number(),
  change: z.string(),
  /** Partitions that the change was about. */
  partitions: z.array(z.object({ topic: z.string(), partition: z.int(), before: offset, after: offset })),
});

/** The offsets of a group before a change, and what they were changed to. */
export type GroupSnapshot = z.infer<typeof snapshotSchema>;

const snapshotsKept = 50;
const suffix = '.json';

/**
 * What groups had before their offsets were changed, one file each, on disk before the change. The newest 50 are kept. Files
 * rather than one journal: the command line writes them too while the app runs.
 */
export class GroupSnapshots {
  readonly #directory: string;
  readonly #logger: Logger;

  constructor(directory: string, logger: Logger) {
    this.#directory = directory;
    this.#logger = logger;
  }

  /** Newest first; one that cannot be read is left out and reported. @throws ResonanceError of a `STORAGE_` code */
  async list(clusterId: string, groupId: string): Promise<GroupSnapshot[]> {
    const snapshots = await Promise.all((await this.#ids()).map((id) => this.#read(id)));
    return snapshots
      .filter((snapshot) => snapshot !== null)
      .filter((snapshot) => snapshot.clusterId === clusterId && snapshot.groupId === groupId)
      .reverse();
  }

  /** @throws ResonanceError `NOT_FOUND`, and of a `STORAGE_` code */
  async get(id: string): Promise<GroupSnapshot> {
    const ids = await this.#ids();
    const snapshot = ids.includes(id) ? await this.#read(id) : null;
    if (snapshot !== null) return snapshot;
    throw new ResonanceError('NOT_FOUND', `There is no snapshot ${id}`, {
      hint: `The newest ${snapshotsKept} changes can be undone.`,
    });
  }

  /** Resolves once it is on disk. @throws ResonanceError of a `STORAGE_` code */
  async save(snapshot: GroupSnapshot): Promise<void> {
    try {
      await mkdir(this.#directory, { recursive: true });
      await writeFileAtomically(this.#fileOf(snapshot.id), Buffer.from(JSON.stringify(snapshot)));
    } catch (error) {
      throw translateStorageError(toStorageError(error, `write ${this.#directory}`));
    }
    // Ids sort by time.
    for (const id of (await this.#ids()).slice(0, -snapshotsKept)) await this.remove(id);
  }

  /** Idempotent. @throws ResonanceError of a `STORAGE_` code */
  async remove(id: string): Promise<void> {
    try {
      await rm(this.#fileOf(id), { force: true });
    } catch (error) {
      throw translateStorageError(toStorageError(error, `remove ${this.#fileOf(id)}`));
    }
  }

  async #ids(): Promise<string[]> {
    try {
      const names = await readdir(this.#directory);
      return names
        .filter((name) => name.endsWith(suffix))
        .map((name) => name.slice(0, -suffix.length))
        .sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw translateStorageError(toStorageError(error, `read ${this.#directory}`));
    }
  }

  async #read(id: string): Promise<GroupSnapshot | null> {
    try {
      const content = await readWholeFile(this.#fileOf(id));
      return content === undefined ? null : snapshotSchema.parse(JSON.parse(content.toString('utf8')));
    } catch (error) {
      this.#logger.warn('a snapshot of group offsets cannot be read', { id, error: String(error) });
      return null;
    }
  }

  #fileOf(id: string): string {
    return join(this.#directory, `${id}${suffix}`);
  }
}

export function snapshotView({
  id,
  groupId,
  takenAtMs,
  change,
  partitions,
}: GroupSnapshot): GroupSnapshotView {
  return { id, groupId, takenAtMs, change, partitions: partitions.length };
}
