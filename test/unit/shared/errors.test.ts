import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { errorCodes, ResonanceError, toErrorReport } from '../../../src/shared/errors.js';

describe('error codes', () => {
  test('are all documented, and nothing else is', async () => {
    const text = await readFile(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
    const documented = [...text.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]);
    expect(documented.sort()).toEqual([...errorCodes].sort());
  });
});

describe('toErrorReport', () => {
  test('keeps code, hint and whether it may pass, and leaves out stack and cause', () => {
    const error = new ResonanceError('KAFKA_TIMEOUT', 'slow', {
      retriable: true,
      hint: 'wait',
      cause: new Error('x'),
    });
    expect(toErrorReport(error)).toEqual({
      code: 'KAFKA_TIMEOUT',
      message: 'slow',
      retriable: true,
      hint: 'wait',
    });
  });

  test.each([
    [new TypeError('bad'), 'bad'],
    ['text', 'text'],
    [undefined, 'undefined'],
  ])('makes an internal error of anything else that is thrown', (thrown, message) => {
    expect(toErrorReport(thrown)).toEqual({ code: 'INTERNAL', message, retriable: false });
  });
});
