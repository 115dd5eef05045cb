import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BrokerError } from '../../../../src/main/broker/errors.js';
import { ProtocolReader } from '../../../../src/main/broker/protocol/protocol-reader.js';
import { ProtocolWriter } from '../../../../src/main/broker/protocol/protocol-writer.js';

function written(write: (writer: ProtocolWriter) => void, flexible = false): Buffer {
  const writer = new ProtocolWriter({ flexible });
  write(writer);
  const { pieces, byteLength } = writer.finish();
  const frame = Buffer.concat(pieces);
  expect(frame.length).toBe(byteLength);
  expect(frame.readInt32BE(0)).toBe(byteLength - 4);
  return frame.subarray(4);
}

function code(read: () => unknown): string | undefined {
  try {
    read();
  } catch (error) {
    return error instanceof BrokerError ? error.code : `unexpected: ${String(error)}`;
  }
  return undefined;
}

const values = fc.record({
  int8: fc.integer({ min: -128, max: 127 }),
  int16: fc.integer({ min: -32768, max: 32767 }),
  int32: fc.integer(),
  int64: fc.maxSafeInteger(),
  varint: fc.nat({ max: 0x7fff_ffff }),
  text: fc.option(fc.string({ unit: 'binary', maxLength: 300 }), { nil: null }),
  bytes: fc.option(
    fc.uint8Array({ maxLength: 6000 }).map((bytes) => Buffer.from(bytes)),
    { nil: null },
  ),
  list: fc.option(fc.array(fc.integer(), { maxLength: 50 }), { nil: null }),
});

describe.each([
  { encoding: 'classic', flexible: false },
  { encoding: 'compact', flexible: true },
])('the $encoding encoding', ({ flexible }) => {
  it('reads back what was written', () => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 10 }), (rows) => {
        const body = written((writer) => {
          for (const row of rows) {
            writer.int8(row.int8).int16(row.int16).int32(row.int32).int64(row.int64);
            writer.unsignedVarint(row.varint).nullableString(row.text).nullableBytes(row.bytes);
            writer.nullableArray(row.list, (w, value) => w.int32(value)).tags();
          }
        }, flexible);
        const reader = new ProtocolReader(body, { flexible });
        for (const row of rows) {
          expect(reader.int8()).toBe(row.int8);
          expect(reader.int16()).toBe(row.int16);
          expect(reader.int32()).toBe(row.int32);
          expect(reader.int64()).toBe(row.int64);
          expect(reader.unsignedVarint()).toBe(row.varint);
          // Lone surrogates have no UTF-8 form: they come back as the replacement character.
          expect(reader.nullableString()).toBe(row.text === null ? null : Buffer.from(row.text).toString());
          expect(reader.nullableBytes()).toEqual(row.bytes);
          expect(reader.nullableArray((r) => r.int32())).toEqual(row.list);
          reader.skipTags();
        }
        expect(reader.remaining).toBe(0);
      }),
    );
  });

  it('answers any bytes with a value or MALFORMED_REQUEST, never with another error', () => {
    const reads: ((reader: ProtocolReader) => unknown)[] = [
      (reader) => reader.string(),
      (reader) => reader.bytes(),
      (reader) => reader.array((r) => r.string()),
      (reader) => reader.array((r) => r.array((inner) => inner.int64())),
      (reader) => reader.skipTags(),
      (reader) => reader.unsignedVarint(),
    ];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.constantFrom(...reads), (bytes, read) => {
        const failure = code(() => read(new ProtocolReader(Buffer.from(bytes), { flexible })));
        expect([undefined, 'MALFORMED_REQUEST']).toContain(failure);
      }),
    );
  });
});

describe('ProtocolReader', () => {
  it('refuses a count that the rest of the frame cannot hold, without allocating for it', () => {
    const body = Buffer.alloc(8);
    body.writeInt32BE(0x7fff_ffff);
    expect(code(() => new ProtocolReader(body).array((reader) => reader.int8()))).toBe('MALFORMED_REQUEST');
  });

  it('limits the elements of all arrays of a request together', () => {
    const body = Buffer.alloc(4 + 150_000);
    body.writeInt32BE(150_000);
    expect(code(() => new ProtocolReader(body).array((reader) => reader.int8()))).toBe('MALFORMED_REQUEST');
  });

  it.each([
    ['a string longer than the frame', Buffer.from([0x7f, 0xff, 1])],
    ['a negative string length', Buffer.from([0xff, 0xfe])],
    ['null where a string is due', Buffer.from([0xff, 0xff])],
  ])('refuses %s', (_what, body) => {
    expect(code(() => new ProtocolReader(body).string())).toBe('MALFORMED_REQUEST');
  });

  it('refuses a varint of more than five bytes', () => {
    const body = Buffer.alloc(10, 0xff);
    expect(code(() => new ProtocolReader(body).unsignedVarint())).toBe('MALFORMED_REQUEST');
  });
});

describe('ProtocolWriter', () => {
  it('references large data instead of copying it', () => {
    const records = Buffer.alloc(100_000, 1);
    const writer = new ProtocolWriter();
    writer.int32(1).bytes(records).int16(2);
    expect(writer.finish().pieces).toContain(records);
  });
});
