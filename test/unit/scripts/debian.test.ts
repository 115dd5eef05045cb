import { describe, expect, test } from 'vitest';
import { missingFrom } from '../../../scripts/lib/debian.mjs';

describe('Debian packages', () => {
  test('are missing unless they are installed, under their own name or the one for 64-bit time', () => {
    const listing = 'libnss3 installed\nlibgtk-3-0t64 installed\nkcat config-files\n';
    expect(missingFrom(['libnss3', 'libgtk-3-0', 'kcat', 'xvfb'], listing)).toEqual(['kcat', 'xvfb']);
  });
});
