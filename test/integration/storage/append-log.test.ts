import {
  copyFile,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppendLog, type AppendLogOptions } from '../../../src/main/storage/append-log.js';
import { framedPayloads, frameRecord, simpleFraming } from '../../../src/main/storage/record-framing.js';
import type { StorageEvent } from '../../../src/main/storage/storage-event.js';

let directory: string;
let events: StorageEvent[];
const opened: AppendLog[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'resonance-append-log-'));
  events = [];
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()));
  await rm(directory, { recursive: true, force: true });
});

async function openLog(options: Partial<AppendLogOptions> = {}): Promise<AppendLog> {
  const log = await AppendLog.open({
    directory,
    framing: simpleFraming,
    onEvent: (event) => events.push(event),
    ...options,
  });
  opened.push(log);
  return log;
}

function appendText(log: AppendLog, text: string): Promise<number> {
  const payload = Buffer.from(text);
  return log.append(payload.length, (sequence) => ({
    chunks: [frameRecord(sequence, payload)],
    nextSequence: sequence + 1,
    maxTimestampMs: -1,
    result: sequence,
  }));
}

async function readAll(log: AppendLog, from = 0): Promise<Map<number, string>> {
  const texts = new Map<number, string>();
  let next = from;
  for (;;) {
    const run = await log.read(next, 64 * 1024);
    for (const { sequence, payload } of framedPayloads(run.bytes)) texts.set(sequence, payload.toString());
    if (run.bytes.length === 0) return texts;
    next = run.nextSequence;
  }
}

function kinds(): string[] {
  return events.map(({ kind }) => kind);
}

/** The log with these texts, closed, as a crash would leave it: without its index. */
async function writeCrashed(
  texts: readonly string[],
  options: Partial<AppendLogOptions> = {},
): Promise<string[]> {
  const log = await openLog(options);
  for (const text of texts) await appendText(log, text);
  const paths = log.segments().map(({ path }) => path);
  await log.close();
  for (const path of paths) await rm(path.replace('.log', '.index'), { force: true });
  return paths;
}

describe('an append log', () => {
  it('gives back what was appended, also after it was opened again', async () => {
    const log = await openLog();
    const sequences = await Promise.all(['a', 'b', 'c'].map((text) => appendText(log, text)));
    expect(sequences).toEqual([0, 1, 2]);
    const expected = new Map([
      [0, 'a'],
      [1, 'b'],
      [2, 'c'],
    ]);
    expect(await readAll(log)).toEqual(expected);
    await log.close();
    const again = await openLog();
    expect(again.nextSequence).toBe(3);
    expect(await readAll(again)).toEqual(expected);
    expect(await appendText(again, 'd')).toBe(3);
    expect(kinds()).toEqual([]);
  });

  it('goes on over many segments and reads from any sequence number', async () => {
    const log = await openLog({ segmentBytes: 400 });
    for (let index = 0; index < 100; index++) await appendText(log, `record ${index}`);
    expect(log.segments().length).toBeGreaterThan(5);
    for (const from of [0, 1, 17, 50, 98, 99, 100]) {
      const texts = await readAll(log, from);
      expect([...texts.keys()]).toEqual(Array.from({ length: 100 - from }, (_, index) => from + index));
    }
    await log.close();
    expect((await readAll(await openLog({ segmentBytes: 400 }), 42)).size).toBe(58);
  });

  it('refuses only the append whose preparation throws', async () => {
    const log = await openLog();
    const refused = log.append(1, () => {
      throw new RangeError('not this one');
    });
    const accepted = appendText(log, 'this one');
    await expect(refused).rejects.toThrow('not this one');
    expect(await accepted).toBe(0);
  });

  it('refuses appends beyond its queue and after it was closed', async () => {
    const log = await openLog({ maxQueuedBytes: 10 });
    const first = appendText(log, '12345678');
    await expect(appendText(log, '12345678')).rejects.toMatchObject({ code: 'STORAGE_QUEUE_FULL' });
    await first;
    await log.close();
    await expect(appendText(log, 'x')).rejects.toMatchObject({ code: 'STORAGE_CLOSED' });
  });

  it('cuts a write torn at any byte and keeps everything before it', async () => {
    const [path = ''] = await writeCrashed(['first', 'second', 'the last record']);
    const whole = await readFile(path);
    const lastRecordAt = whole.length - frameRecord(2, Buffer.from('the last record')).length;
    for (let length = lastRecordAt; length < whole.length; length++) {
      await writeFile(path, whole.subarray(0, length));
      events = [];
      const log = await openLog();
      expect(log.nextSequence).toBe(2);
      expect(kinds()).toEqual(length === lastRecordAt ? [] : ['tail-cut']);
      if (length > lastRecordAt) expect(events[0]?.details.bytes).toBe(length - lastRecordAt);
      expect(await appendText(log, 'after')).toBe(2);
      expect([...(await readAll(log)).values()]).toEqual(['first', 'second', 'after']);
      await log.close();
      await rm(path.replace('.log', '.index'), { force: true });
    }
  });

  it('cuts a tail of zeros, as a power failure leaves it', async () => {
    const [path = ''] = await writeCrashed(['first', 'second']);
    const { size } = await stat(path);
    await truncate(path, size + 100_000);
    const log = await openLog();
    expect(kinds()).toEqual(['tail-cut']);
    expect((await stat(path)).size).toBe(size);
    expect((await readAll(log)).size).toBe(2);
  });

  it.each([false, true])(
    'finds every flipped bit further in, never serves it and serves the rest (index there: %s)',
    async (hasIndex) => {
      const texts = ['first', 'the damaged one', 'third', 'fourth'];
      const [path = ''] = await writeCrashed(texts);
      if (hasIndex) await (await openLog()).close();
      const whole = await readFile(path);
      const from = frameRecord(0, Buffer.from('first')).length;
      const to = from + frameRecord(1, Buffer.from('the damaged one')).length;
      for (let bit = from * 8; bit < to * 8; bit++) {
        const flipped = Buffer.from(whole);
        flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        await writeFile(path, flipped);
        const workDirectory = await mkdtemp(join(directory, 'bit-'));
        await copyFile(path, join(workDirectory, '0000000000000000.log'));
        if (hasIndex)
          await copyFile(path.replace('.log', '.index'), join(workDirectory, '0000000000000000.index'));
        events = [];
        const log = await openLog({ directory: workDirectory });
        expect(await readAll(log), `bit ${bit}`).toEqual(
          new Map([
            [0, 'first'],
            [2, 'third'],
            [3, 'fourth'],
          ]),
        );
        expect(kinds(), `bit ${bit}`).toEqual(['damage-found']);
        expect(events[0]?.details).toMatchObject({
          fromSequence: 1,
          toSequence: 2,
          fromPosition: from,
          toPosition: to,
        });
        if (bit % 64 === 0) expect(await appendText(log, 'fifth')).toBe(4);
        await log.close();
      }
    },
  );

  it('finds damage that comes while it is open', async () => {
    const log = await openLog();
    for (const text of ['first', 'second', 'third']) await appendText(log, text);
    const path = log.segments()[0]?.path ?? '';
    const bytes = await readFile(path);
    bytes.write('S', bytes.indexOf('second'));
    await writeFile(path, bytes);
    expect([...(await readAll(log)).keys()]).toEqual([0, 2]);
    expect(kinds()).toEqual(['damage-found']);
    await log.verify();
    expect(kinds()).toEqual(['damage-found']);
  });

  it('reports a closed segment that is truncated, empty or swapped with another, and serves the rest', async () => {
    const options = { segmentBytes: 200 };
    const texts = Array.from({ length: 30 }, (_, index) => `record ${index}`);
    const paths = await writeCrashed(texts, options);
    const [first = '', second = '', third = ''] = paths;
    const originals = await Promise.all(paths.map((path) => readFile(path)));
    const bases = paths.map((path) => Number.parseInt(basename(path), 10));
    const [, secondBase = 0, thirdBase = 0, fourthBase = 0] = bases;
    // Records 0 to 9 have the same size, later ones are a byte longer.
    const keptOfSecond = Math.floor(100 / frameRecord(0, Buffer.from('record 10')).length);
    const damages: [string, () => Promise<void>, (sequence: number) => boolean][] = [
      [
        'truncated',
        () => truncate(second, 100),
        (sequence) => sequence < secondBase + keptOfSecond || sequence >= thirdBase,
      ],
      ['emptied', () => truncate(second, 0), (sequence) => sequence < secondBase || sequence >= thirdBase],
      [
        'swapped',
        async () => {
          await rename(first, `${first}.x`);
          await rename(third, first);
          await rename(`${first}.x`, third);
        },
        (sequence) => (sequence >= secondBase && sequence < thirdBase) || sequence >= fourthBase,
      ],
    ];
    for (const [name, damage, isKept] of damages) {
      for (const withIndex of [false, true]) {
        for (const [index, path] of paths.entries()) {
          await writeFile(path, originals[index] ?? '');
          await rm(path.replace('.log', '.index'), { force: true });
        }
        if (withIndex) await (await openLog(options)).close();
        await damage();
        events = [];
        const log = await openLog(options);
        const kept = await readAll(log);
        const expected = texts.flatMap((text, sequence) =>
          isKept(sequence) ? [[sequence, text] as const] : [],
        );
        expect(kept, `${name}, index: ${withIndex}`).toEqual(new Map(expected));
        expect(new Set(kinds())).not.toEqual(new Set());
        for (const kind of kinds()) expect(['damage-found', 'records-missing']).toContain(kind);
        expect(log.nextSequence).toBe(30);
        await log.close();
      }
    }
  });

  it('never uses sequence numbers again when the end of a cleanly closed log is gone', async () => {
    const log = await openLog();
    for (const text of ['first', 'second', 'third']) await appendText(log, text);
    const path = log.segments()[0]?.path ?? '';
    await log.close();
    await truncate(path, frameRecord(0, Buffer.from('first')).length);
    const again = await openLog();
    expect(kinds()).toEqual(['records-missing']);
    expect(await appendText(again, 'fourth')).toBe(3);
    expect([...(await readAll(again)).entries()]).toEqual([
      [0, 'first'],
      [3, 'fourth'],
    ]);
    await again.close();
    expect([...(await readAll(await openLog())).keys()]).toEqual([0, 3]);
  });

  it('sets a file without one intact record aside', async () => {
    const [path = ''] = await writeCrashed(['only']);
    await (await openLog()).close();
    await writeFile(path, 'something else');
    const log = await openLog();
    expect(kinds()).toEqual(['file-set-aside', 'records-missing']);
    expect(await readFile(`${path}.damaged`, 'utf8')).toBe('something else');
    expect(await appendText(log, 'new')).toBe(1);
    expect([...(await readAll(log)).keys()]).toEqual([1]);
  });

  it('begins a file anew that it set aside, and is not misled by what was known of the old one', async () => {
    const [path = ''] = await writeCrashed(['only']);
    await writeFile(path, 'x'.repeat(100));
    await writeFile(path.replace('.log', '.index'), 'no index either');
    const log = await openLog();
    expect(await appendText(log, 'new')).toBe(0);
    expect(await readdir(directory)).toEqual([basename(path), `${basename(path)}.damaged`]);
    expect(kinds()).toEqual(['file-set-aside']);
  });

  it('forgets what is discarded, deletes whole segments and remembers that', async () => {
    const log = await openLog({ segmentBytes: 200 });
    for (let index = 0; index < 40; index++) await appendText(log, `record ${index}`);
    const before = log.segments().length;
    await log.discardBefore(25);
    expect(log.segments().length).toBeLessThan(before);
    expect([...(await readAll(log)).keys()][0]).toBe(25);
    await log.roll();
    await log.discardBefore(40);
    expect(log.segments().length).toBe(1);
    expect(log.sizeBytes).toBe(0);
    await log.close();
    const again = await openLog();
    expect([again.startSequence, again.nextSequence]).toEqual([40, 40]);
    expect(await appendText(again, 'next')).toBe(40);
  });

  it('returns at most the bytes asked for, but at least one record', async () => {
    const log = await openLog();
    for (let index = 0; index < 10; index++) await appendText(log, 'x'.repeat(100));
    const record = frameRecord(0, Buffer.alloc(100)).length;
    expect((await log.read(3, record * 2 + 5)).bytes.length).toBe(record * 2);
    expect((await log.read(3, 1)).bytes.length).toBe(record);
    expect((await log.read(3, 1, { minOneRecord: false })).bytes.length).toBe(0);
    expect((await log.read(10, 1000)).bytes.length).toBe(0);
  });
});
