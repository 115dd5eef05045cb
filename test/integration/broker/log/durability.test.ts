import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrokerStorage, type BrokerStorageEvent } from '../../../../src/main/broker/log/broker-storage.js';
import type { PartitionLog } from '../../../../src/main/broker/log/partition-log.js';
import { recordBatchHeaders } from '../../../../src/main/broker/records/record-batch.js';
import {
  type BundledProgram,
  bundleProgram,
  type RunningProgram,
} from '../../../support/typescript-process.js';

interface Acknowledged {
  readonly partition: number;
  readonly offset: number;
  readonly value: string;
}

describe('a broker’s data folder', () => {
  let program: BundledProgram;
  let directory: string;

  beforeAll(async () => {
    program = await bundleProgram('storage/appending-child.ts');
    directory = await mkdtemp(join(tmpdir(), 'resonance-kill-'));
  });
  afterAll(async () => {
    await program.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** Kills the program once it has said this many lines; what it said until it was gone. */
  async function killAfter(
    lineCount: number,
    { child, lines, ended }: RunningProgram,
  ): Promise<Acknowledged[]> {
    const acknowledged: Acknowledged[] = [];
    let count = 0;
    lines.on('line', (line) => {
      const parsed: unknown = JSON.parse(line);
      if (typeof parsed === 'object' && parsed !== null && 'offset' in parsed)
        acknowledged.push(parsed as Acknowledged);
      if (++count === lineCount) child.kill('SIGKILL');
    });
    await ended;
    return acknowledged;
  }

  async function readValues(log: PartitionLog): Promise<Map<number, string>> {
    const values = new Map<number, string>();
    for (let next = log.logStartOffset; next < log.highWatermark; ) {
      const { records } = await log.read(next, 200_000);
      for (const { at, header } of recordBatchHeaders(records)) {
        expect(header.baseOffset).toBe(next);
        next += header.lastOffsetDelta + 1;
        // One record without a key: the value is all but the record's own few bytes before it and the header count behind.
        const record = records.subarray(at + 61, at + header.sizeBytes - 1).toString();
        values.set(header.baseOffset, record.slice(record.indexOf('run')));
      }
    }
    return values;
  }

  it('holds every acknowledged record at its offset after kill -9 under load, during recovery, and again', async () => {
    const acknowledged: Acknowledged[] = [];
    // After the first line it is recovering, after the second it begins to append.
    for (const [round, lines] of [300, 1, 2, 700, 1, 1, 3, 150].entries()) {
      acknowledged.push(...(await killAfter(lines, program.start([directory, `run${round}`]))));
    }
    expect(acknowledged.length).toBeGreaterThan(1_000);

    const events = await expectAllThere(acknowledged);
    expect(events.map(({ kind }) => kind)).toContain('stale-lock-taken-over');
  });

  it('acknowledges nothing that a failing fdatasync has not brought to the disk, and goes on after it', async ({
    skip,
  }) => {
    if (spawnSync('strace', ['-V']).error) return skip('strace is not installed');
    const trace = join(directory, 'strace.log');
    const injected = 'inject=fdatasync:error=EIO:when=40..44';
    const under = ['strace', '-f', '-o', trace, '-e', 'trace=fdatasync', '-e', injected];
    const { lines, ended } = program.start([directory, 'run-eio', '100'], under);
    const acknowledged: Acknowledged[] = [];
    const refused: string[] = [];
    lines.on('line', (line) => {
      const parsed = JSON.parse(line) as Partial<Acknowledged> & { readonly refused?: string };
      if (parsed.refused) refused.push(parsed.refused);
      else if (parsed.offset !== undefined) acknowledged.push(parsed as Acknowledged);
    });
    await ended;
    expect(await readFile(trace, 'utf8')).toMatch(/fdatasync\(.*EIO.*INJECTED/);
    expect(new Set(refused)).toEqual(new Set(['KAFKA_STORAGE_ERROR']));
    expect(acknowledged.length).toBe(2 * 4 * 100 - refused.length);
    expect(acknowledged.length).toBeGreaterThan(700);
    await expectAllThere(acknowledged);
  });

  /** Opens the folder, finds each at its offset, none twice and nothing damaged; what the opening had to say. */
  async function expectAllThere(acknowledged: readonly Acknowledged[]): Promise<BrokerStorageEvent[]> {
    const events: BrokerStorageEvent[] = [];
    const storage = await BrokerStorage.open({
      dataDirectory: directory,
      onEvent: (event) => events.push(event),
    });
    try {
      for (const log of storage.topics.get('load')?.partitions ?? []) {
        const values = await readValues(log);
        expect(values.size).toBe(log.highWatermark);
        for (const { partition, offset, value } of acknowledged) {
          if (partition === log.partition) expect(values.get(offset)).toBe(value);
        }
        expect(new Set(values.values()).size, 'no record twice').toBe(values.size);
      }
      expect(events.filter(({ level }) => level === 'error')).toEqual([]);
      return events;
    } finally {
      await storage.close();
    }
  }
});
