import { ErrorCode } from '../protocol/error-code.js';
import { type BrokerServices, defineApi } from './api.js';
import { toWireError } from './wire-error.js';

interface PartitionOutcome {
  readonly partition: number;
  readonly lowWatermark: number;
  readonly errorCode: ErrorCode;
}

interface DeleteRecordsRequest {
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly { readonly partition: number; readonly offset: number }[];
  }[];
}

interface DeleteRecordsResponse {
  readonly topics: readonly { readonly name: string; readonly partitions: readonly PartitionOutcome[] }[];
}

/**
 * DeleteRecords (key 21), versions 0-2.
 *
 * Behaviour: moves the log start up to an offset (-1: everything there is), durably; what lies before is not served any more.
 * Deviations: none known.
 */
export const deleteRecords = defineApi<DeleteRecordsRequest, DeleteRecordsResponse>({
  key: 21,
  name: 'DeleteRecords',
  minVersion: 0,
  maxVersion: 2,
  firstFlexibleVersion: 2,
  decode: (reader) => {
    const topics = reader.array((r) => {
      const name = r.string();
      const partitions = r.array((p) => {
        const partition = { partition: p.int32(), offset: p.int64() };
        p.skipTags();
        return partition;
      });
      r.skipTags();
      return { name, partitions };
    });
    reader.int32();
    reader.skipTags();
    return { topics };
  },
  handle: async ({ broker }, request) => {
    const topics: { name: string; partitions: PartitionOutcome[] }[] = [];
    for (const { name, partitions } of request.topics) {
      const outcomes: PartitionOutcome[] = [];
      for (const { partition, offset } of partitions) {
        outcomes.push(await deleteBefore(broker, name, partition, offset));
      }
      topics.push({ name, partitions: outcomes });
    }
    return { topics };
  },
  encode: (writer, _version, { topics }) => {
    writer.int32(0);
    writer.array(topics, (w, topic) => {
      w.string(topic.name);
      w.array(topic.partitions, (p, outcome) => {
        p.int32(outcome.partition).int64(outcome.lowWatermark).int16(outcome.errorCode).tags();
      });
      w.tags();
    });
    writer.tags();
  },
});

async function deleteBefore(
  { topics }: BrokerServices,
  topic: string,
  partition: number,
  offset: number,
): Promise<PartitionOutcome> {
  const refuse = (errorCode: ErrorCode): PartitionOutcome => ({ partition, lowWatermark: -1, errorCode });
  const log = topics.partition(topic, partition);
  if (log === undefined) return refuse(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  if (offset < -1) return refuse(ErrorCode.OFFSET_OUT_OF_RANGE);
  try {
    return { partition, lowWatermark: await log.deleteRecordsBefore(offset), errorCode: ErrorCode.NONE };
  } catch (error) {
    return refuse(toWireError(error).errorCode);
  }
}
