import { ErrorCode } from '../protocol/error-code.js';
import { defineApi } from './api.js';
import { toWireError } from './wire-error.js';

interface OffsetDeleteRequest {
  readonly groupId: string;
  readonly topics: readonly { readonly name: string; readonly partitions: readonly number[] }[];
}

interface OffsetDeleteResponse extends OffsetDeleteRequest {
  /** For the whole request. */
  readonly errorCode: ErrorCode;
}

/**
 * OffsetDelete (key 47), version 0 (KIP-496).
 *
 * Behaviour: forgets committed offsets of a group without members.
 * Deviations: while a group has members it is refused as a whole (NON_EMPTY_GROUP); Apache Kafka allows it for topics
 * that no member subscribes to.
 */
export const offsetDelete = defineApi<OffsetDeleteRequest, OffsetDeleteResponse>({
  key: 47,
  name: 'OffsetDelete',
  minVersion: 0,
  maxVersion: 0,
  decode: (reader) => ({
    groupId: reader.string(),
    topics: reader.array((r) => ({ name: r.string(), partitions: r.array((p) => p.int32()) })),
  }),
  handle: async ({ broker }, request) => {
    const { groupId, topics } = request;
    if (!broker.groups.exists(groupId)) return { ...request, errorCode: ErrorCode.GROUP_ID_NOT_FOUND };
    if (broker.groups.isActive(groupId)) return { ...request, errorCode: ErrorCode.NON_EMPTY_GROUP };
    const partitions = topics.flatMap(({ name, partitions: numbers }) =>
      numbers.map((partition) => ({ topic: name, partition })),
    );
    try {
      await broker.offsets.deleteOffsets(groupId, partitions);
      return { ...request, errorCode: ErrorCode.NONE };
    } catch (error) {
      return { ...request, errorCode: toWireError(error).errorCode };
    }
  },
  encode: (writer, _version, { errorCode, topics }) => {
    writer.int16(errorCode).int32(0);
    writer.array(errorCode === ErrorCode.NONE ? topics : [], (w, topic) => {
      w.string(topic.name);
      w.array(topic.partitions, (p, partition) => p.int32(partition).int16(ErrorCode.NONE));
    });
  },
});
