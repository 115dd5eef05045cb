import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import crc32c from 'kafkajs/src/protocol/recordBatch/crc32C/index.js';
import protocol from 'kafkajs/src/protocol/requests/index.js';
import { describe, expect, it } from 'vitest';
import { compress } from '../../../../src/main/kafka/compression/codec.js';
import {
  defaultFetchAnswerLimits,
  FetchAnswerMender,
  undecodableHeader,
} from '../../../../src/main/kafka/faults/fetch-answer.js';
import { buildRecordBatch } from '../../../support/broker/record-batch-builder.js';
import {
  atOffset,
  fetchAnswer,
  recordsOf,
  withChecksum,
  withRecords,
} from '../../../support/kafka/fetch-answer.js';

interface Decoded {
  readonly responses: readonly {
    readonly topicName: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly abortedTransactions: readonly unknown[];
      readonly messages: readonly {
        readonly offset: string;
        readonly value: Buffer | null;
        readonly headers: Record<string, unknown>;
      }[];
    }[];
  }[];
}

/** An answer as kafkajs itself reads it. */
async function decode(answer: Buffer, version = 11): Promise<Decoded> {
  const call = protocol.requests?.Fetch?.protocol({ version })({ topics: [], maxWaitTime: 1, minBytes: 1 });
  return (await call?.response.decode(answer)) as Decoded;
}

function messagesOf(decoded: Decoded) {
  return decoded.responses.flatMap(({ partitions }) => partitions.flatMap(({ messages }) => messages));
}

/** What kafkajs reads of these batches after they were mended: offset and value, `!` before what stands for a batch. */
async function read(batches: readonly Buffer[], limits = defaultFetchAnswerLimits): Promise<string[]> {
  const answer = fetchAnswer(11, [{ topic: 'inbound', partition: 0, records: Buffer.concat(batches) }]);
  const mended = await new FetchAnswerMender(crc32c, limits).mend(answer, 11);
  return messagesOf(await decode(mended)).map(
    ({ offset, value, headers }) =>
      `${undecodableHeader in headers ? '!' : ''}${offset} ${value?.toString() ?? ''}`,
  );
}

const batch = buildRecordBatch(['a', 'b', 'c']);
const behind = atOffset(buildRecordBatch(['behind']), 3);

describe('an answer to Fetch', () => {
  it.each([4, 5, 6, 7, 8, 9, 10, 11])(
    'of version %d is handed on as it is when nothing is wrong',
    async (version) => {
      const answer = fetchAnswer(version, [
        { topic: 'inbound', partition: 0, records: Buffer.concat([batch, behind]) },
        { topic: 'state', partition: 2, records: Buffer.alloc(0) },
      ]);
      expect(await new FetchAnswerMender(crc32c).mend(answer, version)).toBe(answer);
    },
  );

  it.each([4, 5, 6, 7, 8, 9, 10, 11])('of version %d keeps all around a mended batch', async (version) => {
    const answer = fetchAnswer(version, [
      { topic: 'state', partition: 2, records: behind },
      { topic: 'inbound', partition: 1, records: withRecords(batch, 1, gzipSync(recordsOf(batch))) },
      { topic: 'inbound', partition: 4, records: batch },
    ]);
    const decoded = await decode(await new FetchAnswerMender(crc32c).mend(answer, version), version);
    expect(
      decoded.responses.map(({ topicName, partitions }) => [topicName, partitions[0]?.partition]),
    ).toEqual([
      ['state', 2],
      ['inbound', 1],
      ['inbound', 4],
    ]);
    expect(decoded.responses[1]?.partitions[0]?.abortedTransactions).toHaveLength(1);
    expect(messagesOf(decoded).map(({ value }) => String(value))).toEqual([
      'behind',
      ...['a', 'b', 'c'],
      ...['a', 'b', 'c'],
    ]);
  });

  it('is read whole when batches are compressed', async () => {
    const gzip = withRecords(batch, 1, gzipSync(recordsOf(batch)));
    const snappy = withRecords(batch, 2, await compress('snappy', recordsOf(batch)));
    expect(await read([gzip, atOffset(snappy, 3), behind])).toEqual([
      ...['0 a', '1 b', '2 c', '3 a', '4 b', '5 c'],
      '3 behind',
    ]);
  });

  it.each([5, 6, 7])(
    'has one record for a batch of the reserved codec %d, and all behind it',
    async (codec) => {
      expect(await read([withRecords(batch, codec, recordsOf(batch)), behind])).toEqual([
        `!2 3 records at offsets 0 to 2 (codec ${codec}): a codec that is not known`,
        '3 behind',
      ]);
    },
  );

  it.each([
    ['a wrong checksum', (bytes: Buffer) => flip(bytes, 17), /its checksum is wrong/],
    ['damaged compression', (bytes: Buffer) => withChecksum(bytes.fill(0, 70, 74)), /gzip\): /],
    ['a record count that is too high', (bytes: Buffer) => count(bytes, 4), /record 4 of 4 reaches beyond/],
    ['a record count that is too low', (bytes: Buffer) => count(bytes, 2), /more bytes than records/],
    ['a negative record count', (bytes: Buffer) => count(bytes, -7), /there are -7 records/],
    [
      'an absurd record count',
      (bytes: Buffer) => count(bytes, 2 ** 31 - 1),
      /2147483647 records in one batch/,
    ],
    [
      'offsets outside of the batch',
      (bytes: Buffer) => {
        bytes.writeInt32BE(1, 23);
        return withChecksum(bytes);
      },
      /an offset outside of the batch/,
    ],
  ])('passes over a batch with %s', async (_, damage, reason) => {
    const compressed = withRecords(batch, 1, gzipSync(recordsOf(batch)));
    const [standIn, ...others] = await read([damage(compressed), behind]);
    expect(standIn).toMatch(/^![12] /);
    expect(standIn).toMatch(reason);
    expect(others).toEqual(['3 behind']);
  });

  it('passes over a batch that holds more than may be kept, and over one with too many headers', async () => {
    const limits = { ...defaultFetchAnswerLimits, maxBatchBytes: 1_000 };
    const large = buildRecordBatch(['x'.repeat(2_000)]);
    const [standIn, ...others] = await read(
      [withRecords(large, 1, gzipSync(recordsOf(large))), behind],
      limits,
    );
    expect(standIn).toBe('!0 offset 0 (gzip): more than 1000 bytes when decompressed');
    expect(others).toEqual(['3 behind']);
    expect((await read([withManyHeaders(5_000)]))[0]).toMatch(/^!0 offset 0: a record has 5000 headers/);
  });

  it('leaves to the next fetch what is beyond the bound of one answer', async () => {
    const limits = { ...defaultFetchAnswerLimits, maxAnswerBytes: 400 };
    const first = withRecords(batch, 1, gzipSync(recordsOf(batch)));
    const second = atOffset(withRecords(batch, 1, gzipSync(recordsOf(batch))), 3);
    expect(await read([first, second, atOffset(first, 6)], limits)).toEqual([
      ...['0 a', '1 b', '2 c', '3 a', '4 b', '5 c'],
    ]);
  });

  it('keeps a batch of which only the beginning was sent, and other formats, for kafkajs', async () => {
    expect(await read([batch, behind.subarray(0, 65)])).toEqual(['0 a', '1 b', '2 c']);
    const old = Buffer.from(batch);
    old.writeInt8(1, 16);
    const answer = fetchAnswer(11, [{ topic: 'inbound', partition: 0, records: old }]);
    expect(await new FetchAnswerMender(crc32c).mend(answer, 11)).toBe(answer);
  });

  it('is read to its end by kafkajs whatever the records of a batch are', async () => {
    const values = fc.array(fc.string({ maxLength: 20 }), { minLength: 1, maxLength: 8 });
    const change = fc.record({ at: fc.nat(), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(
        values,
        fc.array(change, { maxLength: 3 }),
        fc.boolean(),
        async (texts, changes, gzip) => {
          const damaged = buildRecordBatch(texts);
          const room = damaged.length - 61;
          for (const { at, byte } of changes) damaged.writeUInt8(byte, 61 + (at % room));
          const first = gzip ? withRecords(damaged, 1, gzipSync(recordsOf(damaged))) : withChecksum(damaged);
          const lines = await read([first, atOffset(buildRecordBatch(['behind']), texts.length)]);
          expect(lines.at(-1)).toBe(`${texts.length} behind`);
          const isStandIn = lines[0]?.startsWith('!') === true;
          expect(lines).toHaveLength(isStandIn ? 2 : texts.length + 1);
          if (isStandIn) expect(lines[0]).toMatch(new RegExp(`^!${texts.length - 1} `));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

/** Whatever stood there: zeros would be no damage where the byte is zero already. */
function flip(bytes: Buffer, offset: number): Buffer {
  bytes.writeUInt8(bytes.readUInt8(offset) ^ 0xff, offset);
  return bytes;
}

function count(bytes: Buffer, records: number): Buffer {
  bytes.writeInt32BE(records, 57);
  return withChecksum(bytes);
}

/** A batch with one record without key and value, and so many headers without names. */
function withManyHeaders(headers: number): Buffer {
  const headerCount = Buffer.from([((headers * 2) & 0x7f) | 0x80, (headers * 2) >>> 7]);
  const body = Buffer.concat([Buffer.from([0, 0, 0, 1, 1]), headerCount, Buffer.alloc(headers * 2)]);
  const length = Buffer.from([
    ((body.length * 2) & 0x7f) | 0x80,
    ((body.length * 2) >>> 7) | 0x80,
    body.length >>> 13,
  ]);
  return withRecords(buildRecordBatch(['']), 0, Buffer.concat([length, body]));
}
