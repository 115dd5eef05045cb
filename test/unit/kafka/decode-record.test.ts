import type { IHeaders, KafkaMessage } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { decodeRecord } from '../../../src/main/kafka/decode-record.js';

function record(value: Buffer | null, fields: { key?: Buffer; headers?: IHeaders } = {}): KafkaMessage {
  return { key: null, value, timestamp: '0', attributes: 0, offset: '7', headers: {}, ...fields };
}

function decode(message: KafkaMessage) {
  return decodeRecord(message, 'topic', 2, 1_000, ({ source }) => source ?? null);
}

describe('decoding a record', () => {
  it('makes an envelope with text, position, key and headers', () => {
    const text = '{"type":"heartbeat","source":"nexus","anchor":"Ä"}';
    const headers = { trace: Buffer.from('1'), many: ['first', Buffer.from('last')], none: undefined };
    expect(decode(record(Buffer.from(text), { key: Buffer.from('nexus'), headers }))).toEqual({
      ok: true,
      envelope: {
        message: { type: 'heartbeat', source: 'nexus', anchor: 'Ä' },
        direction: 'in',
        transport: 'kafka',
        node: 'nexus',
        text,
        byteLength: Buffer.byteLength(text),
        atMs: 1_000,
        kafka: { topic: 'topic', partition: 2, offset: '7' },
        key: 'nexus',
        headers: { trace: '1', many: 'last', none: '' },
      },
    });
  });

  it.each([
    ['a tombstone', null, 'not_json'],
    ['bytes that are no text', Buffer.from([0x22, 0xc3, 0x28, 0x22]), 'not_utf8'],
    ['an unpaired surrogate in UTF-8', Buffer.from([0xed, 0xa0, 0x80]), 'not_utf8'],
    ['more than a message may have', Buffer.alloc(1_048_577, 32), 'too_big'],
    ['an answer of a WebSocket server', Buffer.from('{"type":"error","message":"no"}'), 'unknown_type'],
  ])('rejects %s', (_, value, reason) => {
    expect(decode(record(value))).toMatchObject({
      ok: false,
      rejected: {
        topic: 'topic',
        partition: 2,
        offset: '7',
        rejection: { reason },
        byteLength: value?.length ?? 0,
      },
    });
  });

  it('keeps no more than the beginning of what it rejects', () => {
    const decoded = decode(record(Buffer.from('x'.repeat(5_000))));
    expect(decoded).toMatchObject({ rejected: { byteLength: 5_000, preview: 'x'.repeat(2_000) } });
  });
});
