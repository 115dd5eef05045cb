import { AssignerProtocol, type GroupDescription, type IMemberAssignment } from 'kafkajs';

/** One member of a consumer group. */
export interface GroupMember {
  readonly memberId: string;
  readonly clientId: string;
  readonly host: string;
  readonly assignment: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
}

/** The members of a group as kafkajs describes it, their assignments decoded. */
export function membersOf(group: GroupDescription | undefined): GroupMember[] {
  return (group?.members ?? []).map(({ memberId, clientId, clientHost, memberAssignment }) => ({
    memberId,
    clientId,
    host: clientHost.replace(/^\//, ''),
    assignment: readAssignment(memberAssignment),
  }));
}

/** Empty while a rebalance is under way, and for members of groups that are no consumers'. */
function readAssignment(bytes: Buffer): GroupMember['assignment'] {
  if (bytes.length === 0) return [];
  const { assignment } = AssignerProtocol.MemberAssignment.decode(bytes) ?? { assignment: {} };
  return Object.entries(assignment as IMemberAssignment).map(([topic, partitions]) => ({
    topic,
    partitions,
  }));
}
