import type { GroupListing } from '../groups/group-coordinator.js';
import { ErrorCode } from '../protocol/error-code.js';
import { defineApi } from './api.js';

/**
 * ListGroups (key 16), versions 0-4.
 *
 * Behaviour: groups with members and groups with committed offsets; from version 4 on filtered by state (KIP-518).
 * Deviations: the protocol type of a group without members is not remembered across a restart.
 */
export const listGroups = defineApi<
  { readonly states: readonly string[] },
  { readonly groups: readonly GroupListing[] }
>({
  key: 16,
  name: 'ListGroups',
  minVersion: 0,
  maxVersion: 4,
  firstFlexibleVersion: 3,
  decode: (reader, version) => {
    const states = version >= 4 ? reader.array((r) => r.string().toLowerCase()) : [];
    reader.skipTags();
    return { states };
  },
  handle: ({ broker }, { states }) => ({
    groups: broker.groups
      .list()
      .filter((group) => states.length === 0 || states.includes(group.state.toLowerCase())),
  }),
  encode: (writer, version, { groups }) => {
    if (version >= 1) writer.int32(0);
    writer.int16(ErrorCode.NONE);
    writer.array(groups, (w, group) => {
      w.string(group.groupId).string(group.protocolType);
      if (version >= 4) w.string(group.state);
      w.tags();
    });
    writer.tags();
  },
});
