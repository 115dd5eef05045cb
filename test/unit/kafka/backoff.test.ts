import { expect, test } from 'vitest';
import { reconnectDelayMs } from '../../../src/main/kafka/backoff.js';
import { ResonanceError } from '../../../src/shared/errors.js';

const longest = (code: 'KAFKA_UNREACHABLE' | 'KAFKA_AUTHENTICATION_FAILED', retriable: boolean): number[] =>
  [0, 3, 20].map((attempt) =>
    Math.round(reconnectDelayMs(attempt, new ResonanceError(code, 'x', { retriable }), () => 0.999_999)),
  );

test('a broker that is away is tried again every two seconds at least, a refused login each minute at least', () => {
  expect(longest('KAFKA_UNREACHABLE', true)).toEqual([250, 2_000, 2_000]);
  expect(longest('KAFKA_AUTHENTICATION_FAILED', false)).toEqual([4_000, 32_000, 60_000]);
});

test('a token that could not be fetched is no refused login', () => {
  expect(longest('KAFKA_AUTHENTICATION_FAILED', true)).toEqual([250, 2_000, 2_000]);
});
