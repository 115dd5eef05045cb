import type { GroupMember } from './group-member.js';
import type { GroupProtocol } from './group-messages.js';

/** Whether one of `protocols` is supported by all of `members`. */
export function sharesProtocol(
  protocols: readonly GroupProtocol[],
  members: readonly GroupMember[],
): boolean {
  return protocols.some(({ name }) => members.every((member) => supports(member, name)));
}

/** The protocol that most members prefer among those that all support; null when there is none. */
export function chooseProtocol(members: readonly GroupMember[]): string | null {
  const votes = new Map<string, number>();
  for (const member of members) {
    const favourite = member.protocols.find(({ name }) => members.every((other) => supports(other, name)));
    if (favourite !== undefined) votes.set(favourite.name, (votes.get(favourite.name) ?? 0) + 1);
  }
  let chosen: string | null = null;
  for (const [name, count] of votes) {
    if (chosen === null || count > (votes.get(chosen) ?? 0)) chosen = name;
  }
  return chosen;
}

function supports(member: GroupMember, protocolName: string): boolean {
  return member.protocols.some(({ name }) => name === protocolName);
}
