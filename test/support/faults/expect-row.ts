import { expect } from 'vitest';
import { describeAnomalies } from '../history-checker.js';
import type { RowResult } from './row.js';

/** Asserts that nothing was wrong and everything within its bound. */
export function expectWithinBounds({ measurements, anomalies }: RowResult): void {
  if (process.env.SHOW) console.log(measurements);
  expect(describeAnomalies(anomalies)).toEqual([]);
  for (const { what, measured, bound } of measurements) expect(measured, what).toBeLessThanOrEqual(bound);
}
