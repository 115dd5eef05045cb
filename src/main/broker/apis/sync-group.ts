import type { SyncRequest, SyncResult } from '../groups/group-messages.js';
import { defineApi } from './api.js';

/**
 * SyncGroup (key 14), versions 0-5.
 *
 * Behaviour: waits until the leader's SyncGroup brings the assignments; a member the leader left out gets an empty one.
 * Members that have not synced within the rebalance timeout are dropped. Deviations: none known.
 */
export const syncGroup = defineApi<SyncRequest & { readonly groupId: string }, SyncResult>({
  key: 14,
  name: 'SyncGroup',
  minVersion: 0,
  maxVersion: 5,
  firstFlexibleVersion: 4,
  decode: (reader, version) => {
    const groupId = reader.string();
    const generationId = reader.int32();
    const memberId = reader.string();
    const groupInstanceId = version >= 3 ? reader.nullableString() : null;
    const protocolType = version >= 5 ? reader.nullableString() : null;
    const protocolName = version >= 5 ? reader.nullableString() : null;
    const assignments = reader.array((r) => {
      const entry = { memberId: r.string(), assignment: r.bytes() };
      r.skipTags();
      return entry;
    });
    reader.skipTags();
    return { groupId, generationId, memberId, groupInstanceId, protocolType, protocolName, assignments };
  },
  handle: ({ broker }, request) => broker.groups.sync(request.groupId, request),
  encode: (writer, version, result) => {
    if (version >= 1) writer.int32(0);
    writer.int16(result.errorCode);
    if (version >= 5) writer.nullableString(result.protocolType).nullableString(result.protocolName);
    writer.bytes(result.assignment).tags();
  },
});
