import { ErrorCode } from '../protocol/error-code.js';
import { defineApi } from './api.js';

interface LeavingMember {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
}

interface LeaveGroupResponse {
  readonly errorCode: ErrorCode;
  readonly members: readonly (LeavingMember & { readonly errorCode: ErrorCode })[];
}

/**
 * LeaveGroup (key 13), versions 0-4.
 *
 * Behaviour: removes members at once and rebalances the rest; from version 3 on several members with an error each
 * (KIP-345). Deviations: none known.
 */
export const leaveGroup = defineApi<
  { readonly groupId: string; readonly members: readonly LeavingMember[] },
  LeaveGroupResponse
>({
  key: 13,
  name: 'LeaveGroup',
  minVersion: 0,
  maxVersion: 4,
  firstFlexibleVersion: 4,
  decode: (reader, version) => {
    const groupId = reader.string();
    if (version < 3) return { groupId, members: [{ memberId: reader.string(), groupInstanceId: null }] };
    const members = reader.array((r) => {
      const member = { memberId: r.string(), groupInstanceId: r.nullableString() };
      r.skipTags();
      return member;
    });
    reader.skipTags();
    return { groupId, members };
  },
  handle: ({ broker, version }, { groupId, members }) => {
    const left = members.map((member) => ({
      ...member,
      errorCode: broker.groups.leave(groupId, member.memberId, member.groupInstanceId),
    }));
    const errorCode = version < 3 ? (left[0]?.errorCode ?? ErrorCode.NONE) : ErrorCode.NONE;
    return { errorCode, members: left };
  },
  encode: (writer, version, { errorCode, members }) => {
    if (version >= 1) writer.int32(0);
    writer.int16(errorCode);
    if (version >= 3) {
      writer.array(members, (w, member) => {
        w.string(member.memberId).nullableString(member.groupInstanceId).int16(member.errorCode).tags();
      });
    }
    writer.tags();
  },
});
