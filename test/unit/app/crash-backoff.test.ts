import { expect, test } from 'vitest';
import { CrashBackoff } from '../../../src/main/app/crash-backoff.js';

test('a page that dies three times in a minute comes back at once, then ever later', () => {
  const backoff = new CrashBackoff();
  const delays = Array.from({ length: 9 }, (_, index) => backoff.next(1_000 + index * 100));
  expect(delays).toEqual([0, 0, 0, 5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
});

test('crashes that are far apart are answered at once, for ever', () => {
  const backoff = new CrashBackoff();
  const delays = Array.from({ length: 20 }, (_, index) => backoff.next(index * 25_000));
  expect(delays.every((delayMs) => delayMs === 0)).toBe(true);
});

test('a page that crashes as soon as it is back is not forgiven by the wait itself', () => {
  const backoff = new CrashBackoff();
  let nowMs = 0;
  const delays: number[] = [];
  for (let crash = 0; crash < 10; crash += 1) {
    const delayMs = backoff.next(nowMs);
    delays.push(delayMs);
    nowMs += delayMs + 500;
  }
  expect(delays.slice(3)).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
});

test('a minute of life after the reload forgives', () => {
  const backoff = new CrashBackoff();
  for (let crash = 0; crash < 4; crash += 1) backoff.next(crash);
  expect(backoff.next(5_000 + 60_000 + 10)).toBe(0);
});
