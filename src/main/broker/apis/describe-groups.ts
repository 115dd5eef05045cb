import type { GroupDescription } from '../groups/group-messages.js';
import { ErrorCode } from '../protocol/error-code.js';
import { defineApi } from './api.js';
import { NO_AUTHORIZED_OPERATIONS } from './authorized-operations.js';

interface DescribeGroupsResponse {
  readonly groups: readonly (GroupDescription & { readonly groupId: string })[];
}

/**
 * DescribeGroups (key 15), versions 0-5.
 *
 * Behaviour: an unknown group is described as Dead, without an error. Deviations: authorised operations are never given.
 */
export const describeGroups = defineApi<{ readonly groupIds: readonly string[] }, DescribeGroupsResponse>({
  key: 15,
  name: 'DescribeGroups',
  minVersion: 0,
  maxVersion: 5,
  firstFlexibleVersion: 5,
  decode: (reader, version) => {
    const groupIds = reader.array((r) => r.string());
    if (version >= 3) reader.boolean();
    reader.skipTags();
    return { groupIds };
  },
  handle: ({ broker }, { groupIds }) => ({
    groups: groupIds.map((groupId) => ({ groupId, ...broker.groups.describe(groupId) })),
  }),
  encode: (writer, version, { groups }) => {
    if (version >= 1) writer.int32(0);
    writer.array(groups, (w, group) => {
      w.int16(ErrorCode.NONE).string(group.groupId).string(group.state);
      w.string(group.protocolType).string(group.protocolName);
      w.array(group.members, (m, member) => {
        m.string(member.memberId);
        if (version >= 4) m.nullableString(member.groupInstanceId);
        m.string(member.clientId).string(`/${member.clientHost}`);
        m.bytes(member.metadata).bytes(member.assignment).tags();
      });
      if (version >= 3) w.int32(NO_AUTHORIZED_OPERATIONS);
      w.tags();
    });
    writer.tags();
  },
});
