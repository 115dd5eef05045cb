import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PartitionLog, type PartitionLogOptions } from '../../../../src/main/broker/log/partition-log.js';
import { toTopicConfig } from '../../../../src/main/broker/log/topic-config.js';
import { recordBatchHeaders } from '../../../../src/main/broker/records/record-batch.js';
import type { StorageEvent } from '../../../../src/main/storage/storage-event.js';
import { buildRecordBatch } from '../../../support/broker/record-batch-builder.js';
import { createFaultyFileSystem } from '../../../support/faulty-file-system.js';

let directory: string;
let events: StorageEvent[];
const opened: PartitionLog[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'resonance-partition-'));
  events = [];
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()));
  await rm(directory, { recursive: true, force: true });
});

async function openLog(
  overrides: Record<string, string> = {},
  options: Partial<PartitionLogOptions> = {},
): Promise<PartitionLog> {
  const log = await PartitionLog.open({
    topic: 'topic',
    partition: 0,
    directory,
    config: toTopicConfig(overrides),
    onEvent: (event) => events.push(event),
    ...options,
  });
  opened.push(log);
  return log;
}

async function baseOffsets(log: PartitionLog, from = log.logStartOffset): Promise<number[]> {
  const offsets: number[] = [];
  for (let next = from; next < log.highWatermark; ) {
    const { records } = await log.read(next, 500);
    if (records.length === 0) break;
    for (const { header } of recordBatchHeaders(records)) {
      offsets.push(header.baseOffset);
      next = header.baseOffset + header.lastOffsetDelta + 1;
    }
  }
  return offsets;
}

describe('a partition’s log', () => {
  it('gives offsets in order and returns batches as they came, but for base offset and leader epoch', async () => {
    const log = await openLog();
    const batch = buildRecordBatch(['one', 'two', 'three']);
    const sent = Buffer.from(batch);
    expect(await log.append(batch)).toEqual({
      baseOffset: 0,
      lastOffset: 2,
      logAppendTimeMs: -1,
      logStartOffset: 0,
      duplicate: false,
    });
    expect(await log.append(Buffer.from(sent))).toMatchObject({ baseOffset: 3, lastOffset: 5 });
    const { records, highWatermark } = await log.read(4, 10_000);
    expect(highWatermark).toBe(6);
    expect(records.length).toBe(sent.length);
    expect(records.readBigInt64BE(0)).toBe(3n);
    expect(records.readInt32BE(12)).toBe(0);
    expect(records.subarray(16)).toEqual(sent.subarray(16));
  });

  it('takes several batches of one append', async () => {
    const log = await openLog();
    const both = Buffer.concat([buildRecordBatch(['a', 'b']), buildRecordBatch(['c'])]);
    expect(await log.append(both)).toMatchObject({ baseOffset: 0, lastOffset: 2 });
    expect(await baseOffsets(log)).toEqual([0, 2]);
  });

  it('refuses what is not a whole batch, is too large, or is none of a producer’s', async () => {
    const log = await openLog({ 'max.message.bytes': '200' });
    const refusals: [Buffer, string][] = [
      [Buffer.alloc(0), 'INVALID_RECORD'],
      [Buffer.from('not a record batch at all'), 'CORRUPT_MESSAGE'],
      [buildRecordBatch(['a']).subarray(0, -1), 'CORRUPT_MESSAGE'],
      [buildRecordBatch(['x'.repeat(200)]), 'MESSAGE_TOO_LARGE'],
      [buildRecordBatch(['a'], { attributes: 0x20 }), 'INVALID_RECORD'],
      [buildRecordBatch(['a'], { producerId: 1, producerEpoch: -1, baseSequence: 0 }), 'INVALID_RECORD'],
      [
        Buffer.concat(
          [0, 1].map((baseSequence) =>
            buildRecordBatch(['a'], { producerId: 1, producerEpoch: 0, baseSequence }),
          ),
        ),
        'INVALID_RECORD',
      ],
    ];
    for (const [batches, code] of refusals) {
      await expect(log.append(batches), code).rejects.toMatchObject({ name: 'BrokerLogError', code });
    }
    expect(log.highWatermark).toBe(0);
  });

  it('refuses reads outside the log and answers empty at its end', async () => {
    const log = await openLog();
    await log.append(buildRecordBatch(['a', 'b']));
    await log.deleteRecordsBefore(1);
    for (const offset of [-1, 0, 3]) {
      await expect(log.read(offset, 100)).rejects.toMatchObject({ code: 'OFFSET_OUT_OF_RANGE' });
    }
    expect((await log.read(2, 100)).records.length).toBe(0);
    expect((await log.read(1, 1)).records.length).toBeGreaterThan(0);
    expect((await log.read(1, 1, { minOneBatch: false })).records.length).toBe(0);
  });

  it('tells subscribers of each append, until they unsubscribe, and wakes them when it closes', async () => {
    const log = await openLog();
    let calls = 0;
    const unsubscribe = log.onAppend(() => {
      calls++;
      expect(log.highWatermark).toBeGreaterThan(0);
    });
    await log.append(buildRecordBatch(['a']));
    await log.append(buildRecordBatch(['b']));
    expect(calls).toBe(2);
    unsubscribe();
    await log.append(buildRecordBatch(['c']));
    expect(calls).toBe(2);
    const woken = new Promise<void>((resolve) => log.onAppend(resolve));
    await log.close();
    await woken;
  });

  it('finds offsets by timestamp: to the record when uncompressed, to the batch when compressed', async () => {
    const log = await openLog({ 'segment.bytes': '1024' });
    for (let index = 0; index < 30; index++) {
      await log.append(
        buildRecordBatch(['x', 'y'.repeat(100)], { timestampMs: 1_000 + index * 100, timestampStepMs: 50 }),
      );
    }
    expect(await log.offsetForTimestamp(0)).toEqual({ offset: 0, timestampMs: 1_000 });
    expect(await log.offsetForTimestamp(1_101)).toEqual({ offset: 3, timestampMs: 1_150 });
    expect(await log.offsetForTimestamp(3_950)).toEqual({ offset: 59, timestampMs: 3_950 });
    expect(await log.offsetForTimestamp(3_951)).toBeNull();
    expect(await log.maxTimestamp()).toEqual({ offset: 59, timestampMs: 3_950 });
    await log.append(buildRecordBatch(['gzip', 'would be here'], { timestampMs: 9_000, attributes: 1 }));
    expect(await log.offsetForTimestamp(5_000)).toEqual({ offset: 60, timestampMs: 9_000 });
    expect(await (await openLog({}, { directory: `${directory}/empty` })).maxTimestamp()).toBeNull();
  });

  it('looks for timestamps among what is left only', async () => {
    const log = await openLog();
    await log.append(buildRecordBatch(['future', 'past'], { timestampMs: 9_000, timestampStepMs: -8_000 }));
    await log.append(buildRecordBatch(['present'], { timestampMs: 5_000 }));
    await log.append(buildRecordBatch(['later', 'latest'], { timestampMs: 6_000, timestampStepMs: 1_000 }));
    await log.deleteRecordsBefore(2);
    expect(await log.maxTimestamp()).toEqual({ offset: 4, timestampMs: 7_000 });
    await log.deleteRecordsBefore(4);
    expect(await log.offsetForTimestamp(0)).toEqual({ offset: 4, timestampMs: 7_000 });
    expect(await log.offsetForTimestamp(8_000)).toBeNull();
  });

  it('deletes records before an offset for good', async () => {
    const log = await openLog({ 'segment.bytes': '1024' });
    for (let index = 0; index < 40; index++) await log.append(buildRecordBatch([`value ${index}`]));
    const size = log.sizeBytes;
    expect(await log.deleteRecordsBefore(25)).toBe(25);
    expect(await log.deleteRecordsBefore(10)).toBe(25);
    expect(log.sizeBytes).toBeLessThan(size);
    await expect(log.deleteRecordsBefore(41)).rejects.toMatchObject({ code: 'OFFSET_OUT_OF_RANGE' });
    await log.close();
    const again = await openLog({ 'segment.bytes': '1024' });
    expect(again.logStartOffset).toBe(25);
    expect((await baseOffsets(again)).length).toBe(15);
    expect(await again.deleteRecordsBefore(-1)).toBe(40);
    expect(await again.append(buildRecordBatch(['next']))).toMatchObject({
      baseOffset: 40,
      logStartOffset: 40,
    });
  });
});

describe('an idempotent producer’s batches', () => {
  const send = (baseSequence: number, count = 1, producerEpoch = 0): Buffer =>
    buildRecordBatch(
      Array.from({ length: count }, (_, index) => `${baseSequence + index}`),
      {
        producerId: 7,
        producerEpoch,
        baseSequence,
      },
    );

  it.each(['clean', 'crashed', 'without snapshot'])(
    'are stored once when sent again, also after a restart (%s)',
    async (restart) => {
      const log = await openLog();
      for (let sequence = 0; sequence < 14; sequence += 2) await log.append(send(sequence, 2));
      await log.close();
      if (restart !== 'clean') await rm(join(directory, '0000000000000000.index'));
      if (restart === 'without snapshot') await rm(join(directory, 'producers.snapshot'));
      const again = await openLog();
      for (let sequence = 4; sequence < 14; sequence += 2) {
        expect(await again.append(send(sequence, 2))).toMatchObject({
          baseOffset: sequence,
          lastOffset: sequence + 1,
          duplicate: true,
        });
      }
      await expect(again.append(send(2, 2))).rejects.toMatchObject({ code: 'OUT_OF_ORDER_SEQUENCE_NUMBER' });
      expect(await again.append(send(14))).toMatchObject({ baseOffset: 14, duplicate: false });
      expect(again.highWatermark).toBe(15);
    },
  );

  it('are deduplicated while the first is still being written, and in order or refused', async () => {
    const log = await openLog();
    const outcomes = await Promise.allSettled([
      log.append(send(0)),
      log.append(send(0)),
      log.append(send(2)),
      log.append(send(1)),
    ]);
    expect(outcomes[0]).toMatchObject({ value: { baseOffset: 0, duplicate: false } });
    expect(outcomes[1]).toMatchObject({ value: { baseOffset: 0, duplicate: true } });
    expect(outcomes[2]).toMatchObject({ reason: { code: 'OUT_OF_ORDER_SEQUENCE_NUMBER' } });
    expect(outcomes[3]).toMatchObject({ value: { baseOffset: 1, duplicate: false } });
  });

  it('are fenced by a newer epoch, which begins at sequence number 0', async () => {
    const log = await openLog();
    await log.append(send(0));
    await expect(log.append(send(1, 1, 1))).rejects.toMatchObject({ code: 'OUT_OF_ORDER_SEQUENCE_NUMBER' });
    expect(await log.append(send(0, 1, 1))).toMatchObject({ baseOffset: 1 });
    await expect(log.append(send(1, 1, 0))).rejects.toMatchObject({ code: 'INVALID_PRODUCER_EPOCH' });
  });

  it('may be sent again after a failed write, and are then stored', async () => {
    const fileSystem = createFaultyFileSystem();
    const log = await openLog({}, { fileSystem });
    await log.append(send(0));
    fileSystem.fail('datasync', 'EIO', 1);
    const refused = await Promise.allSettled([log.append(send(1)), log.append(send(2))]);
    for (const outcome of refused) expect(outcome).toMatchObject({ reason: { code: 'KAFKA_STORAGE_ERROR' } });
    expect(await log.append(send(1))).toMatchObject({ baseOffset: 1, duplicate: false });
    expect(await log.append(send(2))).toMatchObject({ baseOffset: 2, duplicate: false });
    expect(await baseOffsets(log)).toEqual([0, 1, 2]);
  });
});

describe('a damaged partition', () => {
  it('never serves a batch with a flipped bit, serves the others, and keeps their offsets', async () => {
    const log = await openLog();
    for (const value of ['first', 'second', 'third']) await log.append(buildRecordBatch([value]));
    await log.close();
    const path = join(directory, '0000000000000000.log');
    const whole = await readFile(path);
    const size = whole.length / 3;
    expect(buildRecordBatch(['first']).length).toBe(buildRecordBatch(['third']).length);
    const from = buildRecordBatch(['first']).length;
    const to = from + buildRecordBatch(['second']).length;
    expect(size).toBeGreaterThan(60);
    for (let bit = from * 8; bit < to * 8; bit++) {
      const flipped = Buffer.from(whole);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      await writeFile(path, flipped);
      events = [];
      const again = await openLog();
      expect(await baseOffsets(again), `bit ${bit}`).toEqual([0, 2]);
      expect((await again.read(1, 1000)).records.readBigInt64BE(0)).toBe(2n);
      expect(events.map(({ kind }) => kind)).toEqual(['damage-found']);
      expect(again.highWatermark).toBe(3);
      await again.close();
    }
  });
});

describe('retention', () => {
  const hour = 3_600_000;

  it('deletes whole segments that are too old or too many, and at last the one being written', async () => {
    const nowMs = Date.now();
    const log = await openLog({
      'segment.bytes': '1024',
      'retention.ms': String(hour),
      'retention.bytes': '100000',
    });
    for (let index = 0; index < 30; index++) {
      await log.append(
        buildRecordBatch(['x'.repeat(50)], { timestampMs: nowMs - 2 * hour + index * 180_000 }),
      );
    }
    await log.applyRetention(nowMs);
    expect(log.logStartOffset).toBeGreaterThan(0);
    expect(log.logStartOffset).toBeLessThanOrEqual(21);
    const kept = await baseOffsets(log);
    expect(kept[0]).toBe(log.logStartOffset);
    expect(kept.at(-1)).toBe(29);

    log.configure(
      toTopicConfig({ 'segment.bytes': '1024', 'retention.ms': '-1', 'retention.bytes': '1500' }),
    );
    await log.applyRetention(nowMs);
    expect(log.sizeBytes).toBeLessThanOrEqual(1500 + 1024);
    expect(log.sizeBytes).toBeGreaterThanOrEqual(1500);

    log.configure(toTopicConfig({ 'retention.ms': String(hour) }));
    await log.applyRetention(nowMs + 3 * hour);
    expect([log.sizeBytes, log.logStartOffset, log.highWatermark]).toEqual([0, 30, 30]);
    expect(await log.append(buildRecordBatch(['after']))).toMatchObject({
      baseOffset: 30,
      logStartOffset: 30,
    });
  });

  it('is not held up by a sender whose clock is ten years ahead', async () => {
    const nowMs = Date.now();
    const log = await openLog({ 'retention.ms': String(hour) });
    await log.append(buildRecordBatch(['from the future'], { timestampMs: nowMs + 10 * 365 * 24 * hour }));
    await log.applyRetention(nowMs);
    expect(log.logStartOffset).toBe(0);
    await log.applyRetention(nowMs + 2 * hour);
    expect(log.logStartOffset).toBe(1);
  });
});
