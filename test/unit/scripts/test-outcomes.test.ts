import { describe, expect, test } from 'vitest';
import { outcomesOfPlaywright, outcomesOfVitest } from '../../../scripts/lib/test-outcomes.mjs';
import { brokenPromise } from '../../support/history-checker.js';

describe('what came of vitest’s tests', () => {
  const outcomesOf = (
    name: string,
    result: { status: string; failureMessages?: string[]; tags?: string[] },
  ) =>
    outcomesOfVitest({
      testResults: [{ name, status: 'passed', assertionResults: [{ fullName: 'works', ...result }] }],
    });
  const where = '/checkout/test/integration/nodes.test.ts';
  const failed = { status: 'failed', failureMessages: ['AssertionError: took 4 s\n    at there'] };

  test('is read from its report', () => {
    expect(outcomesOf(where, failed)).toEqual([
      { name: 'works', where, status: 'failed', error: 'AssertionError: took 4 s', mayBeChance: true },
    ]);
    expect(outcomesOf(where, { status: 'passed' })).toMatchObject([{ status: 'passed', error: '' }]);
    expect(outcomesOf(where, { status: 'pending' })).toMatchObject([{ status: 'skipped' }]);
    expect(outcomesOf(where, { status: 'todo' })).toMatchObject([{ status: 'skipped' }]);
    expect(outcomesOfVitest(undefined)).toEqual([]);
  });

  test('is a failure of the whole file where it does not load or cannot be set up', () => {
    const file = { name: where, status: 'failed', message: 'Hook timed out\n    at there' };
    expect(outcomesOfVitest({ testResults: [{ ...file, assertionResults: [] }] })).toEqual([
      { name: where, where, status: 'failed', error: 'Hook timed out', mayBeChance: true },
    ]);
  });

  test.each([
    ['in a unit test', '/checkout/test/unit/merge.test.ts', failed],
    ['a broken promise', where, { status: 'failed', failureMessages: [`AssertionError: ${brokenPromise}`] }],
    [
      'a refuted property',
      where,
      { status: 'failed', failureMessages: ['Error: Property failed after 3 tests'] },
    ],
    ['where a tag says so', where, { ...failed, tags: ['no-second-try'] }],
  ])('is never chance: %s', (_what, file, result) => {
    expect(outcomesOf(file, result)).toMatchObject([{ status: 'failed', mayBeChance: false }]);
  });
});

describe('what came of Playwright’s tests', () => {
  const message = '\u001b[31mError: not in sight\u001b[39m\n  at there';
  const spec = (line: number, status: string, error?: { message: string }) => ({
    title: `test ${line}`,
    file: 'messages.spec.ts',
    line,
    tests: [{ status, results: [error === undefined ? {} : { error }] }],
  });

  test('is read from its report, whichever suite it is in', () => {
    const report = {
      suites: [
        { specs: [spec(1, 'expected')], suites: [{ specs: [spec(2, 'unexpected', { message })] }] },
        { specs: [spec(3, 'skipped')] },
      ],
    };
    const passed = { name: 'test 1', where: 'messages.spec.ts:1', status: 'passed', error: '' };
    expect(outcomesOfPlaywright(report)).toMatchObject([
      passed,
      { where: 'messages.spec.ts:2', status: 'failed', error: 'Error: not in sight', mayBeChance: true },
      { status: 'skipped' },
    ]);
    expect(outcomesOfPlaywright(undefined)).toEqual([]);
  });

  test('is never chance where a promise is broken', () => {
    const report = { specs: [spec(1, 'unexpected', { message: `Error: ${brokenPromise}` })] };
    expect(outcomesOfPlaywright(report)).toMatchObject([{ mayBeChance: false }]);
  });
});
