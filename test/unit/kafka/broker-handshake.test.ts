import { describe, expect, it } from 'vitest';
import { parseBroker, readAnswer, requestFrame } from '../../../src/main/kafka/broker-handshake.js';

describe('the broker handshake', () => {
  it.each([
    ['localhost:9092', { host: 'localhost', port: 9092 }],
    ['[::1]:9092', { host: '::1', port: 9092 }],
  ])('reads %s', (address, parts) => {
    expect(parseBroker(address)).toEqual(parts);
  });

  it('writes a frame whose length counts what follows', () => {
    const frame = requestFrame(18, 0, Buffer.from([1, 2, 3]));
    expect(frame.readInt32BE(0)).toBe(frame.length - 4);
    expect([frame.readInt16BE(4), frame.readInt16BE(6)]).toEqual([18, 0]);
    expect(frame.toString('latin1', 14, 29)).toBe('resonance-probe');
    expect([...frame.subarray(-3)]).toEqual([1, 2, 3]);
  });

  it('waits for the whole answer, byte by byte', () => {
    const correlation = requestFrame(18, 0, Buffer.alloc(0)).subarray(8, 12);
    const answer = Buffer.concat([Buffer.from([0, 0, 0, 7]), correlation, Buffer.from([7, 8, 9])]);
    for (let length = 0; length < answer.length; length += 1) {
      expect(readAnswer(answer.subarray(0, length))).toBeNull();
    }
    expect(readAnswer(answer)).toEqual(Buffer.from([7, 8, 9]));
  });

  it.each([
    ['a TLS alert', Buffer.from([0x15, 0x03, 0x03, 0x00]), 'KAFKA_TLS_FAILED'],
    ['HTTP', Buffer.from('HTTP/1.1 400'), 'KAFKA_FAILED'],
    ['another correlation id', Buffer.from([0, 0, 0, 4, 0, 0, 0, 1]), 'KAFKA_FAILED'],
    ['a negative length', Buffer.from([255, 255, 255, 255, 0, 0, 0, 0]), 'KAFKA_FAILED'],
  ])('recognises %s', (_, bytes, code) => {
    expect(() => readAnswer(bytes)).toThrow(expect.objectContaining({ code }));
  });
});
