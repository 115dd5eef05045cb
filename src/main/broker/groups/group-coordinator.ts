import type { BrokerSettings } from '../broker-settings.js';
import type { BrokerClock, BrokerTimer } from '../environment.js';
import type { OffsetStore } from '../log/offset-store.js';
import { ErrorCode } from '../protocol/error-code.js';
import { ConsumerGroup } from './consumer-group.js';
import { protocolBytes } from './group-member.js';
import type {
  GroupDescription,
  GroupState,
  JoinRequest,
  JoinResult,
  MemberIdentity,
  SyncRequest,
  SyncResult,
} from './group-messages.js';
import { refusedJoin, refusedSync } from './group-replies.js';

export interface GroupCoordinatorOptions {
  readonly settings: BrokerSettings;
  readonly clock: BrokerClock;
  readonly offsets: OffsetStore;
  readonly createMemberSuffix: () => string;
}

export interface GroupListing {
  readonly groupId: string;
  readonly protocolType: string;
  readonly state: GroupState;
}

interface Wakeup {
  readonly atMs: number;
  readonly timer: BrokerTimer;
}

/**
 * All consumer groups: finds or makes the state machine a request is for and wakes it when its
 * next deadline comes. Membership lives in memory only: after a restart members are unknown, are
 * told so and join again; committed offsets are kept by the {@link OffsetStore}.
 */
export class GroupCoordinator {
  readonly #options: GroupCoordinatorOptions;
  readonly #groups = new Map<string, ConsumerGroup>();
  readonly #wakeups = new Map<string, Wakeup>();
  /** What each group holds, and all of them together. */
  readonly #groupBytes = new Map<string, number>();
  #totalBytes = 0;

  constructor(options: GroupCoordinatorOptions) {
    this.#options = options;
  }

  /** Resolves when the member may go on, which may take the group's whole rebalance timeout. */
  join(groupId: string, request: JoinRequest): Promise<JoinResult> {
    const { settings } = this.#options;
    const refusal =
      groupId === ''
        ? ErrorCode.INVALID_GROUP_ID
        : request.sessionTimeoutMs < settings.minSessionTimeoutMs ||
            request.sessionTimeoutMs > settings.maxSessionTimeoutMs
          ? ErrorCode.INVALID_SESSION_TIMEOUT
          : this.#refusalToJoin(groupId, request);
    if (refusal !== undefined) {
      return Promise.resolve(refusedJoin(refusal, request.memberId));
    }
    let group = this.#groups.get(groupId);
    if (group === undefined) {
      group = this.#createGroup();
      this.#groups.set(groupId, group);
    }
    const joined = group;
    return new Promise((resolve) => {
      joined.join(this.#now(), request, resolve);
      this.#settle(groupId, joined);
    });
  }

  /** Resolves with the member's assignment once the leader has sent it. */
  sync(groupId: string, request: SyncRequest): Promise<SyncResult> {
    const group = this.#groups.get(groupId);
    const assignedBytes = request.assignments.reduce((sum, { assignment }) => sum + assignment.length, 0);
    const tooMuch = this.#totalBytes + assignedBytes > this.#options.settings.maxGroupBytes;
    if (group === undefined || tooMuch) {
      return Promise.resolve(
        refusedSync(group === undefined ? unknownGroupCode(groupId) : ErrorCode.POLICY_VIOLATION),
      );
    }
    return new Promise((resolve) => {
      group.sync(this.#now(), request, resolve);
      this.#settle(groupId, group);
    });
  }

  heartbeat(groupId: string, identity: MemberIdentity): ErrorCode {
    const group = this.#groups.get(groupId);
    if (group === undefined) return unknownGroupCode(groupId);
    const errorCode = group.heartbeat(this.#now(), identity);
    this.#settle(groupId, group);
    return errorCode;
  }

  leave(groupId: string, memberId: string, groupInstanceId: string | null): ErrorCode {
    const group = this.#groups.get(groupId);
    if (group === undefined) return unknownGroupCode(groupId);
    const errorCode = group.leave(this.#now(), memberId, groupInstanceId);
    this.#settle(groupId, group);
    return errorCode;
  }

  /** Whether `identity` may commit offsets for the group now. */
  checkCommit(groupId: string, identity: MemberIdentity): ErrorCode {
    if (groupId === '') return ErrorCode.INVALID_GROUP_ID;
    const group = this.#groups.get(groupId);
    if (group === undefined && identity.generationId >= 0) return ErrorCode.ILLEGAL_GENERATION;
    if (
      !this.#hasOffsets(groupId) &&
      this.#options.offsets.groups().length >= this.#options.settings.maxCommittedGroups
    ) {
      return ErrorCode.POLICY_VIOLATION;
    }
    if (group === undefined) return ErrorCode.NONE;
    const errorCode = group.checkCommit(this.#now(), identity);
    this.#settle(groupId, group);
    return errorCode;
  }

  list(): GroupListing[] {
    const groupIds = new Set([...this.#groups.keys(), ...this.#options.offsets.groups()]);
    return [...groupIds].sort().map((groupId) => {
      const group = this.#groups.get(groupId);
      return { groupId, protocolType: group?.protocolType ?? '', state: group?.state ?? 'Empty' };
    });
  }

  /** An unknown group is described as Dead, as Apache Kafka does. */
  describe(groupId: string): GroupDescription {
    const group = this.#groups.get(groupId);
    if (group !== undefined) return group.describe();
    const state = this.#hasOffsets(groupId) ? 'Empty' : 'Dead';
    return { state, protocolType: '', protocolName: '', members: [] };
  }

  /** Whether members of the group exist: their offsets must not be changed from outside. */
  isActive(groupId: string): boolean {
    const group = this.#groups.get(groupId);
    return group !== undefined && group.state !== 'Empty' && group.state !== 'Dead';
  }

  exists(groupId: string): boolean {
    return this.#groups.has(groupId) || this.#hasOffsets(groupId);
  }

  /** Forgets an empty group and its committed offsets. */
  async delete(groupId: string): Promise<ErrorCode> {
    if (!this.exists(groupId)) return ErrorCode.GROUP_ID_NOT_FOUND;
    const group = this.#groups.get(groupId);
    const errorCode = group?.delete() ?? ErrorCode.NONE;
    if (errorCode !== ErrorCode.NONE) return errorCode;
    this.#drop(groupId);
    await this.#options.offsets.deleteGroup(groupId);
    return ErrorCode.NONE;
  }

  /** Cancels every timer. Requests still waiting are answered by nobody: their connections are closed. */
  close(): void {
    for (const wakeup of this.#wakeups.values()) wakeup.timer.cancel();
    this.#wakeups.clear();
    this.#groups.clear();
  }

  #refusalToJoin(groupId: string, request: JoinRequest): ErrorCode | undefined {
    const { maxGroupBytes } = this.#options.settings;
    if (this.#totalBytes + protocolBytes(request.protocols) > maxGroupBytes)
      return ErrorCode.POLICY_VIOLATION;
    if (this.#groups.has(groupId)) return undefined;
    if (request.memberId !== '') return ErrorCode.UNKNOWN_MEMBER_ID;
    if (this.#groups.size >= this.#options.settings.maxGroups) this.#dropOneUnused();
    return this.#groups.size >= this.#options.settings.maxGroups ? ErrorCode.POLICY_VIOLATION : undefined;
  }

  /** Forgets the membership of the oldest group without members; its offsets stay. */
  #dropOneUnused(): void {
    for (const [groupId, group] of this.#groups) {
      if (!group.isUnused) continue;
      this.#drop(groupId);
      return;
    }
  }

  #createGroup(): ConsumerGroup {
    const { settings, createMemberSuffix } = this.#options;
    return new ConsumerGroup({
      initialRebalanceDelayMs: settings.initialRebalanceDelayMs,
      maxMembers: settings.maxGroupMembers,
      createMemberSuffix,
    });
  }

  /** After each event: forget a group that is empty and has no offsets, else see to its next deadline. */
  #settle(groupId: string, group: ConsumerGroup): void {
    if (this.#groups.get(groupId) !== group) return;
    this.#countBytes(groupId, group.sizeBytes);
    if (group.isUnused && !this.#hasOffsets(groupId)) {
      this.#drop(groupId);
      return;
    }
    const atMs = group.nextDeadlineMs();
    const planned = this.#wakeups.get(groupId);
    // A deadline that moved back needs no new timer: the old one fires early, finds nothing and looks again.
    if (planned !== undefined && planned.atMs <= atMs) return;
    planned?.timer.cancel();
    this.#wakeups.delete(groupId);
    if (atMs === Number.POSITIVE_INFINITY) return;
    const wake = (): void => {
      this.#wakeups.delete(groupId);
      group.advance(this.#now());
      this.#settle(groupId, group);
    };
    // Timers may fire a fraction early; a whole extra millisecond spares a second one.
    const delayMs = Math.max(1, Math.ceil(atMs - this.#now()) + 1);
    this.#wakeups.set(groupId, { atMs, timer: this.#options.clock.after(delayMs, wake) });
  }

  #drop(groupId: string): void {
    this.#wakeups.get(groupId)?.timer.cancel();
    this.#wakeups.delete(groupId);
    this.#groups.delete(groupId);
    this.#countBytes(groupId, 0);
  }

  #countBytes(groupId: string, sizeBytes: number): void {
    this.#totalBytes += sizeBytes - (this.#groupBytes.get(groupId) ?? 0);
    if (sizeBytes === 0) this.#groupBytes.delete(groupId);
    else this.#groupBytes.set(groupId, sizeBytes);
  }

  #hasOffsets(groupId: string): boolean {
    return this.#options.offsets.list(groupId).length > 0;
  }

  #now(): number {
    return this.#options.clock.monotonicMs();
  }
}

function unknownGroupCode(groupId: string): ErrorCode {
  return groupId === '' ? ErrorCode.INVALID_GROUP_ID : ErrorCode.UNKNOWN_MEMBER_ID;
}
