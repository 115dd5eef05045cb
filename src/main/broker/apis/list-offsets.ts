import { ErrorCode } from '../protocol/error-code.js';
import { type ApiContext, defineApi } from './api.js';
import { toWireError } from './wire-error.js';

interface PartitionQuery {
  readonly partition: number;
  readonly timestampMs: number;
  /** Version 0 alone: how many offsets it takes. */
  readonly maxOffsets: number;
}

interface PartitionAnswer {
  readonly partition: number;
  readonly errorCode: ErrorCode;
  readonly timestampMs: number;
  readonly offset: number;
}

interface ListOffsetsRequest {
  readonly topics: readonly { readonly name: string; readonly partitions: readonly PartitionQuery[] }[];
}

interface ListOffsetsResponse {
  readonly topics: readonly { readonly name: string; readonly partitions: readonly PartitionAnswer[] }[];
}

const LATEST = -1;
const EARLIEST = -2;
const MAX_TIMESTAMP = -3;
const UNKNOWN = -1;

/**
 * ListOffsets (key 2), versions 0-7.
 *
 * Behaviour: latest (-1, the high watermark whatever the isolation level), earliest (-2), the record with the largest
 * timestamp (-3, KIP-734), or the first offset at or after a time.
 * Deviations: inside a compressed batch a time is found to the batch, not to the record, since batches are never
 * decompressed: the offset given may be up to one batch early, never late. Version 0 gives one offset, not a list of
 * segment starts.
 */
export const listOffsets = defineApi<ListOffsetsRequest, ListOffsetsResponse>({
  key: 2,
  name: 'ListOffsets',
  minVersion: 0,
  maxVersion: 7,
  firstFlexibleVersion: 6,
  decode: (reader, version) => {
    reader.int32();
    if (version >= 2) reader.int8();
    const topics = reader.array((r) => {
      const name = r.string();
      const partitions = r.array((p) => {
        const partition = p.int32();
        if (version >= 4) p.int32();
        const timestampMs = p.int64();
        const maxOffsets = version === 0 ? p.int32() : 1;
        p.skipTags();
        return { partition, timestampMs, maxOffsets };
      });
      r.skipTags();
      return { name, partitions };
    });
    reader.skipTags();
    return { topics };
  },
  handle: async (context, request) => {
    const topics: { name: string; partitions: PartitionAnswer[] }[] = [];
    for (const topic of request.topics) {
      const partitions: PartitionAnswer[] = [];
      // One after the other: each look-up by time reads from disk, and a request may hold very many.
      for (const query of topic.partitions) partitions.push(await answer(context, topic.name, query));
      topics.push({ name: topic.name, partitions });
    }
    return { topics };
  },
  encode: (writer, version, { topics }) => {
    if (version >= 2) writer.int32(0);
    writer.array(topics, (w, topic) => {
      w.string(topic.name);
      w.array(topic.partitions, (p, found) => {
        p.int32(found.partition).int16(found.errorCode);
        if (version === 0) {
          p.array(found.offset === UNKNOWN ? [] : [found.offset], (o, offset) => o.int64(offset));
        } else {
          p.int64(found.timestampMs).int64(found.offset);
        }
        if (version >= 4) p.int32(found.offset === UNKNOWN ? UNKNOWN : 0);
        p.tags();
      });
      w.tags();
    });
    writer.tags();
  },
});

async function answer(
  { broker }: ApiContext,
  topic: string,
  query: PartitionQuery,
): Promise<PartitionAnswer> {
  const { partition, timestampMs } = query;
  const log = broker.topics.partition(topic, partition);
  const reply = (errorCode: ErrorCode, offset = UNKNOWN, atMs = UNKNOWN): PartitionAnswer => ({
    partition,
    errorCode,
    timestampMs: atMs,
    offset,
  });
  if (log === undefined) return reply(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  if (timestampMs === LATEST) return reply(ErrorCode.NONE, log.highWatermark);
  if (timestampMs === EARLIEST) return reply(ErrorCode.NONE, log.logStartOffset);
  if (timestampMs < MAX_TIMESTAMP) return reply(ErrorCode.INVALID_REQUEST);
  try {
    const found =
      timestampMs === MAX_TIMESTAMP ? await log.maxTimestamp() : await log.offsetForTimestamp(timestampMs);
    return found === null ? reply(ErrorCode.NONE) : reply(ErrorCode.NONE, found.offset, found.timestampMs);
  } catch (error) {
    return reply(toWireError(error).errorCode);
  }
}
