import fc from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import protocol from 'kafkajs/src/protocol/requests/index.js';
import { describe, expect, it } from 'vitest';
import { decodeRecord } from '../../../../src/main/kafka/decode-record.js';
import { FetchedRecord, recordsOf } from '../../../../src/main/kafka/faults/fetched-record.js';
import { joinAnswer, splitAnswer } from '../../../../src/main/kafka/faults/fetched-records.js';
import { buildRecordBatch } from '../../../support/broker/record-batch-builder.js';
import { fetchAnswer, withRecords } from '../../../support/kafka/fetch-answer.js';

type Message = KafkaMessage & {
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
};

interface Decoded {
  readonly responses: readonly {
    readonly partitions: readonly { readonly messages: readonly Message[] }[];
  }[];
}

/** As kafkajs reads it without us. */
async function decode(answer: Buffer, version: number): Promise<Decoded> {
  const call = protocol.requests?.Fetch?.protocol({ version })({ topics: [], maxWaitTime: 1, minBytes: 1 });
  return (await call?.response.decode(answer)) as Decoded;
}

async function decodeSplit(answer: Buffer, version: number): Promise<Decoded> {
  const { rest, records } = splitAnswer(answer, version);
  const decoded = await decode(rest, version);
  expect(joinAnswer(decoded, records)).toBe(true);
  return decoded;
}

/** Everything that kafkajs or we look at. */
function fieldsOf({ responses }: Decoded) {
  return responses.map(({ partitions }) =>
    partitions.map(({ messages }) =>
      messages.map((message) => ({
        offset: message.offset,
        timestamp: message.timestamp,
        attributes: message.attributes,
        key: message.key,
        value: message.value,
        headers: message.headers,
        isControlRecord: message.isControlRecord,
        producerId: message.batchContext.producerId,
        inTransaction: message.batchContext.inTransaction,
      })),
    ),
  );
}

function varLong(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

function lengthAndBytes(bytes: Buffer | null): Buffer {
  return bytes === null ? varLong(-1n) : Buffer.concat([varLong(BigInt(bytes.length)), bytes]);
}

function headersOf(headers: readonly (readonly [string, Buffer | null])[]): Buffer {
  const fields = headers.flatMap(([name, value]) => [
    lengthAndBytes(Buffer.from(name)),
    lengthAndBytes(value),
  ]);
  return Buffer.concat([varLong(BigInt(headers.length)), ...fields]);
}

/** The only record of a batch. */
function recordWith(
  key: Buffer | null,
  value: Buffer | null,
  headers: readonly (readonly [string, Buffer | null])[],
): FetchedRecord {
  const start = Buffer.from([0, 0, 0]);
  const content = Buffer.concat([start, lengthAndBytes(key), lengthAndBytes(value), headersOf(headers)]);
  const [record] = recordsOf(withRecords(buildRecordBatch(['']), 0, lengthAndBytes(content)));
  if (record === undefined) throw new Error('no record');
  return record;
}

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
const names = fc.constantFrom('trace', 'id', 'id', '', 'ä');
const record = fc.record({
  attributes: fc.integer({ min: -128, max: 127 }),
  timestampDelta: fc.bigInt({ min: -(2n ** 40n), max: 2n ** 62n }),
  offsetDelta: fc.nat(1_000),
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.array(fc.tuple(names, fc.option(bytes, { freq: 9 })), { maxLength: 4 }),
});
const batch = fc
  .record({
    records: fc.array(record, { maxLength: 6 }),
    firstOffset: fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 62n }), fc.nat().map(BigInt)),
    firstTimestamp: fc.bigInt({ min: -1n, max: 2n ** 61n }),
    maxTimestamp: fc.bigInt({ min: -1n, max: 2n ** 61n }),
    producerId: fc.bigInt({ min: -1n, max: 2n ** 62n }),
    // Log append time, transactional, control.
    flags: fc.subarray([0x08, 0x10, 0x20]),
  })
  .map(({ records, firstOffset, firstTimestamp, maxTimestamp, producerId, flags }) => {
    const body = records.map(({ attributes, timestampDelta, offsetDelta, key, value, headers }) => {
      const content = Buffer.concat([
        Buffer.from([attributes]),
        varLong(timestampDelta),
        varLong(BigInt(offsetDelta)),
        lengthAndBytes(key),
        lengthAndBytes(value),
        headersOf(headers),
      ]);
      return lengthAndBytes(content);
    });
    const built = withRecords(buildRecordBatch([]), 0, Buffer.concat(body));
    built.writeBigInt64BE(firstOffset);
    built.writeInt16BE(
      flags.reduce((sum, flag) => sum | flag, 0),
      21,
    );
    built.writeBigInt64BE(firstTimestamp, 27);
    built.writeBigInt64BE(maxTimestamp, 35);
    built.writeBigInt64BE(producerId, 43);
    built.writeInt32BE(records.length, 57);
    return built;
  });

describe('the records of a fetch answer', () => {
  it('are what kafkajs reads itself, in every version', async () => {
    const partitions = fc.array(fc.array(batch, { maxLength: 3 }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        partitions,
        fc.integer({ min: 4, max: 11 }),
        fc.constantFrom(0, 17, 40, 60),
        async (all, version, cut) => {
          const answer = fetchAnswer(
            version,
            all.map((batches, partition) => ({
              topic: 'inbound',
              partition,
              // A broker ends an answer wherever its limit is.
              records: Buffer.concat([...batches, buildRecordBatch(['cut off']).subarray(0, cut)]),
            })),
          );
          expect(fieldsOf(await decodeSplit(answer, version))).toEqual(
            fieldsOf(await decode(answer, version)),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are not copied: the answer without them is all that kafkajs gets', async () => {
    const records = buildRecordBatch(['x'.repeat(10_000)]);
    const answer = fetchAnswer(11, [{ topic: 'inbound', partition: 3, records }]);
    const { rest, records: taken } = splitAnswer(answer, 11);
    expect(rest.length).toBe(answer.length - records.length);
    expect(taken[0]?.[0]?.value?.buffer).toBe(answer.buffer);
  });

  it('of another format are left to kafkajs', async () => {
    const old = buildRecordBatch(['a']);
    old.writeInt8(1, 16);
    const answer = fetchAnswer(11, [
      { topic: 'inbound', partition: 0, records: old },
      { topic: 'inbound', partition: 1, records: buildRecordBatch(['b']) },
    ]);
    const { rest, records } = splitAnswer(answer, 11);
    expect(records[0]).toBeNull();
    expect(records[1]).toHaveLength(1);
    expect(rest.includes(old)).toBe(true);
  });

  it('are left to kafkajs when what it decodes looks different', () => {
    for (const decoded of [null, {}, { responses: 1 }, { responses: [{ partitions: [] }] }])
      expect(joinAnswer(decoded, [[]])).toBe(false);
  });

  it('may have headers of any name: kafkajs takes some for what every object has', () => {
    const headers = ['__proto__', 'constructor', 'trace', 'trace'].map(
      (name, index) => [name, Buffer.from(String(index))] as const,
    );
    expect(Object.entries(recordWith(null, null, headers).headers)).toEqual([
      ['__proto__', Buffer.from('0')],
      ['constructor', Buffer.from('1')],
      ['trace', [Buffer.from('2'), Buffer.from('3')]],
    ]);
  });

  it('become the same messages, or are refused for the same reason, as those of kafkajs', () => {
    const json = fc
      .tuple(fc.constantFrom('', '\ufeff'), fc.string({ unit: 'binary' }))
      .map(([mark, source]) => Buffer.from(`${mark}${JSON.stringify({ type: 'heartbeat', source })}`));
    const values = fc.oneof(json, bytes, fc.constant(null), fc.constant(Buffer.from('"\ufffd"')));
    fc.assert(
      fc.property(values, fc.option(bytes), names, (value, key, name) => {
        const own = recordWith(key, value, [[name, Buffer.from('1')]]);
        expect(own).toBeInstanceOf(FetchedRecord);
        const { offset, timestamp, attributes, headers } = own;
        const plain: KafkaMessage = { offset, timestamp, attributes, headers, key, value };
        const read = (record: KafkaMessage) =>
          decodeRecord(record, 'inbound', 0, 1_000, ({ source }) => source ?? null);
        expect(read(own)).toEqual(read(plain));
      }),
      { numRuns: 500 },
    );
  });
});
