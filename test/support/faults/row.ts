import { type Anomaly, checkHistory, type HistoryPromises } from '../history-checker.js';
import type { History } from './history.js';

/** Something that was measured and has an upper bound: how long it took, or how often it happened. */
export interface Measurement {
  readonly what: string;
  readonly unit: 'ms' | 'times';
  readonly measured: number;
  readonly bound: number;
}

/** What one run of a row of the fault table found. */
export interface RowResult {
  readonly measurements: readonly Measurement[];
  readonly anomalies: readonly Anomaly[];
}

/** Takes the times of one run, and judges it. */
export class RowRun {
  readonly history: History;
  readonly #measurements: Measurement[] = [];

  constructor(history: History) {
    this.history = history;
  }

  /** Measures until `event` resolves. */
  async measure<T>(what: string, boundMs: number, event: Promise<T>): Promise<T> {
    const startedAtMs = performance.now();
    const value = await event;
    const measured = performance.now() - startedAtMs;
    this.#measurements.push({ what, unit: 'ms', measured, bound: boundMs });
    return value;
  }

  /** Notes what was measured elsewhere. */
  note(measurement: Measurement): void {
    this.#measurements.push(measurement);
  }

  /** @param promises those of the history's receivers, unless others are named */
  result(promises: HistoryPromises = {}): RowResult {
    const { events, receivers } = this.history;
    return {
      measurements: this.#measurements,
      anomalies: checkHistory(events, { receivers, ...promises }),
    };
  }
}
