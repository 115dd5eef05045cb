import { expect } from 'vitest';
import { type Anomaly, brokenPromise, describeAnomalies } from './history-checker.js';

/** Asserts that a history is as it should be. Where it is not, the test gets no second try. */
export function expectNoAnomalies(anomalies: readonly Anomaly[]): void {
  expect(describeAnomalies(anomalies), brokenPromise).toEqual([]);
}
