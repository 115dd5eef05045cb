import { describe, expect, test } from 'vitest';
import { countOutcomes, exitCodeOf, formatCounts, sumCounts } from '../../../scripts/lib/test-counts.mjs';

const outcome = (status: 'passed' | 'failed' | 'skipped') => ({
  name: 'works',
  where: '/checkout/test/unit/merge.test.ts',
  status,
  error: '',
  mayBeChance: false,
});

describe('the counts of a test run', () => {
  test('add up what came of each test', () => {
    const outcomes = (['passed', 'skipped', 'failed', 'passed'] as const).map(outcome);
    expect(countOutcomes(outcomes, 1)).toEqual({ passed: 2, failed: 1, skipped: 1 });
  });

  test('never take a run that ended badly for a success', () => {
    expect(countOutcomes([], 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(countOutcomes([outcome('passed')], 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  test('sum up to the last line', () => {
    const parts = [
      { passed: 1, failed: 0, skipped: 0 },
      { passed: 2, failed: 1, skipped: 0 },
    ];
    expect(formatCounts(sumCounts(parts))).toBe('3 passed, 1 failed');
    expect(formatCounts(sumCounts([...parts, { passed: 0, failed: 0, skipped: 4 }]))).toBe(
      '3 passed, 1 failed, 4 skipped',
    );
  });

  test('end in success only when something ran and nothing failed', () => {
    expect(exitCodeOf({ passed: 1, failed: 0, skipped: 9 })).toBe(0);
    expect(exitCodeOf({ passed: 9, failed: 1, skipped: 0 })).toBe(1);
    expect(exitCodeOf({ passed: 0, failed: 0, skipped: 9 })).toBe(1);
  });
});
