import type { MemberIdentity } from '../groups/group-messages.js';
import type { ErrorCode } from '../protocol/error-code.js';
import { defineApi } from './api.js';

/**
 * Heartbeat (key 12), versions 0-4.
 *
 * Behaviour: prolongs the member's session; REBALANCE_IN_PROGRESS tells it to join again. Deviations: none known.
 */
export const heartbeat = defineApi<
  MemberIdentity & { readonly groupId: string },
  { readonly errorCode: ErrorCode }
>({
  key: 12,
  name: 'Heartbeat',
  minVersion: 0,
  maxVersion: 4,
  firstFlexibleVersion: 4,
  decode: (reader, version) => {
    const groupId = reader.string();
    const generationId = reader.int32();
    const memberId = reader.string();
    const groupInstanceId = version >= 3 ? reader.nullableString() : null;
    reader.skipTags();
    return { groupId, generationId, memberId, groupInstanceId };
  },
  handle: ({ broker }, request) => ({ errorCode: broker.groups.heartbeat(request.groupId, request) }),
  encode: (writer, version, { errorCode }) => {
    if (version >= 1) writer.int32(0);
    writer.int16(errorCode).tags();
  },
});
