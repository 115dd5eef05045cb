import type { MessageFilter } from '../../../../shared/feed.js';

/** Whether a filter leaves anything out. */
export function isNarrowed(filter: MessageFilter): boolean {
  const { types, topics, nodes, transports, profiles, text, muteHeartbeats } = filter;
  const chosen = [types, topics, nodes, transports, profiles].some((list) => list.length > 0);
  return chosen || text !== '' || muteHeartbeats;
}
