import { describe, expect, test } from 'vitest';
import {
  countPlaywright,
  countVitest,
  exitCodeOf,
  formatCounts,
  secondTriesInPlaywright,
  skippedInVitest,
  sumCounts,
} from '../../../scripts/lib/test-counts.mjs';

const file = (status: string, ...statuses: string[]) => ({
  status,
  assertionResults: statuses.map((each) => ({ status: each })),
});

describe('the counts of a test run', () => {
  test('add up a vitest report', () => {
    const report = {
      testResults: [file('passed', 'passed', 'pending', 'todo'), file('failed', 'failed', 'passed')],
    };
    expect(countVitest(report, 1)).toEqual({ passed: 2, failed: 1, skipped: 2 });
  });

  test('count a file that does not load as a failure', () => {
    expect(countVitest({ testResults: [file('failed'), file('passed', 'passed')] }, 1)).toEqual({
      passed: 1,
      failed: 1,
      skipped: 0,
    });
  });

  test('name what vitest skipped', () => {
    const assertionResults = [
      { status: 'passed', fullName: 'works' },
      { status: 'pending', fullName: 'needs kcat' },
      { status: 'failed', fullName: 'breaks' },
    ];
    expect(skippedInVitest({ testResults: [{ status: 'failed', assertionResults }] })).toEqual([
      'needs kcat',
    ]);
    expect(skippedInVitest(undefined)).toEqual([]);
  });

  test('name what Playwright passed only at the second try, in whichever suite it is', () => {
    const error = { message: '\u001b[31mError: not in sight\u001b[39m\n  at there' };
    const spec = (title: string, status: string) => ({
      title,
      tests: [{ status, results: [{ error }, {}] }],
    });
    const report = {
      suites: [
        { specs: [spec('opens', 'expected')], suites: [{ specs: [spec('follows', 'flaky')] }] },
        { specs: [spec('quits', 'unexpected')] },
      ],
    };
    expect(secondTriesInPlaywright(report)).toEqual(['follows (at first: Error: not in sight)']);
    expect(secondTriesInPlaywright(undefined)).toEqual([]);
  });

  test('add up a Playwright report', () => {
    const report = { stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 2 } };
    expect(countPlaywright(report, 1)).toEqual({ passed: 4, failed: 1, skipped: 2 });
  });

  test.each([
    ['vitest', countVitest],
    ['Playwright', countPlaywright],
  ])('never take a %s that ended badly for a success', (_runner, count) => {
    expect(count(undefined, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  test('count an unhandled error after passing tests', () => {
    expect(countVitest({ testResults: [file('passed', 'passed')] }, 1)).toMatchObject({
      passed: 1,
      failed: 1,
    });
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
