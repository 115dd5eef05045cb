import { ErrorCode } from '../protocol/error-code.js';
import { GroupMember } from './group-member.js';
import type {
  GroupDescription,
  GroupState,
  JoinRequest,
  JoinResult,
  MemberIdentity,
  SyncRequest,
  SyncResult,
} from './group-messages.js';
import { chooseProtocol } from './group-protocols.js';
import { refusedJoin, refusedSync } from './group-replies.js';
import { GroupRoster } from './group-roster.js';

const NO_BYTES = Buffer.alloc(0);

export interface ConsumerGroupOptions {
  /** How long the first rebalance of an empty group waits for further members, in milliseconds. */
  readonly initialRebalanceDelayMs: number;
  /** Members a group may have; one more is refused with GROUP_MAX_SIZE_REACHED. */
  readonly maxMembers: number;
  /** Makes the unique part of a member id. */
  readonly createMemberSuffix: () => string;
}

/**
 * The classic consumer group protocol (KIP-62, KIP-345, KIP-394) as a state machine.
 *
 *     Empty ──join──> PreparingRebalance ──all joined or deadline──> CompletingRebalance ──leader syncs──> Stable
 *       ^                  ^     │                                        │  join, leave, expiry │             │
 *       └──none left───────┼─────┘ <──────────────────────────────────────┴──────────────────────┴─────────────┘
 *                          └ any state but Dead; Dead is final and only reached from Empty (deletion)
 *
 * It holds no timer: every method is told the time, {@link nextDeadlineMs} says when
 * {@link advance} must be called next. A reply callback is called exactly once, at once or later.
 */
export class ConsumerGroup {
  readonly #options: ConsumerGroupOptions;
  readonly #roster = new GroupRoster();
  #state: GroupState = 'Empty';
  #generationId = 0;
  #protocolType: string | null = null;
  #protocolName: string | null = null;
  /** When the rebalance stops waiting for members to join. */
  #joinDeadlineMs = 0;
  /** The initial rebalance waits for its whole delay, even when all known members have joined. */
  #initialRebalanceEndMs: number | undefined;
  /** When members that have joined but not synced are dropped. */
  #syncDeadlineMs = 0;

  constructor(options: ConsumerGroupOptions) {
    this.#options = options;
  }

  get state(): GroupState {
    return this.#state;
  }

  get generationId(): number {
    return this.#generationId;
  }

  get protocolType(): string {
    return this.#protocolType ?? '';
  }

  /** Bytes that clients made this group hold. */
  get sizeBytes(): number {
    return this.#roster.sizeBytes;
  }

  /** Neither members nor ids that a member may still join with. */
  get isUnused(): boolean {
    return this.#roster.size === 0;
  }

  join(nowMs: number, request: JoinRequest, reply: (result: JoinResult) => void): void {
    const refusal = this.#refusalToJoin(request);
    const known = this.#roster.get(request.memberId);
    if (refusal !== undefined) {
      reply(refusedJoin(refusal, request.memberId));
    } else if (known !== undefined) {
      this.#rejoin(nowMs, known, request, reply);
    } else if (request.memberId === '') {
      this.#admit(nowMs, request, reply);
    } else {
      this.#add(nowMs, request.memberId, request, reply);
    }
  }

  sync(nowMs: number, request: SyncRequest, reply: (result: SyncResult) => void): void {
    const { member, errorCode } = this.#identify(request);
    const sameProtocol =
      (request.protocolType === null || request.protocolType === this.#protocolType) &&
      (request.protocolName === null || request.protocolName === this.#protocolName);
    if (member === undefined) {
      reply(refusedSync(errorCode));
      return;
    }
    if (!sameProtocol) {
      reply(refusedSync(ErrorCode.INCONSISTENT_GROUP_PROTOCOL));
      return;
    }
    member.touch(nowMs);
    if (this.#state === 'PreparingRebalance') {
      reply(refusedSync(ErrorCode.REBALANCE_IN_PROGRESS));
      return;
    }
    if (this.#state === 'Stable') {
      reply(this.#syncResult(member));
      return;
    }
    member.replyToSync?.(refusedSync(ErrorCode.REBALANCE_IN_PROGRESS));
    member.replyToSync = reply;
    if (member.memberId === this.#roster.leaderId) this.#assign(nowMs, request);
  }

  heartbeat(nowMs: number, identity: MemberIdentity): ErrorCode {
    const { member, errorCode } = this.#identify(identity);
    if (member === undefined) return errorCode;
    member.touch(nowMs);
    return this.#state === 'PreparingRebalance' ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
  }

  leave(nowMs: number, memberId: string, groupInstanceId: string | null): ErrorCode {
    if (this.#state === 'Dead') return ErrorCode.COORDINATOR_NOT_AVAILABLE;
    const byInstance = memberId === '' ? this.#roster.staticMember(groupInstanceId) : undefined;
    const member = byInstance ?? this.#roster.get(memberId);
    if (member === undefined) {
      if (!this.#roster.takeBackId(memberId)) return ErrorCode.UNKNOWN_MEMBER_ID;
      this.#completeJoinWhenReady(nowMs);
      return ErrorCode.NONE;
    }
    if (groupInstanceId !== null && member.groupInstanceId !== groupInstanceId) {
      return ErrorCode.FENCED_INSTANCE_ID;
    }
    this.#remove(nowMs, member);
    return ErrorCode.NONE;
  }

  /** Whether an offset commit comes from a current member, or from a client outside an empty group. */
  checkCommit(nowMs: number, identity: MemberIdentity): ErrorCode {
    if (this.#state === 'Dead') return ErrorCode.COORDINATOR_NOT_AVAILABLE;
    if (identity.generationId < 0 && this.#state === 'Empty') return ErrorCode.NONE;
    const { member, errorCode } = this.#identify(identity);
    if (member === undefined) return errorCode;
    // Between join and sync the member does not know its partitions yet: it must not commit for them.
    if (this.#state === 'CompletingRebalance') return ErrorCode.REBALANCE_IN_PROGRESS;
    member.touch(nowMs);
    return ErrorCode.NONE;
  }

  /** Ends the group for good; only an empty one. */
  delete(): ErrorCode {
    if (this.#state === 'Dead') return ErrorCode.GROUP_ID_NOT_FOUND;
    if (this.#state !== 'Empty') return ErrorCode.NON_EMPTY_GROUP;
    this.#roster.takeBackAllIds();
    this.#state = 'Dead';
    return ErrorCode.NONE;
  }

  describe(): GroupDescription {
    const settled = this.#state === 'Stable' || this.#state === 'CompletingRebalance';
    return {
      state: this.#state,
      protocolType: this.protocolType,
      protocolName: settled ? (this.#protocolName ?? '') : '',
      members: this.#roster.members.map((member) => ({
        memberId: member.memberId,
        groupInstanceId: member.groupInstanceId,
        clientId: member.clientId,
        clientHost: member.clientHost,
        metadata: settled ? member.metadataFor(this.#protocolName) : NO_BYTES,
        assignment: this.#state === 'Stable' ? member.assignment : NO_BYTES,
      })),
    };
  }

  /** When {@link advance} has something to do unless something happens before; Infinity when never. */
  nextDeadlineMs(): number {
    let deadline = this.#roster.nextDeadlineMs();
    if (this.#state === 'PreparingRebalance') {
      deadline = Math.min(deadline, this.#initialRebalanceEndMs ?? this.#joinDeadlineMs);
    }
    if (this.#state === 'CompletingRebalance') deadline = Math.min(deadline, this.#syncDeadlineMs);
    return deadline;
  }

  /** Does what is due: expires sessions and lapsed ids, ends rebalances that waited long enough. */
  advance(nowMs: number): void {
    this.#roster.takeBackLapsedIds(nowMs);
    for (const member of this.#roster.members) {
      if (!member.isWaiting && member.sessionDeadlineMs <= nowMs) this.#remove(nowMs, member);
    }
    if (this.#initialRebalanceEndMs !== undefined && this.#initialRebalanceEndMs <= nowMs) {
      this.#initialRebalanceEndMs = undefined;
    }
    if (this.#state === 'PreparingRebalance' && this.#joinDeadlineMs <= nowMs) this.#completeJoin(nowMs);
    else this.#completeJoinWhenReady(nowMs);
    if (this.#state === 'CompletingRebalance' && this.#syncDeadlineMs <= nowMs) {
      // Chosen before the first removal, which refuses the syncs of all others.
      const late = this.#roster.members.filter((member) => member.replyToSync === undefined);
      for (const member of late) this.#remove(nowMs, member);
    }
  }

  #refusalToJoin(request: JoinRequest): ErrorCode | undefined {
    if (this.#state === 'Dead') return ErrorCode.COORDINATOR_NOT_AVAILABLE;
    if (!this.#accepts(request)) return ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
    const replaced = this.#roster.staticMember(request.groupInstanceId);
    if (request.memberId === '') {
      return replaced === undefined && this.#isFull() ? ErrorCode.GROUP_MAX_SIZE_REACHED : undefined;
    }
    if (this.#roster.get(request.memberId) !== undefined || this.#roster.isPending(request.memberId))
      return undefined;
    return replaced === undefined ? ErrorCode.UNKNOWN_MEMBER_ID : ErrorCode.FENCED_INSTANCE_ID;
  }

  /** Gives a new member its id, and with a client that need not be told first (KIP-394) its place as well. */
  #admit(nowMs: number, request: JoinRequest, reply: (result: JoinResult) => void): void {
    const memberId = `${request.groupInstanceId ?? request.clientId}-${this.#options.createMemberSuffix()}`;
    if (request.requireKnownMemberId && request.groupInstanceId === null) {
      this.#roster.giveOutId(memberId, nowMs + request.sessionTimeoutMs);
      reply(refusedJoin(ErrorCode.MEMBER_ID_REQUIRED, memberId));
      return;
    }
    const replaced = this.#roster.staticMember(request.groupInstanceId);
    if (replaced !== undefined) this.#fence(replaced);
    this.#add(nowMs, memberId, request, reply);
  }

  #accepts(request: JoinRequest): boolean {
    if (request.protocolType === '' || request.protocols.length === 0) return false;
    if (this.#roster.isEmpty) return true;
    return request.protocolType === this.#protocolType && this.#roster.couldAgreeWith(request);
  }

  #add(nowMs: number, memberId: string, request: JoinRequest, reply: (result: JoinResult) => void): void {
    const member = new GroupMember(memberId, request, nowMs);
    member.replyToJoin = reply;
    const isFirst = this.#roster.isEmpty;
    this.#roster.add(member);
    this.#protocolType = request.protocolType;
    if (this.#state === 'PreparingRebalance' && this.#initialRebalanceEndMs !== undefined && !isFirst) {
      const extended = nowMs + this.#options.initialRebalanceDelayMs;
      this.#initialRebalanceEndMs = Math.min(extended, this.#joinDeadlineMs);
    }
    this.#prepareRebalance(nowMs);
  }

  #rejoin(nowMs: number, member: GroupMember, request: JoinRequest, reply: (r: JoinResult) => void): void {
    member.touch(nowMs);
    const unchanged = member.supportsExactly(request.protocols);
    const repeatsItself =
      (this.#state === 'CompletingRebalance' && unchanged) ||
      (this.#state === 'Stable' && unchanged && member.memberId !== this.#roster.leaderId);
    if (repeatsItself) {
      reply(this.#joinResult(member));
      return;
    }
    member.update(request);
    member.replyToJoin?.(refusedJoin(ErrorCode.REBALANCE_IN_PROGRESS, member.memberId));
    member.replyToJoin = reply;
    this.#prepareRebalance(nowMs);
  }

  #prepareRebalance(nowMs: number): void {
    if (this.#state !== 'PreparingRebalance') {
      if (this.#state === 'CompletingRebalance') this.#refuseWaitingSyncs();
      this.#joinDeadlineMs = nowMs + this.#roster.longestRebalanceTimeoutMs;
      this.#initialRebalanceEndMs =
        this.#state === 'Empty' && this.#options.initialRebalanceDelayMs > 0
          ? Math.min(nowMs + this.#options.initialRebalanceDelayMs, this.#joinDeadlineMs)
          : undefined;
      this.#state = 'PreparingRebalance';
    }
    this.#completeJoinWhenReady(nowMs);
  }

  #completeJoinWhenReady(nowMs: number): void {
    if (this.#state !== 'PreparingRebalance' || this.#initialRebalanceEndMs !== undefined) return;
    if (this.#roster.hasPendingIds) return;
    if (this.#roster.members.every((member) => member.replyToJoin !== undefined)) this.#completeJoin(nowMs);
  }

  #completeJoin(nowMs: number): void {
    this.#initialRebalanceEndMs = undefined;
    for (const member of this.#roster.members) {
      // A static member may be away for its whole session timeout without losing its place (KIP-345).
      if (member.replyToJoin === undefined && member.groupInstanceId === null) this.#roster.remove(member);
    }
    this.#generationId += 1;
    if (this.#roster.isEmpty) {
      this.#state = 'Empty';
      this.#protocolName = null;
      return;
    }
    this.#protocolName = chooseProtocol(this.#roster.members);
    this.#roster.electPresentLeader();
    this.#state = 'CompletingRebalance';
    this.#syncDeadlineMs = nowMs + this.#roster.longestRebalanceTimeoutMs;
    for (const member of this.#roster.members) {
      member.assignment = NO_BYTES;
      if (member.replyToJoin === undefined) continue;
      const reply = member.replyToJoin;
      member.replyToJoin = undefined;
      member.touch(nowMs);
      reply(this.#joinResult(member));
    }
  }

  #assign(nowMs: number, request: SyncRequest): void {
    const assignments = new Map(request.assignments.map((entry) => [entry.memberId, entry.assignment]));
    this.#state = 'Stable';
    for (const member of this.#roster.members) {
      member.assignment = Buffer.from(assignments.get(member.memberId) ?? NO_BYTES);
      const reply = member.replyToSync;
      member.replyToSync = undefined;
      member.touch(nowMs);
      reply?.(this.#syncResult(member));
    }
  }

  #remove(nowMs: number, member: GroupMember): void {
    this.#roster.remove(member);
    member.replyToJoin?.(refusedJoin(ErrorCode.UNKNOWN_MEMBER_ID, member.memberId));
    member.replyToSync?.(refusedSync(ErrorCode.UNKNOWN_MEMBER_ID));
    if (this.#state === 'Stable' || this.#state === 'CompletingRebalance') this.#prepareRebalance(nowMs);
    else this.#completeJoinWhenReady(nowMs);
  }

  /** A static member's successor takes its place: the old one is told and loses it at once. */
  #fence(member: GroupMember): void {
    this.#roster.remove(member);
    member.replyToJoin?.(refusedJoin(ErrorCode.FENCED_INSTANCE_ID, member.memberId));
    member.replyToSync?.(refusedSync(ErrorCode.FENCED_INSTANCE_ID));
  }

  #refuseWaitingSyncs(): void {
    for (const member of this.#roster.members) {
      const reply = member.replyToSync;
      member.replyToSync = undefined;
      reply?.(refusedSync(ErrorCode.REBALANCE_IN_PROGRESS));
    }
  }

  #identify(identity: MemberIdentity): { member?: GroupMember; errorCode: ErrorCode } {
    if (this.#state === 'Dead') return { errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE };
    const holder = this.#roster.staticMember(identity.groupInstanceId);
    if (identity.groupInstanceId !== null && holder === undefined) {
      return { errorCode: ErrorCode.UNKNOWN_MEMBER_ID };
    }
    if (holder !== undefined && holder.memberId !== identity.memberId) {
      return { errorCode: ErrorCode.FENCED_INSTANCE_ID };
    }
    const member = this.#roster.get(identity.memberId);
    if (member === undefined) return { errorCode: ErrorCode.UNKNOWN_MEMBER_ID };
    if (identity.generationId !== this.#generationId) return { errorCode: ErrorCode.ILLEGAL_GENERATION };
    return { member, errorCode: ErrorCode.NONE };
  }

  #isFull(): boolean {
    return this.#roster.size >= this.#options.maxMembers;
  }

  #joinResult(member: GroupMember): JoinResult {
    const { leaderId, members } = this.#roster;
    const isLeader = member.memberId === leaderId;
    return {
      errorCode: ErrorCode.NONE,
      generationId: this.#generationId,
      protocolType: this.#protocolType,
      protocolName: this.#protocolName,
      leaderId: leaderId ?? '',
      memberId: member.memberId,
      members: isLeader
        ? members.map((other) => ({
            memberId: other.memberId,
            groupInstanceId: other.groupInstanceId,
            metadata: other.metadataFor(this.#protocolName),
          }))
        : [],
    };
  }

  #syncResult(member: GroupMember): SyncResult {
    return {
      errorCode: ErrorCode.NONE,
      protocolType: this.#protocolType,
      protocolName: this.#protocolName,
      assignment: member.assignment,
    };
  }
}
