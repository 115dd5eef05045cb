import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldBytes, MessageStore } from '../../../src/main/monitor/message-store.js';
import type { Envelope } from '../../../src/shared/envelope.js';
import type { MessageDetail } from '../../../src/shared/feed.js';
import { messageTypes } from '../../../src/shared/message.js';
import { formatTimestamp, parseTimestamp } from '../../../src/shared/timestamp.js';
import { envelopeOf, startMs } from './fixture.js';

/** Any string of JavaScript: half of these hold characters of two bytes, lone surrogates among them. */
const texts = fc.oneof(
  fc.array(fc.nat(0xff), { maxLength: 60 }).map((codes) => String.fromCharCode(...codes)),
  fc.array(fc.nat(0xffff), { maxLength: 60 }).map((codes) => String.fromCharCode(...codes)),
);

const timestamps = fc.oneof(
  fc.integer({ min: startMs, max: startMs + 1e9 }).map(formatTimestamp),
  fc.constantFrom('2026-01-13T02:00', '2026-01-13 02:00:00.123456+0100', '', 'soon', 'x'.repeat(41), '２026'),
  texts,
);

const offsets = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String),
  fc.nat().map(String),
  fc.constantFrom('007', '', '-1', '9007199254740993', '1e3', ' 5'),
);

const envelopes: fc.Arbitrary<Envelope> = fc
  .record({
    message: fc.record(
      { type: fc.constantFrom(...messageTypes), timestamp: timestamps },
      { requiredKeys: ['type'] },
    ),
    text: texts,
    /** How the text has the timestamp: as it is, in another spelling, or not at all. */
    spelling: fc.constantFrom<(timestamp: string) => string>(
      (timestamp) => timestamp,
      (timestamp) => timestamp.replaceAll('-', '\\u002d'),
      () => '',
    ),
    repeated: fc.constantFrom(0, 1, 1, 1, 400),
    optional: fc.record(
      {
        kafka: fc.record({
          topic: fc.constantFrom('resonance.inbound', 'thème'),
          partition: fc.nat(),
          offset: offsets,
        }),
        key: fc.option(texts),
        headers: fc.dictionary(fc.oneof(texts, fc.constant('__proto__')), texts, { noNullPrototype: true }),
        connection: fc.constantFrom('server#12', 'peer:nexus'),
        isRepeat: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
    direction: fc.constantFrom('in' as const, 'out' as const),
    transport: fc.constantFrom('kafka' as const, 'websocket' as const, 'local' as const),
    node: fc.option(fc.constantFrom('nexus', 'ν')),
    atMs: fc.integer({ min: startMs, max: startMs + 1e9 }),
  })
  .map(({ message, text, spelling, repeated, optional, direction, transport, node, atMs }) => ({
    ...envelopeOf({ type: 'heartbeat' }, atMs),
    message: message as Envelope['message'],
    text: `${text.repeat(repeated)}${spelling(message.timestamp ?? '')}${text}`,
    byteLength: text.length,
    direction,
    transport,
    node,
    ...optional,
  }));

function profileOf({ byteLength }: Envelope): string {
  return byteLength % 3 === 0 ? 'watched' : '';
}

/** The same from the envelope itself. */
function detailOf(envelope: Envelope, sequence: number): MessageDetail {
  const { message, kafka, atMs, connection } = envelope;
  const sentAtMs = message.timestamp === undefined ? null : parseTimestamp(message.timestamp);
  return {
    row: {
      sequence,
      atMs,
      direction: envelope.direction,
      transport: envelope.transport,
      type: message.type,
      node: envelope.node,
      topic: kafka?.topic ?? null,
      partition: kafka?.partition ?? null,
      offset: kafka?.offset ?? null,
      byteLength: envelope.byteLength,
      latencyMs: sentAtMs === null ? null : atMs - sentAtMs,
      preview: envelope.text.slice(0, 200),
      ...(envelope.transport === 'kafka' ? { profile: profileOf(envelope) } : {}),
      ...(connection === undefined ? {} : { connection }),
      ...(envelope.isRepeat === true ? { isRepeat: true } : {}),
    },
    text: envelope.text,
    key: envelope.key ?? null,
    headers: envelope.headers ?? {},
  };
}

describe('the store of the history', () => {
  test('gives back every message that it keeps, whatever it says', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(envelopes, fc.nat(2)), { maxLength: 30 }), (steps) => {
        const store = new MessageStore();
        const all: Envelope[] = [];
        for (const [envelope, drops] of steps) {
          all.push(envelope);
          expect(store.append(envelope, envelope.node, profileOf(envelope))).toBe(all.length);
          for (let count = 0; count < drops && store.count > 0; count += 1) store.dropOldest();
          expect(store.newest).toBe(all.length);
          expect(store.count).toBe(all.length - store.oldest + 1);
          for (let sequence = store.oldest; sequence <= store.newest; sequence += 1) {
            const kept = all[sequence - 1];
            if (kept === undefined) throw new Error('unreachable');
            const { row, detail, type, transport, node, topic, text, byteLength } = store.at(sequence);
            const expected = detailOf(kept, sequence);
            expect(detail).toStrictEqual(expected);
            expect(row).toStrictEqual(expected.row);
            expect({ type, transport, node, topic, text, byteLength }).toStrictEqual({
              type: kept.message.type,
              transport: kept.transport,
              node: kept.node,
              topic: kept.kafka?.topic ?? null,
              text: kept.text,
              byteLength: kept.byteLength,
            });
          }
        }
        while (store.count > 0) store.dropOldest();
        expect(store.bytes).toBe(0);
        expect(store.profiles.names).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('accounts for each message with its characters, in one byte each or in two', () => {
    const store = new MessageStore();
    const envelope = envelopeOf({ type: 'heartbeat' }, startMs, { text: 'é'.repeat(10) });
    store.append(envelope, null, '');
    expect(store.bytes).toBe(fieldBytes + 10);
    store.append({ ...envelope, key: 'key', text: '→'.repeat(10) }, null, '');
    expect(store.bytes).toBe(2 * fieldBytes + 10 + 3 + 20);
    store.dropOldest();
    expect(store.bytes).toBe(fieldBytes + 3 + 20);
  });

  test('keeps many pages of messages apart', () => {
    const store = new MessageStore();
    for (let count = 1; count <= 10_000; count += 1) {
      store.append(envelopeOf({ type: 'heartbeat', source: `node ${count}` }, startMs), `node ${count}`, '');
      if (store.count > 5_000) store.dropOldest();
    }
    expect(store.oldest).toBe(5_001);
    for (let sequence = 5_001; sequence <= 10_000; sequence += 1) {
      const { node, text } = store.at(sequence);
      expect(node).toBe(`node ${sequence}`);
      expect(text).toContain(`"node ${sequence}"`);
    }
    expect(() => store.at(5_000)).toThrow(RangeError);
    expect(() => store.at(10_001)).toThrow(RangeError);
  });
});
