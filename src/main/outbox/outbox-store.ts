import { toErrorReport } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import type { OutboxRecord } from './outbox-record.js';
import { OutboxState } from './outbox-state.js';

/** Durable, ordered records; an `append` resolves once they are on disk. */
export interface OutboxJournal {
  append(records: readonly OutboxRecord[]): Promise<void>;
  /** Everything there is, oldest first. */
  read(): Promise<OutboxRecord[]>;
  /** Replaces everything, atomically. */
  rewrite(records: readonly OutboxRecord[]): Promise<void>;
  close(): Promise<void>;
}

export interface OutboxStoreOptions {
  readonly journal: OutboxJournal;
  readonly logger: Logger;
  /** The journal is rewritten once it holds so many records more than twice the entries. */
  readonly compactionSlack: number;
}

/**
 * The outbox's state and its journal in step: a record changes the state once it is on disk. A rewrite of the journal is
 * what the state holds, so records under way must have arrived there first, and later ones come behind it.
 */
export class OutboxStore {
  readonly state = new OutboxState();
  readonly #options: OutboxStoreOptions;
  readonly #writing = new Set<Promise<void>>();
  /** Commits that wait for the rewrite to end, in their order. */
  #held: (() => void)[] = [];
  #compaction: Promise<void> | null = null;
  #journalRecords = 0;

  constructor(options: OutboxStoreOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    const records = await this.#options.journal.read();
    this.#journalRecords = records.length;
    for (const record of records) this.state.apply(record);
  }

  /** @param apply makes the records' changes, in the moment in which they are on disk */
  async commit(records: readonly OutboxRecord[], apply: () => void): Promise<void> {
    if (this.#compaction !== null) await new Promise<void>((resolve) => this.#held.push(resolve));
    const writing = this.#write(records, apply);
    this.#writing.add(writing);
    try {
      await writing;
    } finally {
      this.#writing.delete(writing);
    }
    if (this.#journalRecords >= this.state.size * 2 + this.#options.compactionSlack) {
      this.#compaction ??= this.#compact();
    }
  }

  async close(): Promise<void> {
    await this.#compaction;
    await this.#options.journal.close();
  }

  async #write(records: readonly OutboxRecord[], apply: () => void): Promise<void> {
    await this.#options.journal.append(records);
    this.#journalRecords += records.length;
    apply();
  }

  async #compact(): Promise<void> {
    while (this.#writing.size > 0) await Promise.allSettled(this.#writing);
    const snapshot = this.state.snapshot();
    try {
      await this.#options.journal.rewrite(snapshot);
      this.#journalRecords = snapshot.length;
    } catch (error) {
      // Nothing is lost by it: the journal stays longer than it needs to be, until a later record tries again.
      this.#options.logger.warn('the outbox could not tidy its journal', { error: toErrorReport(error) });
    }
    this.#compaction = null;
    for (const resume of this.#held.splice(0)) resume();
  }
}
