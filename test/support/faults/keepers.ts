import { createHash } from 'node:crypto';
import { BrokerStorage } from '../../../src/main/broker/log/broker-storage.js';
import { recordBatchHeaders } from '../../../src/main/broker/records/record-batch.js';
import { SeenMessages } from '../../../src/main/dedupe/seen-messages.js';
import { openFileJournal } from '../../../src/main/outbox/file-journal.js';
import type { OutboxRecord } from '../../../src/main/outbox/outbox-record.js';
import { createStateFile } from '../../../src/main/pipeline/state-file.js';
import type { LogLevel } from '../../../src/shared/logger.js';
import { buildRecordBatch } from '../broker/record-batch-builder.js';
import { ManualClock } from '../manual-clock.js';
import { createRecordingLogger, type RecordedLine } from '../websocket/recording-logger.js';

/** Something of the node that keeps records in a folder. */
export interface Keeper {
  readonly name: string;
  /** How many of the names that reading gives one record on disk holds. */
  readonly namesInRecord: number;
  /** Writes the records `from` to `to` (exclusive), each durable before it returns; more than one run may write. */
  open(directory: string): Promise<OpenKeeper>;
}

export interface OpenKeeper {
  write(from: number, to: number): Promise<void>;
  /** What can be read, by a name for each record; the values are as they were written, or digests of that. */
  read(): Promise<Map<string, string>>;
  /** Warnings and errors since it was opened. */
  complaints(): readonly string[];
  close(): Promise<void>;
}

function complaintsIn(lines: readonly { readonly level: LogLevel; readonly message: string }[]): string[] {
  return lines.filter(({ level }) => level === 'warn' || level === 'error').map(({ message }) => message);
}

/** Batches in a partition and offsets of a group; every third batch is of an idempotent producer. */
const brokerFolder: Keeper = {
  name: 'the broker’s folder',
  namesInRecord: 1,
  async open(directory) {
    const events: { level: LogLevel; message: string }[] = [];
    const storage = await BrokerStorage.open({
      dataDirectory: directory,
      onEvent: (event) => events.push(event),
    });
    const topic = async () =>
      storage.topics.list()[0] ?? (await storage.topics.createTopic('load', 1, { 'segment.bytes': '1024' }));
    return {
      async write(from, to) {
        const [log] = (await topic()).partitions;
        for (let index = from; index < to; index += 1) {
          const producer =
            index % 3 === 0 ? { producerId: 7, producerEpoch: 0, baseSequence: index / 3 } : {};
          await log?.append(buildRecordBatch([`record ${index} ${'x'.repeat(index % 40)}`], producer));
          await storage.offsets.commit('group', [
            {
              topic: 'load',
              partition: index % 4,
              offset: index,
              leaderEpoch: -1,
              metadata: '',
              commitTimestampMs: 1,
            },
          ]);
        }
      },
      async read() {
        const found = new Map<string, string>();
        const [log] = (await topic()).partitions;
        for (let next = log?.logStartOffset ?? 0; log !== undefined && next < log.highWatermark; ) {
          const { records } = await log.read(next, 200_000);
          if (records.length === 0) break;
          for (const { at, header } of recordBatchHeaders(records)) {
            const batch = records.subarray(at, at + header.sizeBytes);
            found.set(`offset ${header.baseOffset}`, createHash('sha1').update(batch).digest('hex'));
            next = header.baseOffset + header.lastOffsetDelta + 1;
          }
        }
        for (const { partition, offset } of storage.offsets.list('group')) {
          found.set(`committed ${partition}`, String(offset));
        }
        return found;
      },
      complaints: () => complaintsIn(events),
      close: () => storage.close(),
    };
  },
};

function outboxRecord(index: number): OutboxRecord {
  const id = `message-${index}`;
  const message = { type: 'repository_event', event_type: id, data: {}, source: 'resonance', id } as const;
  const destinations = [{ via: 'kafka', destination: 'topic' } as const];
  return { kind: 'queued', item: { id, atMs: index, target: null, message, destinations } };
}

const outboxJournal: Keeper = {
  name: 'the outbox’s journal',
  namesInRecord: 1,
  async open(directory) {
    const lines: RecordedLine[] = [];
    const journal = await openFileJournal(directory, createRecordingLogger(lines));
    return {
      async write(from, to) {
        for (let index = from; index < to; index += 1) await journal.append([outboxRecord(index)]);
      },
      async read() {
        const records = await journal.read();
        return new Map(
          records.map((record) => [
            record.kind === 'queued' ? record.item.id : `${record.kind} ${record.id}`,
            JSON.stringify(record),
          ]),
        );
      },
      complaints: () => complaintsIn(lines),
      close: () => journal.close(),
    };
  },
};

const idsInRecord = 20;

function seenId(index: number): string {
  return `018bcfe5-6800-7000-8000-${index.toString(16).padStart(12, '0')}`;
}

/** One record holds twenty ids. Reading asks for the ids written and for as many that never were. */
const seenIds: Keeper = {
  name: 'the ids of handled messages',
  namesInRecord: idsInRecord,
  async open(directory) {
    const lines: RecordedLine[] = [];
    const seen = await SeenMessages.open({
      directory,
      clock: new ManualClock(),
      logger: createRecordingLogger(lines),
    });
    return {
      async write(from, to) {
        for (let index = from; index < to; index += 1) {
          for (let id = 0; id < idsInRecord; id += 1) {
            seen.claim(seenId(index * idsInRecord + id));
            seen.settle(seenId(index * idsInRecord + id));
          }
          await seen.persist();
        }
      },
      async read() {
        const found = new Map<string, string>();
        for (let index = 0; index < 2 * idsInRecord * 30; index += 1) {
          const id = seenId(index);
          if (seen.claim(id) === 'repeat') found.set(id, 'known');
          else seen.release(id);
        }
        return found;
      },
      complaints: () => complaintsIn(lines),
      close: () => seen.close(),
    };
  },
};

/** One file, replaced with each record: only the newest is there. */
export const stateFile: Keeper = {
  name: 'the state of the last run',
  namesInRecord: 1,
  async open(directory) {
    const store = createStateFile(`${directory}/state.json`);
    const complaints: string[] = [];
    return {
      async write(_from, to) {
        await store.save({
          version: 1,
          fields: { frequency: { value: to / 1_000, stamp: [to, 0, 'resonance'] } },
        });
      },
      async read() {
        try {
          const state = await store.load();
          return state === null ? new Map() : new Map([['state', JSON.stringify(state)]]);
        } catch (error) {
          complaints.push(String(error));
          return new Map();
        }
      },
      complaints: () => complaints,
      close: async () => undefined,
    };
  },
};

export const keepers: readonly Keeper[] = [brokerFolder, outboxJournal, seenIds, stateFile];
