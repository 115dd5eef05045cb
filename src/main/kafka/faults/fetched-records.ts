import { recordSetsOf } from './fetch-answer.js';
import { type FetchedRecord, recordsOf } from './fetched-record.js';
import { batchLengthAt } from './record-batch.js';
import { Rewrite } from './rewrite.js';

/** What kafkajs decodes of an answer to Fetch, as far as it matters here. */
interface DecodedAnswer {
  readonly responses: readonly { readonly partitions: { messages: readonly unknown[] }[] }[];
}

/**
 * An answer to Fetch in two parts: the records that are read here, and the answer without them, for kafkajs to decode.
 * kafkajs reads every number of a record as a BigInt and makes an object for each of its layers: a fifth of what a consumer
 * costs.
 */
export interface SplitAnswer {
  readonly rest: Buffer;
  /** By partition, in the order of the answer; null where kafkajs reads the records itself. */
  readonly records: readonly (readonly FetchedRecord[] | null)[];
}

/**
 * @param answer of which every whole batch is neither compressed nor damaged
 * @param version of the Fetch API, 4 to 11
 */
export function splitAnswer(answer: Buffer, version: number): SplitAnswer {
  const rest = new Rewrite(answer);
  const records = recordSetsOf(answer, version).map(({ at, end }) => {
    const taken = takeRecords(answer.subarray(at + 4, end));
    if (taken !== null) rest.replaceRecords(at, end, noBytes);
    return taken;
  });
  return { rest: rest.finish(), records };
}

/** Puts the records back where kafkajs found none. False, and nothing changed, when what it decoded looks different. */
export function joinAnswer(decoded: unknown, records: SplitAnswer['records']): boolean {
  if (!isDecodedAnswer(decoded)) return false;
  const partitions = decoded.responses.flatMap((response) => response.partitions);
  if (partitions.length !== records.length) return false;
  for (const [index, partition] of partitions.entries()) {
    const own = records[index] ?? null;
    if (own !== null) partition.messages = own;
  }
  return true;
}

const noBytes = Buffer.alloc(0);

function takeRecords(bytes: Buffer): FetchedRecord[] | null {
  const records: FetchedRecord[] = [];
  let at = 0;
  for (;;) {
    const length = batchLengthAt(bytes, at);
    // After whole batches comes the beginning of one at most: it is sent again.
    if (length === undefined) return at === 0 ? null : records;
    for (const record of recordsOf(bytes.subarray(at, at + length))) records.push(record);
    at += length;
  }
}

function isDecodedAnswer(decoded: unknown): decoded is DecodedAnswer {
  return (
    typeof decoded === 'object' &&
    decoded !== null &&
    'responses' in decoded &&
    Array.isArray(decoded.responses)
  );
}
