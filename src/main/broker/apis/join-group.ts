import type { JoinRequest, JoinResult } from '../groups/group-messages.js';
import { defineApi } from './api.js';

type JoinGroupRequest = Omit<JoinRequest, 'clientId' | 'clientHost' | 'requireKnownMemberId'> & {
  readonly groupId: string;
};

/**
 * JoinGroup (key 11), versions 0-7.
 *
 * Behaviour: see {@link ConsumerGroup}. From version 4 on a new member is first given an id (MEMBER_ID_REQUIRED, KIP-394);
 * static membership (group instance id, KIP-345) from version 5 on.
 * Deviations: a static member that comes back with a new member id always starts a rebalance, where Apache Kafka
 * skips it when nothing changed; session timeouts are in [`minSessionTimeoutMs`, `maxSessionTimeoutMs`].
 */
export const joinGroup = defineApi<JoinGroupRequest, JoinResult>({
  key: 11,
  name: 'JoinGroup',
  minVersion: 0,
  maxVersion: 7,
  firstFlexibleVersion: 6,
  decode: (reader, version) => {
    const groupId = reader.string();
    const sessionTimeoutMs = reader.int32();
    const rebalanceTimeoutMs = version >= 1 ? reader.int32() : sessionTimeoutMs;
    const memberId = reader.string();
    const groupInstanceId = version >= 5 ? reader.nullableString() : null;
    const protocolType = reader.string();
    const protocols = reader.array((r) => {
      const protocol = { name: r.string(), metadata: r.bytes() };
      r.skipTags();
      return protocol;
    });
    reader.skipTags();
    return {
      groupId,
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      memberId,
      groupInstanceId,
      protocolType,
      protocols,
    };
  },
  handle: ({ broker, version, clientId, clientHost }, { groupId, ...request }) =>
    broker.groups.join(groupId, { ...request, clientId, clientHost, requireKnownMemberId: version >= 4 }),
  encode: (writer, version, result) => {
    if (version >= 2) writer.int32(0);
    writer.int16(result.errorCode).int32(result.generationId);
    if (version >= 7) writer.nullableString(result.protocolType).nullableString(result.protocolName);
    else writer.string(result.protocolName ?? '');
    writer.string(result.leaderId).string(result.memberId);
    writer.array(result.members, (w, member) => {
      w.string(member.memberId);
      if (version >= 5) w.nullableString(member.groupInstanceId);
      w.bytes(member.metadata).tags();
    });
    writer.tags();
  },
});
