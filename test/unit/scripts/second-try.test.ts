import { describe, expect, test } from 'vitest';
import { filesToTryAgain, passedOnlyThen, withSecondTry } from '../../../scripts/lib/second-try.mjs';

interface Result {
  readonly status: 'passed' | 'failed' | 'pending';
  readonly fullName?: string;
  readonly failureMessages?: string[];
  readonly tags?: string[];
}

const file = (path: string, assertionResults: Result[], message = '') => {
  const hasFailed = message !== '' || assertionResults.some(({ status }) => status === 'failed');
  return {
    name: `/checkout/test/${path}`,
    status: hasFailed ? 'failed' : 'passed',
    message,
    assertionResults,
  };
};
const late: Result = {
  status: 'failed',
  fullName: 'serves again',
  failureMessages: ['AssertionError: took 4 s\n    at there'],
};
const passed = (fullName: string): Result => ({ status: 'passed', fullName });

describe('a second try', () => {
  test('is for files of integration tests that failed, also in what is set up for their tests', () => {
    const testResults = [
      file('integration/nodes.test.ts', [late, passed('starts')]),
      file('integration/cluster.test.ts', [], 'Hook timed out'),
      file('integration/disk.test.ts', [passed('is full')]),
      file('unit/merge.test.ts', [late]),
    ];
    expect(filesToTryAgain({ testResults })).toEqual([
      '/checkout/test/integration/nodes.test.ts',
      '/checkout/test/integration/cluster.test.ts',
    ]);
    expect(filesToTryAgain(undefined)).toEqual([]);
  });

  test.each<[string, Result]>([
    [
      'a broken promise',
      { status: 'failed', failureMessages: ['AssertionError: a promise is broken: lost'] },
    ],
    ['a refuted property', { status: 'failed', failureMessages: ['Error: Property failed after 3 tests'] }],
    ['a test without chance', { ...late, tags: ['no-second-try'] }],
  ])('is not for %s, nor for what is late in the same file', (_what, result) => {
    expect(filesToTryAgain({ testResults: [file('integration/nodes.test.ts', [late, result])] })).toEqual([]);
  });

  test('is not for many files: what stops them all is no chance', () => {
    const files = (count: number) =>
      Array.from({ length: count }, (_, index) => file(`integration/${index}.test.ts`, [late]));
    expect(filesToTryAgain({ testResults: files(5) })).toHaveLength(5);
    expect(filesToTryAgain({ testResults: files(6) })).toEqual([]);
  });

  const first = {
    testResults: [
      file('integration/nodes.test.ts', [late, passed('starts')]),
      file('unit/merge.test.ts', [{ ...late, fullName: 'merges' }]),
    ],
  };

  test('takes the place of the first where it was made, and names what passed only then', () => {
    const second = {
      testResults: [file('integration/nodes.test.ts', [passed('serves again'), passed('starts')])],
    };
    expect(withSecondTry(first, second)?.testResults).toEqual([second.testResults[0], first.testResults[1]]);
    expect(passedOnlyThen(first, second)).toEqual(['serves again (at first: AssertionError: took 4 s)']);
  });

  test('that fails too has failed, also in what had passed', () => {
    const second = {
      testResults: [file('integration/nodes.test.ts', [late, { ...late, fullName: 'starts' }])],
    };
    expect(withSecondTry(first, second)?.testResults?.[0]).toEqual(second.testResults[0]);
    expect(passedOnlyThen(first, second)).toEqual([]);
  });

  test('that left no report leaves the first as it was', () => {
    expect(withSecondTry(first, undefined)).toEqual(first);
    expect(withSecondTry(undefined, undefined)).toBeUndefined();
    expect(passedOnlyThen(first, undefined)).toEqual([]);
  });
});
