import { describe, expect, it } from 'vitest';
import { frameText } from '../../../src/main/websocket/text-frame.js';

describe('a text frame', () => {
  it.each([
    [0, [0x81, 0]],
    [125, [0x81, 125]],
    [126, [0x81, 126, 0, 126]],
    [65_535, [0x81, 126, 0xff, 0xff]],
    [65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
  ])('of %i bytes has the shortest header that holds the length', (length, header) => {
    const payload = Buffer.alloc(length, 'x');
    const frame = frameText(payload);
    expect([...frame.subarray(0, header.length)]).toEqual(header);
    expect(frame.subarray(header.length).equals(payload)).toBe(true);
  });

  it('keeps its own copy of the payload', () => {
    const payload = Buffer.from('abc');
    const frame = frameText(payload);
    payload.fill('x');
    expect(frame.toString('utf8', 2)).toBe('abc');
  });
});
