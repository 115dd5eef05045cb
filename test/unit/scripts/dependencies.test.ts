import { describe, expect, test } from 'vitest';
import { missingPackages } from '../../../scripts/lib/dependencies.mjs';

describe('installed dependencies', () => {
  const locked = {
    '': {},
    'node_modules/ws': { version: '8.23.0', integrity: 'sha512-a' },
    'node_modules/vite/node_modules/fsevents': { version: '2.3.3', integrity: 'sha512-b', optional: true },
  };

  test('are complete when npm has recorded the locked versions, whatever optional ones it left out', () => {
    expect(
      missingPackages(locked, { 'node_modules/ws': { version: '8.23.0', integrity: 'sha512-a' } }),
    ).toEqual([]);
  });

  test('are incomplete where nothing is installed', () => {
    expect(missingPackages(locked, {})).toEqual(['node_modules/ws']);
  });

  test('are outdated when another version is installed', () => {
    const installed = { 'node_modules/ws': { version: '8.22.0', integrity: 'sha512-0' } };
    expect(missingPackages(locked, installed)).toEqual(['node_modules/ws']);
  });

  test('are outdated when the same version has other content', () => {
    const installed = { 'node_modules/ws': { version: '8.23.0', integrity: 'sha512-other' } };
    expect(missingPackages(locked, installed)).toEqual(['node_modules/ws']);
  });
});
