import { expect, it } from 'vitest';
import { fullJitterMs } from '../../../src/shared/backoff.js';

const options = { baseMs: 250, capMs: 3_000 };
const longest = (attempt: number): number => fullJitterMs(attempt, { ...options, random: () => 1 });

it('doubles the longest delay with every attempt, up to the cap', () => {
  expect([0, 1, 2, 3, 4, 5_000].map(longest)).toEqual([250, 500, 1_000, 2_000, 3_000, 3_000]);
});

it('draws the delay from the whole range, down to nothing', () => {
  expect(fullJitterMs(2, { ...options, random: () => 0 })).toBe(0);
  expect(fullJitterMs(2, { ...options, random: () => 0.5 })).toBe(500);
});
