import { describe, expect, test } from 'vitest';
import { passedOnlyThen, whatToTryAgain, withSecondTry } from '../../../scripts/lib/second-try.mjs';

const outcome = (where: string, name: string, status: 'passed' | 'failed', mayBeChance = true) => ({
  name,
  where,
  status,
  error: status === 'failed' ? 'took 4 s' : '',
  mayBeChance,
});

describe('a second try', () => {
  test('is for what failed, once for each place', () => {
    const outcomes = [
      outcome('nodes', 'serves', 'failed'),
      outcome('nodes', 'resumes', 'failed'),
      outcome('nodes', 'starts', 'passed'),
      outcome('disk', 'is full', 'passed'),
      outcome('links', 'is back', 'failed'),
    ];
    expect(whatToTryAgain(outcomes)).toEqual(['nodes', 'links']);
    expect(whatToTryAgain([])).toEqual([]);
  });

  test('is not for what is never chance, nor for what else failed in its place', () => {
    const outcomes = [
      outcome('nodes', 'serves', 'failed'),
      outcome('nodes', 'loses nothing', 'failed', false),
      outcome('links', 'is back', 'failed'),
    ];
    expect(whatToTryAgain(outcomes)).toEqual(['links']);
  });

  test('is not for much: what stops so many is no chance', () => {
    const failed = (count: number) =>
      Array.from({ length: count }, (_, index) => outcome(`${index}`, 'serves', 'failed'));
    expect(whatToTryAgain(failed(5))).toHaveLength(5);
    expect(whatToTryAgain(failed(6))).toEqual([]);
  });

  const first = [
    outcome('nodes', 'serves', 'failed'),
    outcome('nodes', 'starts', 'passed'),
    outcome('merge', 'merges', 'failed', false),
  ];

  test('takes the place of the first where it was made, and names what passed only then', () => {
    const second = [outcome('nodes', 'serves', 'passed'), outcome('nodes', 'starts', 'passed')];
    expect(withSecondTry(first, second)).toEqual([first[2], ...second]);
    expect(passedOnlyThen(first, second)).toEqual(['serves (at first: took 4 s)']);
  });

  test('that fails too has failed, also in what had passed', () => {
    const second = [outcome('nodes', 'serves', 'failed'), outcome('nodes', 'starts', 'failed')];
    expect(withSecondTry(first, second)).toEqual([first[2], ...second]);
    expect(passedOnlyThen(first, second)).toEqual([]);
  });

  test('names a file that could be set up only then', () => {
    const whole = [outcome('cluster', 'cluster', 'failed')];
    expect(passedOnlyThen(whole, [outcome('cluster', 'works', 'passed')])).toEqual([
      'cluster (at first: took 4 s)',
    ]);
  });

  test('that left no report leaves the first as it was', () => {
    expect(withSecondTry(first, [])).toEqual(first);
    expect(passedOnlyThen(first, [])).toEqual([]);
  });
});
