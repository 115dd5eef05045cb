import type { LogLine } from '../../shared/feed.js';
import { SequencedRing } from './sequenced-ring.js';

/** Log lines kept for the window. */
export const logLinesKept = 2_000;

/** The node's own log as the window shows it: the last lines, numbered. Takes lines as a sink of the logger. */
export class LogBuffer {
  readonly #lines: SequencedRing<LogLine>;
  readonly #listeners = new Set<() => void>();

  constructor(capacity: number = logLinesKept) {
    this.#lines = new SequencedRing(capacity);
  }

  get newestSequence(): number {
    return this.#lines.newestSequence;
  }

  /** Lines that newer ones pushed out. */
  get dropped(): number {
    return this.#lines.dropped;
  }

  write(entry: Omit<LogLine, 'sequence'>): void {
    this.#lines.add((sequence) => ({ sequence, ...entry }));
    for (const listener of this.#listeners) listener();
  }

  since(sequence: number, limit: number): readonly LogLine[] {
    return this.#lines.since(sequence, limit);
  }

  newest(limit: number): readonly LogLine[] {
    return this.#lines.newest(limit);
  }

  /** Called for every line. Returns the unsubscribe. */
  onLine(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
