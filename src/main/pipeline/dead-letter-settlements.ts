import { KeyValueLog } from '../storage/key-value-log.js';
import type { StorageEventListener } from '../storage/storage-event.js';
import { translateStorageError } from '../storage-errors.js';
import type { DeadLetterFacts } from './dead-letter-headers.js';

export type Settlement = 'resent' | 'discarded';

export interface DeadLetterSettlementsOptions {
  /** Folder of their own. */
  readonly directory: string;
  readonly onEvent: StorageEventListener;
  /** The oldest give way. Default 10,000. */
  readonly settlementsKept?: number;
}

/**
 * Which dead letters the operator has settled: this node's own note, on disk. By a letter's id; or by the outbox entry
 * whose failure it was, with the time before which that holds: tried again, the entry may fail again.
 */
export class DeadLetterSettlements {
  readonly #options: DeadLetterSettlementsOptions;
  #opening: Promise<KeyValueLog<string>> | null = null;

  constructor(options: DeadLetterSettlementsOptions) {
    this.#options = options;
  }

  /** Says of any letter whether it is settled. @throws ResonanceError `STORAGE_FULL`, `STORAGE_FAILED` */
  async reader(): Promise<(facts: DeadLetterFacts) => boolean> {
    const log = await this.#open();
    return ({ id, atMs, outboxId }) => {
      if (log.get(id) !== undefined) return true;
      const untilMs = outboxId === undefined ? undefined : log.get(outboxId);
      return untilMs !== undefined && atMs < Number(untilMs);
    };
  }

  /** @throws ResonanceError `STORAGE_FULL`, `STORAGE_FAILED` */
  async settle(id: string, settlement: Settlement): Promise<void> {
    await this.#write(id, settlement);
  }

  /** Settles what there is of an outbox entry up to now. @throws ResonanceError `STORAGE_FULL`, `STORAGE_FAILED` */
  async settleEntry(outboxId: string, nowMs: number): Promise<void> {
    await this.#write(outboxId, String(nowMs));
  }

  /** Takes a settlement back. @throws ResonanceError `STORAGE_FULL`, `STORAGE_FAILED` */
  async reopen(id: string): Promise<void> {
    await this.#write(id, null);
  }

  /** Idempotent. */
  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = null;
    await (await opening)?.close();
  }

  async #write(key: string, value: string | null): Promise<void> {
    const log = await this.#open();
    const { settlementsKept = 10_000 } = this.#options;
    const tooOld = oldestBeyond(settlementsKept - 1, [...log.entries()], key);
    try {
      await log.write([[key, value], ...tooOld.map((old) => [old, null] as const)]);
    } catch (error) {
      throw translateStorageError(error);
    }
  }

  async #open(): Promise<KeyValueLog<string>> {
    this.#opening ??= KeyValueLog.open<string>(this.#options);
    try {
      return await this.#opening;
    } catch (error) {
      this.#opening = null;
      throw translateStorageError(error);
    }
  }
}

/** The keys that have to go when the key is written and so many others may stay. */
function oldestBeyond(kept: number, known: readonly (readonly [string, string])[], key: string): string[] {
  const others = known.map(([other]) => other).filter((other) => other !== key);
  // Ids sort by time.
  return others.length <= kept ? [] : others.sort().slice(0, others.length - kept);
}
