import { describe, expect, test } from 'vitest';
import { failureReason, isRecentFailure } from '../../../scripts/lib/electron.mjs';

describe('a failed download of Electron', () => {
  test('is told in one line', () => {
    const output = 'TypeError: fetch failed\n    at node:internal/deps/undici/undici:14976:13\n';
    expect(failureReason(output)).toBe('fetch failed');
    expect(failureReason('\nsomething else\nat x')).toBe('something else');
    expect(failureReason('')).toBe('no reason given');
  });

  test('spares the next try for an hour, for the same version from the same place', () => {
    const record = { key: '45.4.1  ', at: 1_000_000 };
    expect(isRecentFailure(record, '45.4.1  ', 1_000_000 + 3_599_999)).toBe(true);
    expect(isRecentFailure(record, '45.4.1  ', 1_000_000 + 3_600_000)).toBe(false);
    expect(isRecentFailure(record, '45.4.1 https://mirror.example ', 1_000_001)).toBe(false);
    expect(isRecentFailure(record, '45.4.1  ', 999_999)).toBe(false);
    expect(isRecentFailure(undefined, '45.4.1  ', 1_000_001)).toBe(false);
  });
});
