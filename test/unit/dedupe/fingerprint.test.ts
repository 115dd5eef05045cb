import { describe, expect, test } from 'vitest';
import { createFingerprint, fingerprintOf } from '../../../src/main/dedupe/fingerprint.js';
import { createUuidV7 } from '../../../src/shared/uuid.js';

function read(id: string): string | null {
  const into = createFingerprint();
  return fingerprintOf(id, into) ? into.join('/') : null;
}

describe('the fingerprint of an id', () => {
  test('is the same for the same id, and another for each of 20,000 ids of one millisecond', () => {
    const ids = Array.from({ length: 20_000 }, () => createUuidV7(1_700_000_000_000));
    const [first = ''] = ids;
    expect(read(first)).toBe(read(first.slice()));
    expect(new Set(ids.map(read)).size).toBe(ids.length);
  });

  test('differs for ids of a counter, as some makers of UUIDv7 fill the random bits', () => {
    const ids = Array.from(
      { length: 50_000 },
      (_, count) => `018bcfe5-6800-7000-8000-${count.toString(16).padStart(12, '0')}`,
    );
    expect(new Set(ids.map(read)).size).toBe(ids.length);
  });

  test('tells ids apart that differ in their time alone', () => {
    const tail = '7abc-8def-0123456789ab';
    expect(read(`018bcfe5-6800-${tail}`)).not.toBe(read(`018bcfe5-6801-${tail}`));
  });

  test('is none for a text that is no UUIDv7, so that a foreign `id` makes nothing look like a repeat', () => {
    const foreign = [
      '',
      'build-7',
      '6fa459ea-ee8a-4ca4-894e-db77e160355e',
      '018bcfe5-6800-7abc-8def-0123456789ag',
    ];
    for (const id of foreign) expect(read(id)).toBeNull();
  });

  test('does not depend on the case of the digits', () => {
    expect(read('018BCFE5-6800-7ABC-8DEF-0123456789AB')).toBe(read('018bcfe5-6800-7abc-8def-0123456789ab'));
  });
});
