import type { MemberIdentity } from '../groups/group-messages.js';
import type { CommittedOffset } from '../log/offset-store.js';
import { ErrorCode } from '../protocol/error-code.js';
import { type BrokerServices, defineApi } from './api.js';
import { toWireError } from './wire-error.js';

interface PartitionCommit {
  readonly partition: number;
  readonly offset: number;
  readonly leaderEpoch: number;
  readonly metadata: string | null;
}

interface OffsetCommitRequest extends MemberIdentity {
  readonly groupId: string;
  readonly topics: readonly { readonly name: string; readonly partitions: readonly PartitionCommit[] }[];
}

interface OffsetCommitResponse {
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly { readonly partition: number; readonly errorCode: ErrorCode }[];
  }[];
}

const OUTSIDE_ANY_GENERATION = -1;

/**
 * OffsetCommit (key 8), versions 0-8.
 *
 * Behaviour: fenced by member and generation; a client without a generation may commit while the group is empty. On disk
 * before it is answered.
 * Deviations: the client's commit time (v1) and retention time (v2-4) are ignored: offsets are kept until the group or
 * the topic is deleted, where Apache Kafka expires those of a group that has been empty for a week.
 */
export const offsetCommit = defineApi<OffsetCommitRequest, OffsetCommitResponse>({
  key: 8,
  name: 'OffsetCommit',
  minVersion: 0,
  maxVersion: 8,
  firstFlexibleVersion: 8,
  decode: (reader, version) => {
    const groupId = reader.string();
    const generationId = version >= 1 ? reader.int32() : OUTSIDE_ANY_GENERATION;
    const memberId = version >= 1 ? reader.string() : '';
    const groupInstanceId = version >= 7 ? reader.nullableString() : null;
    if (version >= 2 && version <= 4) reader.int64();
    const topics = reader.array((r) => {
      const name = r.string();
      const partitions = r.array((p) => {
        const partition = p.int32();
        const offset = p.int64();
        const leaderEpoch = version >= 6 ? p.int32() : -1;
        if (version === 1) p.int64();
        const metadata = p.nullableString();
        p.skipTags();
        return { partition, offset, leaderEpoch, metadata };
      });
      r.skipTags();
      return { name, partitions };
    });
    reader.skipTags();
    return { groupId, generationId, memberId, groupInstanceId, topics };
  },
  handle: async ({ broker }, request) => {
    const refusal = broker.groups.checkCommit(request.groupId, request);
    const accepted: CommittedOffset[] = [];
    const topics = request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((commit) => {
        const errorCode = refusal === ErrorCode.NONE ? check(broker, name, commit) : refusal;
        if (errorCode === ErrorCode.NONE) accepted.push(committed(broker, name, commit));
        return { partition: commit.partition, errorCode };
      }),
    }));
    if (accepted.length === 0) return { topics };
    try {
      await broker.offsets.commit(request.groupId, accepted);
      return { topics };
    } catch (error) {
      // Nothing is on disk: the client shall find the coordinator again and retry (as when Kafka's offsets topic fails).
      toWireError(error);
      return {
        topics: topics.map(({ name, partitions }) => ({
          name,
          partitions: partitions.map(({ partition, errorCode }) => ({
            partition,
            errorCode: errorCode === ErrorCode.NONE ? ErrorCode.COORDINATOR_NOT_AVAILABLE : errorCode,
          })),
        })),
      };
    }
  },
  encode: (writer, version, { topics }) => {
    if (version >= 3) writer.int32(0);
    writer.array(topics, (w, topic) => {
      w.string(topic.name);
      w.array(topic.partitions, (p, { partition, errorCode }) => {
        p.int32(partition).int16(errorCode).tags();
      });
      w.tags();
    });
    writer.tags();
  },
});

function check({ topics, settings }: BrokerServices, topic: string, commit: PartitionCommit): ErrorCode {
  if (topics.partition(topic, commit.partition) === undefined) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  if ((commit.metadata?.length ?? 0) > settings.maxOffsetMetadataLength) {
    return ErrorCode.OFFSET_METADATA_TOO_LARGE;
  }
  return Number.isSafeInteger(commit.offset) ? ErrorCode.NONE : ErrorCode.OFFSET_OUT_OF_RANGE;
}

function committed({ clock }: BrokerServices, topic: string, commit: PartitionCommit): CommittedOffset {
  const { partition, offset, leaderEpoch, metadata } = commit;
  return {
    topic,
    partition,
    offset,
    leaderEpoch,
    metadata: metadata ?? '',
    commitTimestampMs: clock.wallMs(),
  };
}
