import { setImmediate as nextTurn } from 'node:timers/promises';
import { compressionCodecs, decompress } from '../compression/codec.js';
import {
  batchHeaderBytes,
  batchLengthAt,
  faultOfRecords,
  RecordBatch,
  recordCountOf,
} from './record-batch.js';
import { Rewrite } from './rewrite.js';

/** Header of the one record that stands for a batch that could not be read. */
export const undecodableHeader = 'resonance-undecodable-batch';

/** The versions of Fetch whose answers have record batches and that kafkajs speaks. */
export const mendedFetchVersions = { min: 4, max: 11 } as const;

export interface FetchAnswerLimits {
  /** Of one batch, decompressed. */
  readonly maxBatchBytes: number;
  /** Records in one batch. */
  readonly maxBatchRecords: number;
  /** Of all batches in one answer, decompressed and with {@link recordCostBytes}; what is beyond is left to the next fetch. */
  readonly maxAnswerBytes: number;
}

/** What a record counts for beside its bytes: kafkajs makes several objects of it. */
const recordCostBytes = 64;

/*
 * The records of an answer are read in one go, 0.1 µs each and more for the collector: hence a bound for the whole of it, which well compressed batches in
 * half a megabyte would pass many times over.
 */
export const defaultFetchAnswerLimits: FetchAnswerLimits = {
  maxBatchBytes: 67_108_864,
  maxBatchRecords: 250_000,
  maxAnswerBytes: 4_194_304,
};

/** Decompressed between two turns of the event loop. */
const sliceBytes = 1_048_576;

/**
 * An answer to Fetch as kafkajs can read it, whatever its batches hold.
 *
 * A batch that kafkajs can't decode makes its whole fetch throw, again and again at the same offset: the consumer never
 * gets past it. Here compressed batches are decompressed, within bounds, and a batch whose checksum, compression or
 * records are wrong becomes one record at its last offset that says what is wrong, marked by {@link undecodableHeader}.
 *
 * Known deviation: the checksum of a batch that is not compressed is not looked at (as in librdkafka unless it is told to):
 * the records say the same, and cost less to look at.
 */
export class FetchAnswerMender {
  readonly #checksum: (bytes: Buffer) => number;
  readonly #limits: FetchAnswerLimits;

  /** @param checksum CRC-32C */
  constructor(checksum: (bytes: Buffer) => number, limits: FetchAnswerLimits = defaultFetchAnswerLimits) {
    this.#checksum = checksum;
    this.#limits = limits;
  }

  /** @param version of the Fetch API, within {@link mendedFetchVersions} */
  async mend(answer: Buffer, version: number): Promise<Buffer> {
    const rewrite = new Rewrite(answer);
    const budget = { bytes: this.#limits.maxAnswerBytes, sinceTurn: 0 };
    for (const { at, end } of recordSetsOf(answer, version)) {
      const records = answer.subarray(at + 4, end);
      const mended = await this.#mendRecords(records, budget);
      if (mended !== records) rewrite.replaceRecords(at, end, mended);
    }
    return rewrite.finish();
  }

  async #mendRecords(records: Buffer, budget: Budget): Promise<Buffer> {
    const rewrite = new Rewrite(records);
    let at = 0;
    for (;;) {
      const length = batchLengthAt(records, at);
      // Another format, or a batch of which only the beginning was sent: kafkajs knows what to do.
      if (length === undefined) return rewrite.finish();
      if (budget.bytes <= 0) {
        rewrite.replace(at, records.length, Buffer.alloc(0));
        return rewrite.finish();
      }
      const batch = new RecordBatch(records.subarray(at, at + length), this.#checksum);
      const mended = await this.#mendBatch(batch);
      if (mended !== batch.bytes) rewrite.replace(at, at + length, mended);
      at += length;
      budget.bytes -= mended.length + recordCostBytes * recordCountOf(mended);
      budget.sinceTurn += batch.codec === 0 ? 0 : mended.length;
      if (budget.sinceTurn >= sliceBytes) {
        budget.sinceTurn = 0;
        await nextTurn();
      }
    }
  }

  async #mendBatch(batch: RecordBatch): Promise<Buffer> {
    const codec = compressionCodecs[batch.codec];
    try {
      const { maxBatchBytes, maxBatchRecords } = this.#limits;
      const recordCount = recordCountOf(batch.bytes);
      const { lastOffsetDelta } = batch;
      if (recordCount > maxBatchRecords)
        throw new Error(`${recordCount} records in one batch, at most ${maxBatchRecords} are read`);
      if (codec === 'none') {
        const fault = faultOfRecords(batch.bytes, batchHeaderBytes, recordCount, lastOffsetDelta);
        if (fault !== null) throw new Error(fault);
        return batch.bytes;
      }
      if (!batch.hasIntactChecksum) throw new Error('its checksum is wrong');
      const content = await decompress(codec, batch.records, maxBatchBytes);
      const fault = faultOfRecords(content, 0, recordCount, lastOffsetDelta);
      if (fault !== null) throw new Error(fault);
      return batch.withRecords(content);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const kind = codec === 'none' ? '' : ` (${codec ?? `codec ${batch.codec}`})`;
      return batch.replacedBy(`${batch.describe()}${kind}: ${reason}`, undecodableHeader);
    }
  }
}

interface Budget {
  bytes: number;
  /** Decompressed since the event loop had its turn. */
  sinceTurn: number;
}

/**
 * Where the record sets of an answer to Fetch are, each with the length before it, in the order of the partitions.
 *
 * @param version of the Fetch API, within {@link mendedFetchVersions}
 */
export function recordSetsOf(
  answer: Buffer,
  version: number,
): { readonly at: number; readonly end: number }[] {
  const sets: { readonly at: number; readonly end: number }[] = [];
  // throttle_time_ms; error_code, session_id.
  let at = version >= 7 ? 10 : 4;
  let topics = answer.readInt32BE(at);
  at += 4;
  for (; topics > 0; topics -= 1) {
    at += 2 + answer.readInt16BE(at);
    let partitions = answer.readInt32BE(at);
    at += 4;
    for (; partitions > 0; partitions -= 1) {
      // partition, error_code, high_watermark, last_stable_offset; log_start_offset.
      at += version >= 5 ? 30 : 22;
      at += 4 + 16 * Math.max(0, answer.readInt32BE(at));
      // preferred_read_replica.
      if (version >= 11) at += 4;
      const end = at + 4 + Math.max(0, answer.readInt32BE(at));
      sets.push({ at, end });
      at = end;
    }
  }
  return sets;
}
