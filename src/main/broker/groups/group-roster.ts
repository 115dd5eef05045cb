import type { GroupMember } from './group-member.js';
import type { JoinRequest } from './group-messages.js';
import { sharesProtocol } from './group-protocols.js';

/**
 * Who is in a consumer group: its members in the order in which they joined, the leader among them, and the ids that were
 * given out (KIP-394) and not yet joined with.
 */
export class GroupRoster {
  readonly #members = new Map<string, GroupMember>();
  /** When each lapses. */
  readonly #pendingIds = new Map<string, number>();
  #leaderId: string | null = null;

  get leaderId(): string | null {
    return this.#leaderId;
  }

  /** The oldest first. A copy: members may be removed while it is walked through. */
  get members(): GroupMember[] {
    return [...this.#members.values()];
  }

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  get hasPendingIds(): boolean {
    return this.#pendingIds.size > 0;
  }

  /** Members, and ids that somebody may still become one with. */
  get size(): number {
    return this.#members.size + this.#pendingIds.size;
  }

  /** Bytes that clients made this group hold. */
  get sizeBytes(): number {
    let sum = 0;
    for (const memberId of this.#pendingIds.keys()) sum += memberId.length;
    for (const member of this.#members.values()) sum += member.sizeBytes;
    return sum;
  }

  /** As long as the most patient member allows for a rebalance. */
  get longestRebalanceTimeoutMs(): number {
    return Math.max(0, ...this.members.map((member) => member.rebalanceTimeoutMs));
  }

  get(memberId: string): GroupMember | undefined {
    return this.#members.get(memberId);
  }

  /** The member that holds the place of a client with a fixed name (KIP-345). */
  staticMember(groupInstanceId: string | null): GroupMember | undefined {
    if (groupInstanceId === null) return undefined;
    for (const member of this.#members.values()) {
      if (member.groupInstanceId === groupInstanceId) return member;
    }
    return undefined;
  }

  /** Whether a member and all others have a protocol in common. */
  couldAgreeWith(request: JoinRequest): boolean {
    const others = this.members.filter((member) => member.memberId !== request.memberId);
    return sharesProtocol(request.protocols, others);
  }

  /** Its id was pending, or nobody had it. The first member leads. */
  add(member: GroupMember): void {
    this.#pendingIds.delete(member.memberId);
    this.#members.set(member.memberId, member);
    this.#leaderId ??= member.memberId;
  }

  /** The oldest of the others leads when the leader goes. */
  remove(member: GroupMember): void {
    this.#members.delete(member.memberId);
    if (this.#leaderId === member.memberId) this.#leaderId = this.#members.keys().next().value ?? null;
  }

  /** A leader that did not rejoin cannot assign: the first member that did takes over. */
  electPresentLeader(): void {
    const leader = this.#leaderId === null ? undefined : this.#members.get(this.#leaderId);
    if (leader?.replyToJoin !== undefined) return;
    const present = this.members.find((member) => member.replyToJoin !== undefined);
    if (present !== undefined) this.#leaderId = present.memberId;
  }

  giveOutId(memberId: string, lapsesAtMs: number): void {
    this.#pendingIds.set(memberId, lapsesAtMs);
  }

  isPending(memberId: string): boolean {
    return this.#pendingIds.has(memberId);
  }

  /** Returns whether it was one that was given out. */
  takeBackId(memberId: string): boolean {
    return this.#pendingIds.delete(memberId);
  }

  takeBackAllIds(): void {
    this.#pendingIds.clear();
  }

  /** When the next id lapses or the next session ends; Infinity when there is neither. */
  nextDeadlineMs(): number {
    let deadline = Number.POSITIVE_INFINITY;
    for (const lapsesAtMs of this.#pendingIds.values()) deadline = Math.min(deadline, lapsesAtMs);
    for (const member of this.#members.values()) {
      if (!member.isWaiting) deadline = Math.min(deadline, member.sessionDeadlineMs);
    }
    return deadline;
  }

  takeBackLapsedIds(nowMs: number): void {
    for (const [memberId, lapsesAtMs] of this.#pendingIds) {
      if (lapsesAtMs <= nowMs) this.#pendingIds.delete(memberId);
    }
  }
}
