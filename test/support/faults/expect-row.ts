import { expect } from 'vitest';
import { describeAnomalies } from '../history-checker.js';
import type { RowResult } from './row.js';

/** Asserts that nothing was wrong and everything within its bound. */
export function expectWithinBounds({ measurements, anomalies }: RowResult): void {
  expect(describeAnomalies(anomalies)).toEqual([]);
  for (const { what, measured, bound } of measurements) expect(measured, what).toBeLessThanOrEqual(bound);
}
