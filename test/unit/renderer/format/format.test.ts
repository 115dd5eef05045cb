import { expect, test } from 'vitest';
import {
  formatBytes,
  formatDrift,
  formatFrequency,
  formatMargin,
  formatRate,
  minus,
} from '../../../../src/renderer/src/format/numbers.js';
import { formatAge, formatDuration, formatMilliseconds } from '../../../../src/renderer/src/format/time.js';
import { originOf, wayOf } from '../../../../src/renderer/src/format/words.js';

test.each([
  [0.043, '±0.00 mHz'],
  [0.04312, '+0.12 mHz'],
  [0.04288, `${minus}0.12 mHz`],
  [0.043000001, '±0.00 mHz'],
  [1.043, '+1K mHz'],
])('the drift of %d Hz from 0.043 Hz reads %s', (frequencyHz, text) => {
  expect(formatDrift(frequencyHz, 0.043)).toBe(text);
});

test('frequencies keep their digits in place', () => {
  expect([0.043, 0.0431, 9.5].map(formatFrequency)).toEqual(['0.04300', '0.04310', '9.50000']);
});

test('the distance from the threshold has its sign', () => {
  expect(formatMargin(0.5033, 0.502)).toBe('+0.0013');
  expect(formatMargin(0.5, 0.502)).toBe(`${minus}0.0020`);
  expect(formatMargin(0.502, 0.502)).toBe('±0.0000');
});

test.each([
  [0, '0 B'],
  [1_023, '1023 B'],
  [1_024, '1.0 KiB'],
  [51 * 1_024, '51 KiB'],
  [1_023 * 1_024, '1.0 MiB'],
])('%d bytes read %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('rates have a digit after the point below ten', () => {
  expect([0, 0.04, 3.25, 244.4, 12_345].map(formatRate)).toEqual(['0', '0.0', '3.3', '244', '12,345']);
});

test.each([
  [0, '0 ms'],
  [840, '840 ms'],
  [1_000, '1 s'],
  [3_240, '3.2 s'],
  [59_600, '1 min'],
  [125_000, '2 min 5 s'],
  [15_120_000, '4 h 12 min'],
  [273_600_000, '3 d 4 h'],
  [-2_000, `${minus}2 s`],
])('%d ms read %s', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});

test('ages tick in whole seconds', () => {
  expect([-40, 900, 1_900, 61_999].map(formatAge)).toEqual(['now', 'now', '1 s', '1 min 1 s']);
});

test('short times show tenths of a millisecond, missing ones a dash', () => {
  expect([0.42, 12.4, null].map(formatMilliseconds)).toEqual(['0.4 ms', '12 ms', '–']);
});

test.each([
  [{ topic: 'resonance.inbound', transport: 'kafka' }, 'resonance.inbound'],
  [{ topic: null, transport: 'websocket', connection: 'peer:lexa#moris' }, 'WebSocket lexa#moris'],
  [{ topic: null, transport: 'websocket', connection: 'server#12' }, 'WebSocket client 12'],
  [{ topic: null, transport: 'websocket' }, 'WebSocket'],
  [{ topic: null, transport: 'local' }, 'This node'],
] as const)('the way of %j reads %s', (row, text) => {
  expect(wayOf(row)).toBe(text);
});

test.each([
  [{ transport: 'kafka', origin: 'resonance.inbound/0@1' }, 'resonance.inbound/0@1'],
  [{ transport: 'websocket', origin: 'server#12' }, 'WebSocket client 12'],
  [{ transport: 'websocket', origin: 'peer:nexus' }, 'WebSocket nexus'],
] as const)('the origin of %j reads as the way of a message: %s', (rejected, text) => {
  expect(originOf(rejected)).toBe(text);
});
