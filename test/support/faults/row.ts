import { type Anomaly, checkHistory, type HistoryPromises } from '../history-checker.js';
import type { History } from './history.js';

/** How long something took that has a bound. */
export interface Measurement {
  readonly what: string;
  readonly measuredMs: number;
  readonly boundMs: number;
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
    this.#measurements.push({ what, measuredMs: performance.now() - startedAtMs, boundMs });
    return value;
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
