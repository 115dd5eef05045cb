import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageTypes, schemaByType } from '../../../src/shared/message.js';
import {
  maxMessageBytes,
  maxMessageDepth,
  parseMessage,
  validateMessage,
} from '../../../src/shared/parse-message.js';

/** What fields of a message hold when all is well, and when it is not. */
const fieldValues = fc.oneof(
  fc.constantFrom(
    0,
    0.043,
    -0.043,
    1e300,
    '',
    'supraleitend',
    '2026-01-13T02:00:00.123456+00:00',
    '2026-01-13T02:00:00',
    '1999-12-31T23:59:59Z',
    '2026-02-30T00:00:00Z',
    'yesterday',
    null,
    true,
    [],
    {},
    ['nexus'],
    ['nexus', 1],
    'x'.repeat(129),
    'x'.repeat(257),
    {
      frequency: 0.043,
      s_roi: 0.502,
      status: 'ok',
      anchor: 'A',
      last_update: null,
      connected_nodes: ['nexus'],
    },
    { frequency: 'fast' },
    { frequency: -1 },
    { connected_nodes: [1] },
    { last_update: 5 },
    { status: null },
    { frequency: [1_768_262_400_000, 0, 'resonance'] },
    { frequency: [1_768_262_400_000, 0] },
    { frequency: [-1, 0, 'resonance'] },
    { frequency: [1.5, 0, 'resonance'] },
    { frequency: [1_768_262_400_000, 0, ''] },
    { frequency: [4_102_444_800_001, 0, 'resonance'] },
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

const fieldNames = [
  'timestamp',
  'source',
  'anchor',
  'id',
  'stamps',
  'frequency',
  's_roi',
  'status',
  'data',
  'event_type',
  'message',
  'original_type',
  'note',
  'constructor',
  'toString',
];

const messages = fc
  .tuple(
    fc.constantFrom(...messageTypes, 'ack', 'error'),
    fc.array(fc.tuple(fc.constantFrom(...fieldNames), fieldValues), { maxLength: 8 }),
  )
  .map(([type, fields]) => ({ ...Object.fromEntries(fields), type }));

/** Any JSON but the one name that is refused wherever it stands, and that fast-check likes to draw. */
const harmlessJson = fc
  .jsonValue({ maxDepth: 4 })
  .filter((value) => !JSON.stringify(value).includes('"__proto__"'));

const wellFormed = fc.record(
  {
    type: fc.constantFrom(...messageTypes),
    timestamp: fc.constantFrom('2026-01-13T02:00:00.123456+00:00', '2026-01-13T02:00:00Z'),
    source: fc.string({ maxLength: 256 }),
    anchor: fc.constant('BOLZANO_71'),
    id: fc.uuid({ version: 7 }),
    frequency: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
    s_roi: fc.double({ noNaN: true, noDefaultInfinity: true }),
    event_type: fc.string({ minLength: 1, maxLength: 256 }),
    data: fc.record({ frequency: fc.double({ min: 0, max: 10, noNaN: true }), status: fc.string() }),
    extra: harmlessJson,
  },
  { requiredKeys: ['type', 'frequency', 's_roi', 'event_type', 'data'] },
);

describe('parsing a message', () => {
  it('decides as the schema of its type does, whatever the fields hold', () => {
    fc.assert(
      fc.property(messages, (message) => {
        const text = JSON.stringify(message);
        expect(parseMessage(text).ok).toBe(schemaByType[message.type].safeParse(JSON.parse(text)).success);
      }),
      { numRuns: 2_000 },
    );
  });

  it('returns the message with every field that it came with', () => {
    fc.assert(
      fc.property(wellFormed, (message) => {
        const text = JSON.stringify(message);
        expect(parseMessage(text)).toEqual({ ok: true, message: JSON.parse(text) });
      }),
    );
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary' })), (text) => {
        const result = parseMessage(text);
        expect(result.ok || result.rejection.detail.length > 0).toBe(true);
      }),
    );
  });

  it.each([
    ['not_json', '{"type":'],
    ['not_json', ''],
    ['not_object', '[1]'],
    ['not_object', 'null'],
    ['not_object', '"heartbeat"'],
    ['not_finite', '{"type":"s_roi_update","s_roi":NaN}'],
    ['not_finite', '{"type":"s_roi_update","s_roi":-Infinity}'],
    ['not_finite', '{"type":"s_roi_update","s_roi":1e999}'],
    ['not_finite', '{"type":"heartbeat","extra":{"deep":[1e999]}}'],
    ['unknown_type', '{"type":"dance"}'],
    ['unknown_type', '{"type":5}'],
    ['unknown_type', '{"type":"constructor"}'],
    ['unknown_type', '{}'],
    ['wrong_shape', '{"type":"frequency_sync","frequency":"0.043"}'],
    ['wrong_shape', '{"type":"frequency_sync","frequency":-1}'],
    ['wrong_shape', '{"type":"s_roi_update"}'],
    ['wrong_shape', '{"type":"state_update"}'],
    ['wrong_shape', '{"type":"repository_event","event_type":""}'],
    ['bad_timestamp', '{"type":"heartbeat","timestamp":"yesterday"}'],
    ['bad_timestamp', '{"type":"heartbeat","timestamp":"1970-01-01T00:00:00Z"}'],
    ['forbidden_key', '{"type":"heartbeat","__proto__":{}}'],
    ['forbidden_key', '{"type":"state_update","data":{"a":[{"__proto__":1}]}}'],
  ])('refuses with %s: %s', (reason, text) => {
    expect(parseMessage(text)).toMatchObject({ ok: false, rejection: { reason } });
  });

  it('names the field, what it holds and what is allowed', () => {
    expect(parseMessage('{"type":"heartbeat","extra":{"list":[1,1e999]}}')).toMatchObject({
      rejection: { detail: '`extra.list.1` is not a finite number' },
    });
    expect(parseMessage('{"type":"frequency_sync","frequency":"fast"}')).toMatchObject({
      rejection: { detail: '`frequency`: expected number, got "fast"', type: 'frequency_sync' },
    });
    expect(parseMessage('{"type":"frequency_sync","frequency":-1}')).toMatchObject({
      rejection: { detail: expect.stringMatching(/`frequency`: .+, got -1$/) },
    });
  });

  it('refuses nesting beyond the limit, and takes the limit itself', () => {
    const nested = (levels: number): string =>
      `{"type":"heartbeat","extra":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
    expect(parseMessage(nested(maxMessageDepth)).ok).toBe(true);
    expect(parseMessage(nested(maxMessageDepth + 1))).toMatchObject({ rejection: { reason: 'too_deep' } });
  });

  it('refuses what is larger than the limit by its bytes, not its characters', () => {
    expect(parseMessage('{"type":"heartbeat"}', maxMessageBytes + 1)).toMatchObject({
      rejection: { reason: 'too_big' },
    });
  });

  it.each([
    '{"type":"frequency_sync","frequency":0.043,"s_roi":0.502,"anchor":"BOLZANO_71"}',
    '{"type":"heartbeat","anchor":"TEST"}',
    '{"type":"state_update","timestamp":"2026-01-13T02:00:00.123456","frequency":0.043,"s_roi":0.502,"anchor":"BOLZANO_71","message":"Connected to Resonance node"}',
    '{"type":"repository_event","event_type":"commit","data":{"sha":"abc123"},"source":"resonance"}',
  ])('takes what old nodes send: %s', (text) => {
    expect(parseMessage(text).ok).toBe(true);
  });

  it('checks a value that a program made in the same way', () => {
    expect(validateMessage({ type: 's_roi_update', s_roi: Number.NaN })).toMatchObject({
      rejection: { reason: 'not_finite' },
    });
    expect(validateMessage({ type: 'heartbeat', frequency: undefined }).ok).toBe(true);
  });
});
