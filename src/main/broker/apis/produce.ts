import { ErrorCode } from '../protocol/error-code.js';
import { type ApiContext, CLOSE_CONNECTION, defineApi, NO_RESPONSE } from './api.js';
import { toWireError } from './wire-error.js';

interface ProduceRequest {
  readonly transactionalId: string | null;
  readonly acks: number;
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly { readonly partition: number; readonly records: Buffer | null }[];
  }[];
}

interface PartitionOutcome {
  readonly partition: number;
  readonly errorCode: ErrorCode;
  readonly errorMessage: string | null;
  readonly baseOffset: number;
  readonly logAppendTimeMs: number;
  readonly logStartOffset: number;
}

interface ProduceResponse {
  readonly topics: readonly { readonly name: string; readonly partitions: readonly PartitionOutcome[] }[];
}

/**
 * Produce (key 0), versions 3-9; ApiVersions shows 0-9.
 *
 * Behaviour: batches are stored as they came. acks=1 and acks=-1 mean the same on one node: the data is on disk (fsync)
 * before the answer. acks=0 gets no answer, and a failure then closes the connection, as Apache Kafka does, so that the
 * client notices. Idempotent producers are deduplicated by the log; a repeated batch is answered with its first offset.
 * Requests of one connection may overlap, so that pipelining clients share one fsync; the log keeps their order.
 * Deviations: transactional batches are refused (INVALID_REQUEST; transactions are not served). Versions 0-2 (message
 * sets before record batch v2) are shown and not served, as Apache Kafka 4 does, because librdkafka takes compression
 * to be unsupported otherwise (KAFKA-18659); a client that really sends one is disconnected.
 */
export const produce = defineApi<ProduceRequest, ProduceResponse>({
  key: 0,
  name: 'Produce',
  minVersion: 3,
  maxVersion: 9,
  advertisedMinVersion: 0,
  firstFlexibleVersion: 9,
  pipelined: true,
  decode: (reader) => {
    const transactionalId = reader.nullableString();
    const acks = reader.int16();
    reader.int32();
    const topics = reader.array((r) => {
      const name = r.string();
      const partitions = r.array((p) => {
        const partition = { partition: p.int32(), records: p.nullableBytes() };
        p.skipTags();
        return partition;
      });
      r.skipTags();
      return { name, partitions };
    });
    reader.skipTags();
    return { transactionalId, acks, topics };
  },
  handle: async (context, request) => {
    // No await before the appends: pipelined requests must reach the log in the order they came.
    const topics = await Promise.all(
      request.topics.map(async ({ name, partitions }) => ({
        name,
        partitions: await Promise.all(
          partitions.map(({ partition, records }) => append(context, request, name, partition, records)),
        ),
      })),
    );
    if (request.acks !== 0) return { topics };
    const failed = topics.some((topic) =>
      topic.partitions.some(({ errorCode }) => errorCode !== ErrorCode.NONE),
    );
    return failed ? CLOSE_CONNECTION : NO_RESPONSE;
  },
  encode: (writer, version, { topics }) => {
    writer.array(topics, (w, topic) => {
      w.string(topic.name);
      w.array(topic.partitions, (p, outcome) => {
        p.int32(outcome.partition).int16(outcome.errorCode).int64(outcome.baseOffset);
        p.int64(outcome.logAppendTimeMs);
        if (version >= 5) p.int64(outcome.logStartOffset);
        if (version >= 8) p.array([], () => undefined).nullableString(outcome.errorMessage);
        p.tags();
      });
      w.tags();
    });
    writer.int32(0).tags();
  },
});

async function append(
  { broker }: ApiContext,
  request: ProduceRequest,
  topic: string,
  partition: number,
  records: Buffer | null,
): Promise<PartitionOutcome> {
  const refuse = (errorCode: ErrorCode, errorMessage: string): PartitionOutcome => ({
    partition,
    errorCode,
    errorMessage,
    baseOffset: -1,
    logAppendTimeMs: -1,
    logStartOffset: -1,
  });
  if (request.acks < -1 || request.acks > 1) {
    return refuse(ErrorCode.INVALID_REQUIRED_ACKS, `acks=${request.acks} is not one of -1, 0, 1`);
  }
  if (request.transactionalId !== null) {
    return refuse(ErrorCode.INVALID_REQUEST, 'The embedded broker does not serve transactions');
  }
  const log = broker.topics.partition(topic, partition);
  if (log === undefined) {
    return refuse(
      ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
      `There is no partition ${partition} of topic ${topic}`,
    );
  }
  if (records === null) return refuse(ErrorCode.INVALID_RECORD, 'The request holds no records');
  try {
    const result = await log.append(records);
    return {
      partition,
      errorCode: ErrorCode.NONE,
      errorMessage: null,
      baseOffset: result.baseOffset,
      logAppendTimeMs: result.logAppendTimeMs,
      logStartOffset: result.logStartOffset,
    };
  } catch (error) {
    const { errorCode, errorMessage } = toWireError(error);
    return refuse(errorCode, errorMessage);
  }
}
