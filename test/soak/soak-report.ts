import type { Measurement, RowResult } from '../support/faults/row.js';
import { describeAnomalies } from '../support/history-checker.js';

/** What many rounds of one row found. */
export class SoakReport {
  readonly #name: string;
  readonly #values = new Map<string, Measurement[]>();
  readonly #problems: string[] = [];
  #rounds = 0;

  constructor(name: string) {
    this.#name = name;
  }

  add({ measurements, anomalies }: RowResult): void {
    this.#rounds += 1;
    for (const measurement of measurements) {
      const key = `${measurement.what}, at most ${measurement.bound} ${measurement.unit}`;
      this.#values.set(key, [...(this.#values.get(key) ?? []), measurement]);
    }
    this.#problems.push(...describeAnomalies(anomalies));
  }

  /** A round that did not end, or failed before it could be judged. */
  addFailure(reason: string): void {
    this.#rounds += 1;
    this.#problems.push(reason);
  }

  /** It was run, nothing was wrong, and everything within its bound. */
  get isClean(): boolean {
    return this.#rounds > 0 && this.#problems.length === 0 && this.#beyondBound().length === 0;
  }

  /** A line for the row, one for each of its measurements, one for each problem. */
  lines(): string[] {
    if (this.#rounds === 0) return [`${this.#name}: not run, the time was over`];
    const beyond = this.#beyondBound().length;
    return [
      `${this.#name}: ${this.#rounds} rounds, ${this.#problems.length} problems, ${beyond} beyond their bound`,
      ...[...this.#values].map(([what, values]) => `  ${what}: ${distributionOf(values)}`),
      ...this.#problems.map((problem) => `  ! ${problem}`),
    ];
  }

  #beyondBound(): Measurement[] {
    return [...this.#values.values()].flat().filter(({ measured, bound }) => measured > bound);
  }
}

function distributionOf(values: readonly Measurement[]): string {
  const sorted = values.map(({ measured }) => Math.round(measured)).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  return `${sorted.length} times, median ${median}, worst ${sorted.at(-1)}`;
}
