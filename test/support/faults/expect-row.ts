import { expect } from 'vitest';
import { expectNoAnomalies } from '../expect-no-anomalies.js';
import type { RowResult } from './row.js';

/** Asserts that nothing was wrong and everything within its bound. */
export function expectWithinBounds({ measurements, anomalies }: RowResult): void {
  expectNoAnomalies(anomalies);
  for (const { what, measured, bound } of measurements) expect(measured, what).toBeLessThanOrEqual(bound);
}
