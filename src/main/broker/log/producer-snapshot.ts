import type { AppendLog } from '../../storage/append-log.js';
import { readWholeFile, writeFileAtomically } from '../../storage/atomic-file.js';
import type { FileSystem } from '../../storage/file-system.js';
import { framedPayloads, frameRecord, simpleFraming } from '../../storage/record-framing.js';
import { recordBatchHeaders } from '../records/record-batch.js';
import type { ProducerStateSnapshot, ProducerStateTable } from './producer-state-table.js';

export interface ProducerSnapshot {
  /** The state includes every batch before this offset. */
  readonly throughOffset: number;
  readonly producers: ProducerStateSnapshot;
}

const READ_BYTES = 1024 * 1024;

/** Not synced: it only saves reading the log again. One checksummed record whose sequence number is the offset. */
export async function writeProducerSnapshot(
  path: string,
  snapshot: ProducerSnapshot,
  fileSystem: FileSystem,
): Promise<void> {
  const record = frameRecord(snapshot.throughOffset, Buffer.from(JSON.stringify(snapshot.producers)));
  await writeFileAtomically(path, record, { fileSystem, durable: false });
}

/** Undefined when there is none or it is not whole: then the log is read from its start. */
async function readProducerSnapshot(
  path: string,
  fileSystem: FileSystem,
): Promise<ProducerSnapshot | undefined> {
  const content = await readWholeFile(path, fileSystem);
  if (!content || content.length < simpleFraming.headerBytes) return undefined;
  const size = simpleFraming.measure(content, 0);
  if (size !== content.length || !simpleFraming.isIntact(content, 0, size)) return undefined;
  const [record] = framedPayloads(content);
  if (!record) return undefined;
  // The checksum says that these are the bytes that were written, so their shape is the one above.
  const producers = JSON.parse(record.payload.toString()) as ProducerStateSnapshot;
  return { throughOffset: record.sequence, producers };
}

/** Brings the table to where the log is: from the snapshot, and from the batches after it. @throws StorageError */
export async function restoreProducers(
  log: AppendLog,
  producers: ProducerStateTable,
  snapshotPath: string,
  fileSystem: FileSystem,
): Promise<void> {
  const snapshot = await readProducerSnapshot(snapshotPath, fileSystem);
  let next = log.startSequence;
  if (snapshot && snapshot.throughOffset <= log.nextSequence) {
    producers.restore(snapshot.producers);
    next = Math.max(next, snapshot.throughOffset);
  }
  for (;;) {
    const run = await log.read(next, READ_BYTES);
    if (run.bytes.length === 0) return;
    for (const { header } of recordBatchHeaders(run.bytes)) {
      if (header.producerId >= 0) producers.stage(header, header.baseOffset);
    }
    producers.commit();
    next = run.nextSequence;
  }
}
