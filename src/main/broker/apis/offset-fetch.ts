import { ErrorCode } from '../protocol/error-code.js';
import { defineApi } from './api.js';

interface PartitionOffset {
  readonly partition: number;
  readonly offset: number;
  readonly leaderEpoch: number;
  readonly metadata: string;
  readonly errorCode: ErrorCode;
}

interface OffsetFetchRequest {
  readonly groupId: string;
  /** Null asks for every partition the group has an offset for. */
  readonly topics: readonly { readonly name: string; readonly partitions: readonly number[] }[] | null;
}

interface OffsetFetchResponse {
  readonly topics: readonly { readonly name: string; readonly partitions: readonly PartitionOffset[] }[];
}

/**
 * OffsetFetch (key 9), versions 0-7.
 *
 * Behaviour: offset -1 for a partition without a committed one, and for an unknown group. Offsets are stable as soon as
 * they are committed, so `requireStable` (v7) changes nothing.
 * Deviations: version 0 reads the same offsets as all others (Apache Kafka once kept those in ZooKeeper).
 */
export const offsetFetch = defineApi<OffsetFetchRequest, OffsetFetchResponse>({
  key: 9,
  name: 'OffsetFetch',
  minVersion: 0,
  maxVersion: 7,
  firstFlexibleVersion: 6,
  decode: (reader, version) => {
    const groupId = reader.string();
    const topics = reader.nullableArray((r) => {
      const topic = { name: r.string(), partitions: r.array((p) => p.int32()) };
      r.skipTags();
      return topic;
    });
    if (version >= 7) reader.boolean();
    reader.skipTags();
    return { groupId, topics };
  },
  handle: ({ broker }, { groupId, topics }) => {
    if (topics === null) {
      const byTopic = new Map<string, PartitionOffset[]>();
      for (const committed of broker.offsets.list(groupId)) {
        const partitions = byTopic.get(committed.topic) ?? [];
        partitions.push({ ...committed, errorCode: ErrorCode.NONE });
        byTopic.set(committed.topic, partitions);
      }
      return { topics: [...byTopic].map(([name, partitions]) => ({ name, partitions })) };
    }
    return {
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map((partition) => ({
          partition,
          offset: -1,
          leaderEpoch: -1,
          metadata: '',
          ...broker.offsets.get(groupId, name, partition),
          errorCode: ErrorCode.NONE,
        })),
      })),
    };
  },
  encode: (writer, version, { topics }) => {
    if (version >= 3) writer.int32(0);
    writer.array(topics, (w, topic) => {
      w.string(topic.name);
      w.array(topic.partitions, (p, found) => {
        p.int32(found.partition).int64(found.offset);
        if (version >= 5) p.int32(found.leaderEpoch);
        p.nullableString(found.metadata).int16(found.errorCode).tags();
      });
      w.tags();
    });
    if (version >= 2) writer.int16(ErrorCode.NONE);
    writer.tags();
  },
});
