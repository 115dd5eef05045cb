import type { PartitionLog } from '../log/partition-log.js';
import { ErrorCode } from '../protocol/error-code.js';
import { recordBatchHeaders } from '../records/record-batch.js';
import { type ApiContext, defineApi } from './api.js';
import { toWireError } from './wire-error.js';

interface PartitionRequest {
  readonly topic: string;
  readonly partition: number;
  readonly currentLeaderEpoch: number;
  readonly fetchOffset: number;
  readonly maxBytes: number;
}

interface FetchRequest {
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly readCommitted: boolean;
  readonly sessionId: number;
  readonly sessionEpoch: number;
  readonly topics: readonly { readonly name: string; readonly partitions: readonly PartitionRequest[] }[];
}

interface PartitionResult {
  readonly partition: number;
  readonly errorCode: ErrorCode;
  readonly highWatermark: number;
  readonly logStartOffset: number;
  readonly records: Buffer;
}

interface FetchResponse {
  readonly errorCode: ErrorCode;
  readonly readCommitted: boolean;
  readonly topics: readonly { readonly name: string; readonly partitions: readonly PartitionResult[] }[];
}

const NO_RECORDS = Buffer.alloc(0);
const NO_SESSION = 0;
const FINAL_EPOCH = -1;

/**
 * Fetch (key 1), versions 4-11.
 *
 * Behaviour: answers at once with at least `minBytes` of whole batches, with an error, or when a limit left more unread;
 * otherwise waits for appends until `maxWaitMs` with one timer and one listener a partition. The first batch is given even when it is larger than the limits
 * (KIP-74). Every record is committed here, so the last stable offset is the high watermark and no transaction is aborted.
 * Deviations: no fetch sessions (KIP-227): every answer carries session id 0, which tells clients to send
 * full requests; a request that names a session gets FETCH_SESSION_ID_NOT_FOUND. Data of one response is limited to
 * `maxFetchBytes`, and to one batch while other clients leave too much unread.
 */
export const fetch = defineApi<FetchRequest, FetchResponse>({
  key: 1,
  name: 'Fetch',
  minVersion: 4,
  maxVersion: 11,
  decode: (reader, version) => {
    reader.int32();
    const maxWaitMs = reader.int32();
    const minBytes = reader.int32();
    const maxBytes = reader.int32();
    const readCommitted = reader.int8() === 1;
    const sessionId = version >= 7 ? reader.int32() : NO_SESSION;
    const sessionEpoch = version >= 7 ? reader.int32() : FINAL_EPOCH;
    const topics = reader.array((r) => {
      const name = r.string();
      const partitions = r.array((p) => {
        const partition = p.int32();
        const currentLeaderEpoch = version >= 9 ? p.int32() : -1;
        const fetchOffset = p.int64();
        if (version >= 5) p.int64();
        return { topic: name, partition, currentLeaderEpoch, fetchOffset, maxBytes: p.int32() };
      });
      return { name, partitions };
    });
    if (version >= 7) {
      reader.array((r) => {
        r.string();
        r.array((p) => p.int32());
      });
    }
    if (version >= 11) reader.string();
    return { maxWaitMs, minBytes, maxBytes, readCommitted, sessionId, sessionEpoch, topics };
  },
  handle: async (context, request) => {
    const { readCommitted } = request;
    if (request.sessionId !== NO_SESSION && request.sessionEpoch !== FINAL_EPOCH) {
      return { errorCode: ErrorCode.FETCH_SESSION_ID_NOT_FOUND, readCommitted, topics: [] };
    }
    const { clock } = context.broker;
    const { minBytes } = request;
    const deadlineMs = clock.monotonicMs() + request.maxWaitMs;
    for (;;) {
      const { topics, byteLength, failed } = await readAll(context, request);
      const remainingMs = deadlineMs - clock.monotonicMs();
      const complete = byteLength >= minBytes || failed || remainingMs <= 0;
      if (complete || leftMoreUnread(request, topics)) {
        return { errorCode: ErrorCode.NONE, readCommitted, topics };
      }
      const missingBytes = minBytes - byteLength;
      const outcome = await waitForAppends(context, request, topics, missingBytes, remainingMs);
      // Nothing came: what was read is still the whole answer.
      if (outcome === 'idle') return { errorCode: ErrorCode.NONE, readCommitted, topics };
    }
  },
  encode: (writer, version, { errorCode, readCommitted, topics }) => {
    writer.int32(0);
    if (version >= 7) writer.int16(errorCode).int32(NO_SESSION);
    writer.array(topics, (w, topic) => {
      w.string(topic.name);
      w.array(topic.partitions, (p, result) => {
        p.int32(result.partition).int16(result.errorCode).int64(result.highWatermark);
        p.int64(result.highWatermark);
        if (version >= 5) p.int64(result.logStartOffset);
        p.nullableArray(readCommitted ? [] : null, () => undefined);
        if (version >= 11) p.int32(-1);
        p.bytes(result.records);
      });
    });
  },
});

async function readAll(
  context: ApiContext,
  request: FetchRequest,
): Promise<{ topics: FetchResponse['topics']; byteLength: number; failed: boolean }> {
  const { settings } = context.broker;
  const wantedBytes = Math.max(0, Math.min(request.maxBytes, settings.maxFetchBytes));
  let room = context.reserveResponseBytes(wantedBytes);
  let byteLength = 0;
  let failed = false;
  const topics: { name: string; partitions: PartitionResult[] }[] = [];
  for (const topic of request.topics) {
    const partitions: PartitionResult[] = [];
    for (const wanted of topic.partitions) {
      const result = await readPartition(context, wanted, Math.min(room, wanted.maxBytes), byteLength === 0);
      partitions.push(result);
      room = Math.max(0, room - result.records.length);
      byteLength += result.records.length;
      failed ||= result.errorCode !== ErrorCode.NONE;
    }
    topics.push({ name: topic.name, partitions });
  }
  context.reserveResponseBytes(byteLength);
  return { topics, byteLength, failed };
}

/** Whether a limit on bytes, not the end of the log, ended what was read: waiting for more would be in vain. */
function leftMoreUnread(request: FetchRequest, topics: FetchResponse['topics']): boolean {
  return request.topics.some((topic, topicIndex) =>
    topic.partitions.some((wanted, partitionIndex) => {
      const result = topics[topicIndex]?.partitions[partitionIndex];
      // Nothing read before the end of the log means damage: there the consumer waits, it must not spin.
      if (result === undefined || result.records.length === 0) return false;
      let nextOffset = wanted.fetchOffset;
      for (const { header } of recordBatchHeaders(result.records)) {
        nextOffset = header.baseOffset + header.lastOffsetDelta + 1;
      }
      return nextOffset < result.highWatermark;
    }),
  );
}

async function readPartition(
  { broker }: ApiContext,
  wanted: PartitionRequest,
  maxBytes: number,
  minOneBatch: boolean,
): Promise<PartitionResult> {
  const { partition } = wanted;
  const refuse = (errorCode: ErrorCode): PartitionResult => ({
    partition,
    errorCode,
    highWatermark: -1,
    logStartOffset: -1,
    records: NO_RECORDS,
  });
  const log = broker.topics.partition(wanted.topic, partition);
  if (log === undefined) return refuse(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  if (wanted.currentLeaderEpoch > 0) return refuse(ErrorCode.UNKNOWN_LEADER_EPOCH);
  const nothing = wanted.fetchOffset === log.highWatermark || (maxBytes <= 0 && !minOneBatch);
  if (nothing) {
    const { highWatermark, logStartOffset } = log;
    return { partition, errorCode: ErrorCode.NONE, highWatermark, logStartOffset, records: NO_RECORDS };
  }
  try {
    const { records, highWatermark, logStartOffset } = await log.read(wanted.fetchOffset, maxBytes, {
      minOneBatch,
    });
    return { partition, errorCode: ErrorCode.NONE, highWatermark, logStartOffset, records };
  } catch (error) {
    return refuse(toWireError(error).errorCode);
  }
}

/**
 * Waits until `missingBytes` more can be read, until time is up or until the client is gone. 'appended' when anything came
 * meanwhile, which is then worth reading, else 'idle'.
 */
function waitForAppends(
  context: ApiContext,
  request: FetchRequest,
  alreadyRead: FetchResponse['topics'],
  missingBytes: number,
  waitMs: number,
): Promise<'appended' | 'idle'> {
  const { topics, clock } = context.broker;
  // By log, since a request may name a partition more than once.
  const sizeAtRead = new Map<PartitionLog, number>();
  request.topics.forEach((topic, topicIndex) => {
    topic.partitions.forEach((wanted, partitionIndex) => {
      const log = topics.partition(wanted.topic, wanted.partition);
      if (log === undefined) return;
      const seen = alreadyRead[topicIndex]?.partitions[partitionIndex];
      // What was appended between the read and now counts as well: then its size at the read is unknown, so read again.
      const moved = seen !== undefined && seen.highWatermark !== log.highWatermark;
      sizeAtRead.set(log, moved ? Number.NEGATIVE_INFINITY : log.sizeBytes);
    });
  });
  // Sizes on disk tell how much came without reading it again on every append.
  const appendedBytes = (): number => {
    let sum = 0;
    for (const [log, sizeBytes] of sizeAtRead) sum += log.sizeBytes - sizeBytes;
    return sum;
  };
  if (appendedBytes() >= missingBytes) return Promise.resolve('appended');
  return new Promise((resolve) => {
    const releases: (() => void)[] = [];
    const finish = (): void => {
      for (const release of releases) release();
      resolve(appendedBytes() > 0 ? 'appended' : 'idle');
    };
    const timer = clock.after(waitMs, finish);
    releases.push(() => timer.cancel());
    releases.push(context.onDisconnect(finish));
    for (const log of sizeAtRead.keys()) {
      releases.push(
        log.onAppend(() => {
          if (appendedBytes() >= missingBytes) finish();
        }),
      );
    }
  });
}
