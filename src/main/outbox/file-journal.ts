import type { Logger } from '../../shared/logger.js';
import { AppendLog } from '../storage/append-log.js';
import { framedPayloads, frameRecord, simpleFraming } from '../storage/record-framing.js';
import type { StorageEventListener } from '../storage/storage-event.js';
import { translateStorageError } from '../storage-errors.js';
import { decodeOutboxRecord, encodeOutboxRecord, type OutboxRecord } from './outbox-record.js';
import type { OutboxJournal } from './outbox-store.js';

const readBytes = 1_048_576;
const segmentBytes = 4_194_304;

/**
 * The outbox's journal as an append log in a folder of its own.
 *
 * @throws ResonanceError `STORAGE_FULL`, `STORAGE_FAILED`
 */
export async function openFileJournal(
  directory: string,
  logger: Logger,
  onStorageEvent: StorageEventListener = () => undefined,
): Promise<OutboxJournal> {
  const log = await translated(
    AppendLog.open({
      directory,
      framing: simpleFraming,
      segmentBytes,
      onEvent: (event) => {
        logger[event.level](event.message, event.details);
        onStorageEvent(event);
      },
    }),
  );

  const append = (records: readonly OutboxRecord[]): Promise<number> => {
    const payloads = records.map(encodeOutboxRecord);
    const sizeBytes = payloads.reduce((sum, payload) => sum + payload.length, 0);
    return translated(
      log.append(sizeBytes, (sequence) => ({
        chunks: payloads.map((payload, index) => frameRecord(sequence + index, payload)),
        nextSequence: sequence + payloads.length,
        maxTimestampMs: -1,
        result: sequence,
      })),
    );
  };

  return {
    append: async (records) => {
      await append(records);
    },
    async read() {
      const records: OutboxRecord[] = [];
      let sequence = log.startSequence;
      let unknown = 0;
      for (;;) {
        const run = await translated(log.read(sequence, readBytes));
        if (run.bytes.length === 0) break;
        for (const { payload } of framedPayloads(run.bytes)) {
          const record = decodeOutboxRecord(payload);
          if (record === null) unknown += 1;
          else records.push(record);
        }
        sequence = run.nextSequence;
      }
      if (unknown > 0)
        logger.warn('the outbox holds records that this version cannot read', { records: unknown });
      return records;
    },
    async rewrite(records) {
      // A crash between the two leaves the old records before the new ones; replaying both gives the same state.
      const firstSequence = records.length === 0 ? log.nextSequence : await append(records);
      await log.roll();
      await translated(log.discardBefore(firstSequence));
    },
    close: () => translated(log.close()),
  };
}

async function translated<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw translateStorageError(error);
  }
}
