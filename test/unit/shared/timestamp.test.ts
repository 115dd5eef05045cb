import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTimestamp, isTimestamp, parseTimestamp } from '../../../src/shared/timestamp.js';

const earliestMs = Date.UTC(2000, 0, 1);
const latestMs = Date.UTC(2100, 0, 1);
const times = fc.integer({ min: earliestMs, max: latestMs - 1 });
const offsetsMinutes = fc.integer({ min: -1_439, max: 1_439 });

describe('reading a timestamp', () => {
  it('reads back every time that it writes', () => {
    fc.assert(
      fc.property(times, (timeMs) => {
        expect(parseTimestamp(formatTimestamp(timeMs))).toBe(timeMs);
      }),
    );
  });

  it('writes UTC with milliseconds and an explicit offset', () => {
    expect(formatTimestamp(Date.UTC(2026, 0, 13, 2, 0, 0, 123))).toBe('2026-01-13T02:00:00.123+00:00');
  });

  it('reads every offset as Date does', () => {
    fc.assert(
      fc.property(times, offsetsMinutes, (timeMs, offset) => {
        const local = new Date(timeMs + offset * 60_000).toISOString().replace('Z', '');
        const sign = offset < 0 ? '-' : '+';
        const hours = String(Math.floor(Math.abs(offset) / 60)).padStart(2, '0');
        const minutes = String(Math.abs(offset) % 60).padStart(2, '0');
        const text = `${local}${sign}${hours}:${minutes}`;
        expect(parseTimestamp(text)).toBe(Date.parse(text));
        expect(parseTimestamp(text.replace(/:(\d\d)$/, '$1'))).toBe(timeMs);
      }),
    );
  });

  it.each([
    ['2026-01-13T02:00:00.123456+00:00', '2026-01-13T02:00:00.123Z'],
    ['2026-01-13T02:00:00.123456', '2026-01-13T02:00:00.123Z'],
    ['2026-01-13 02:00:00', '2026-01-13T02:00:00Z'],
    ['2026-01-13T02:00', '2026-01-13T02:00:00Z'],
    ['2026-01-13T02:00Z', '2026-01-13T02:00:00Z'],
    ['2026-01-13T02:00:00,5Z', '2026-01-13T02:00:00.500Z'],
    ['2026-01-13T02:00:00.1+02', '2026-01-13T00:00:00.100Z'],
    ['2026-01-13T02:00:00-0130', '2026-01-13T03:30:00Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
  ])('reads %s', (text, same) => {
    expect(parseTimestamp(text)).toBe(Date.parse(same));
    expect(isTimestamp(text)).toBe(true);
  });

  it.each([
    '',
    'yesterday',
    '2026-01-13',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-13T24:00:00Z',
    '2026-01-13T02:60:00Z',
    '2026-01-13T02:00:60Z',
    '2026-01-13T02:00:00.Z',
    '2026-01-13T02:00:00.1234567890Z',
    '2026-01-13T02:00:00+24:00',
    '2026-01-13T02:00:00+00:60',
    '2026-01-13T02:00:00+0',
    '2026-01-13T02:00:00 UTC',
    '2026-01-13T02:00:00ZZ',
    '1999-12-31T23:59:59Z',
    '2100-01-01T00:00:00Z',
    '2000-01-01T00:00:00+00:01',
    '2099-12-31T23:59:59-00:01',
    '２026-01-13T02:00:00Z',
  ])('refuses %j', (text) => {
    expect(parseTimestamp(text)).toBeNull();
    expect(isTimestamp(text)).toBe(false);
  });

  it('answers whether it is one as reading it does, for times with one character changed', () => {
    fc.assert(
      fc.property(
        times,
        offsetsMinutes,
        fc.nat({ max: 40 }),
        fc.string({ maxLength: 1 }),
        (timeMs, offset, at, other) => {
          const whole = new Date(timeMs)
            .toISOString()
            .replace('Z', `+${String(Math.abs(offset) % 24).padStart(2, '0')}:00`);
          const text = whole.slice(0, at) + other + whole.slice(at + 1);
          expect(isTimestamp(text)).toBe(parseTimestamp(text) !== null);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
