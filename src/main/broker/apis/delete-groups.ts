import type { ErrorCode } from '../protocol/error-code.js';
import { type BrokerServices, defineApi } from './api.js';
import { toWireError } from './wire-error.js';

interface GroupOutcome {
  readonly groupId: string;
  readonly errorCode: ErrorCode;
}

/**
 * DeleteGroups (key 42), versions 0-2.
 *
 * Behaviour: forgets the committed offsets of groups without members, durably; NON_EMPTY_GROUP otherwise.
 * Deviations: none known.
 */
export const deleteGroups = defineApi<
  { readonly groupIds: readonly string[] },
  { readonly groups: readonly GroupOutcome[] }
>({
  key: 42,
  name: 'DeleteGroups',
  minVersion: 0,
  maxVersion: 2,
  firstFlexibleVersion: 2,
  decode: (reader) => {
    const groupIds = reader.array((r) => r.string());
    reader.skipTags();
    return { groupIds };
  },
  handle: async ({ broker }, { groupIds }) => {
    const groups: GroupOutcome[] = [];
    for (const groupId of groupIds) groups.push(await deleteGroup(broker, groupId));
    return { groups };
  },
  encode: (writer, _version, { groups }) => {
    writer.int32(0);
    writer.array(groups, (w, group) => {
      w.string(group.groupId).int16(group.errorCode).tags();
    });
    writer.tags();
  },
});

async function deleteGroup({ groups }: BrokerServices, groupId: string): Promise<GroupOutcome> {
  try {
    return { groupId, errorCode: await groups.delete(groupId) };
  } catch (error) {
    return { groupId, errorCode: toWireError(error).errorCode };
  }
}
