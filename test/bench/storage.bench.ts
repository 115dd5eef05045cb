/**
 * Storage: appends of 1 KB that are on disk before they count. The floor is what a naive log does, a write and an fdatasync for
 * each; ours shares them among the appends that wait. Then reading (every batch checked), and opening after a crash.
 */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { PartitionLog } from '../../src/main/broker/log/partition-log.js';
import { toTopicConfig } from '../../src/main/broker/log/topic-config.js';
import { crc32c } from '../../src/main/storage/crc32c.js';
import { FilePool } from '../../src/main/storage/file-pool.js';
import { buildRecordBatch } from '../support/broker/record-batch-builder.js';

const ROUNDS = 5;
const MEASURED_MS = 700;
const READ_BYTES = 64 * 1024 * 1024;
const batch = buildRecordBatch(['x'.repeat(1_024 - 75)]);

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function say(label: string, value: string): void {
  process.stdout.write(`  ${label.padEnd(58)} ${value}\n`);
}

/** Calls `append` from so many lanes at once; appends a second. */
async function rate(lanes: number, append: (lane: number) => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  let count = 0;
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      while (performance.now() - startedMs < MEASURED_MS) {
        await append(lane);
        count++;
      }
    }),
  );
  return (count * 1_000) / (performance.now() - startedMs);
}

async function measureNaive(folder: string): Promise<number> {
  const file = await open(join(folder, 'naive'), 'w');
  let position = 0;
  try {
    return await rate(1, async () => {
      await file.write(batch, 0, batch.length, position);
      await file.datasync();
      position += batch.length;
    });
  } finally {
    await file.close();
  }
}

async function openPartitions(folder: string, count: number): Promise<PartitionLog[]> {
  const pool = new FilePool();
  return await Promise.all(
    Array.from({ length: count }, (_, partition) =>
      PartitionLog.open({
        topic: 'bench',
        partition,
        directory: join(folder, String(partition)),
        config: toTopicConfig({}),
        pool,
      }),
    ),
  );
}

async function measureOurs(folder: string, partitions: number, lanes: number): Promise<number> {
  const logs = await openPartitions(folder, partitions);
  try {
    return await rate(lanes, async (lane) => {
      await logs[lane % partitions]?.append(Buffer.from(batch));
    });
  } finally {
    await Promise.all(logs.map((log) => log.close()));
  }
}

const folder = await mkdtemp(join(tmpdir(), 'resonance-bench-'));
try {
  const cases = [
    { label: 'one partition, one append at a time', partitions: 1, lanes: 1 },
    { label: 'one partition, 64 appends at a time', partitions: 1, lanes: 64 },
    { label: '20 partitions, 64 appends at a time', partitions: 20, lanes: 64 },
  ];
  const naive: number[] = [];
  const ours = cases.map((): number[] => []);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  for (let round = 0; round < ROUNDS; round++) {
    naive.push(await measureNaive(folder));
    delay.enable();
    for (const [index, { partitions, lanes }] of cases.entries()) {
      ours[index]?.push(await measureOurs(join(folder, `${round}-${index}`), partitions, lanes));
    }
    delay.disable();
  }
  const floor = median(naive);
  say('naive: write + fdatasync each', `${Math.round(floor)} appends/s`);
  for (const [index, { label }] of cases.entries()) {
    const value = median(ours[index] ?? []);
    say(label, `${Math.round(value)} appends/s, ${(value / floor).toFixed(1)}x naive`);
  }
  say('event-loop delay while appending, p99', `${(delay.percentile(99) / 1e6).toFixed(1)} ms`);

  const [log] = await openPartitions(join(folder, 'read'), 1);
  if (!log) throw new Error('no partition');
  const large = buildRecordBatch(Array.from({ length: 500 }, () => 'x'.repeat(1_000)));
  while (log.sizeBytes < READ_BYTES - large.length) await log.append(Buffer.from(large));
  const readDelay = monitorEventLoopDelay({ resolution: 1 });
  readDelay.enable();
  const readStartedMs = performance.now();
  for (let next = 0; next < log.highWatermark; ) {
    const { records } = await log.read(next, 1_048_576);
    next = Number(records.readBigInt64BE(records.length - large.length)) + 500;
  }
  const readMs = performance.now() - readStartedMs;
  readDelay.disable();
  const crcStartedMs = performance.now();
  for (let bytes = 0; bytes < READ_BYTES; bytes += large.length) crc32c(large);
  const crcMs = performance.now() - crcStartedMs;
  const plain = await open(join(folder, 'read', '0', '0000000000000000.log'), 'r');
  const plainStartedMs = performance.now();
  const buffer = Buffer.allocUnsafe(1_048_576);
  for (let position = 0; ; ) {
    const { bytesRead } = await plain.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) break;
    position += bytesRead;
  }
  const plainMs = performance.now() - plainStartedMs;
  await plain.close();
  const gigabytes = (ms: number): string => `${(READ_BYTES / ms / 1e6).toFixed(2)} GB/s`;
  say(
    'reading 64 MiB, every batch checked',
    `${gigabytes(readMs)}, ${(plainMs / readMs).toFixed(2)}x plain reads`,
  );
  say('of that CRC-32C', gigabytes(crcMs));
  say('event-loop delay while reading, p99', `${(readDelay.percentile(99) / 1e6).toFixed(1)} ms`);
  await log.close();

  await rm(join(folder, 'read', '0', '0000000000000000.index'));
  await rm(join(folder, 'read', '0', 'producers.snapshot'));
  const openStartedMs = performance.now();
  const [again] = await openPartitions(join(folder, 'read'), 1);
  say('opening 64 MiB without index or snapshot', `${Math.round(performance.now() - openStartedMs)} ms`);
  await again?.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}
