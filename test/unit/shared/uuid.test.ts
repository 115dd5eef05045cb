import { expect, it } from 'vitest';
import { createUuidV7 } from '../../../src/shared/uuid.js';

it('makes a version 7 UUID that begins with the time', () => {
  expect(createUuidV7(0x0123_4567_89ab)).toMatch(
    /^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});

it('makes ids that sort by their milliseconds', () => {
  const times = [0, 1, 1_768_262_400_000, 1_768_262_400_001, 2 ** 47];
  const ids = times.map(createUuidV7);
  expect([...ids].sort()).toEqual(ids);
});

it('does not repeat itself within a millisecond', () => {
  expect(new Set(Array.from({ length: 10_000 }, () => createUuidV7(0))).size).toBe(10_000);
});
