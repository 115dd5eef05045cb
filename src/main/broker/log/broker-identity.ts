import { join } from 'node:path';
import { readWholeFile, writeFileAtomically } from '../../storage/atomic-file.js';
import { decodeCheckedJson, encodeCheckedJson } from '../../storage/checked-json.js';
import type { FileSystem } from '../../storage/file-system.js';
import { toStorageError } from '../../storage/storage-error.js';
import type { StorageEventListener } from '../../storage/storage-event.js';
import { BrokerLogError } from './broker-log-error.js';

const FILE_NAME = 'broker.json';
/** Ids are reserved on disk this many at once; those not given before a restart are skipped. */
const PRODUCER_ID_BLOCK = 1_000;

export interface BrokerIdentityOptions {
  readonly fileSystem: FileSystem;
  readonly onEvent: StorageEventListener;
  readonly createClusterId: () => string;
  readonly wallMs: () => number;
}

interface StoredIdentity {
  readonly clusterId: string;
  /** No id from here on has ever been given. */
  readonly nextProducerId: number;
}

/** What makes a data folder this broker and no other: its cluster id and the producer ids it has given. */
export class BrokerIdentity {
  readonly clusterId: string;
  readonly #path: string;
  readonly #fileSystem: FileSystem;
  #nextProducerId: number;
  #reservedBefore: number;
  #reservation: Promise<void> | undefined;

  private constructor(path: string, fileSystem: FileSystem, stored: StoredIdentity) {
    this.#path = path;
    this.#fileSystem = fileSystem;
    this.clusterId = stored.clusterId;
    this.#nextProducerId = stored.nextProducerId;
    this.#reservedBefore = stored.nextProducerId;
  }

  /** @throws StorageError */
  static async open(directory: string, options: BrokerIdentityOptions): Promise<BrokerIdentity> {
    const path = join(directory, FILE_NAME);
    const content = await readWholeFile(path, options.fileSystem);
    const stored = content && parseIdentity(content);
    if (stored) return new BrokerIdentity(path, options.fileSystem, stored);

    // Ids were given from 0 upwards: one a millisecond since 1970 is beyond any of them.
    const nextProducerId = content ? options.wallMs() : 0;
    const fresh = { clusterId: options.createClusterId(), nextProducerId };
    await writeIdentity(path, fresh, options.fileSystem);
    if (content) {
      options.onEvent({
        level: 'error',
        kind: 'damage-found',
        message: `${path} is damaged: the broker goes on as cluster ${fresh.clusterId}`,
        details: { path },
      });
    }
    return new BrokerIdentity(path, options.fileSystem, fresh);
  }

  /** @throws BrokerLogError KAFKA_STORAGE_ERROR */
  async allocateProducerId(): Promise<number> {
    while (this.#nextProducerId >= this.#reservedBefore) {
      this.#reservation ??= this.#reserve().finally(() => {
        this.#reservation = undefined;
      });
      await this.#reservation;
    }
    return this.#nextProducerId++;
  }

  async #reserve(): Promise<void> {
    const nextProducerId = this.#reservedBefore + PRODUCER_ID_BLOCK;
    try {
      await writeIdentity(this.#path, { clusterId: this.clusterId, nextProducerId }, this.#fileSystem);
    } catch (error) {
      const cause = toStorageError(error, 'reserve producer ids');
      throw new BrokerLogError('KAFKA_STORAGE_ERROR', cause.message, { cause });
    }
    this.#reservedBefore = nextProducerId;
  }
}

async function writeIdentity(path: string, identity: StoredIdentity, fileSystem: FileSystem): Promise<void> {
  await writeFileAtomically(path, encodeCheckedJson(identity), { fileSystem });
}

function parseIdentity(content: Buffer): StoredIdentity | undefined {
  try {
    const parsed = decodeCheckedJson(content);
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    const { clusterId, nextProducerId } = parsed as Partial<Record<keyof StoredIdentity, unknown>>;
    if (typeof clusterId !== 'string' || !/^[\w-]{22}$/.test(clusterId)) return undefined;
    if (typeof nextProducerId !== 'number' || !Number.isSafeInteger(nextProducerId) || nextProducerId < 0) {
      return undefined;
    }
    return { clusterId, nextProducerId };
  } catch {
    // Damaged, as the caller reports.
    return undefined;
  }
}
