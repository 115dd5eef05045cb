import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ConsumerGroup } from '../../../../src/main/broker/groups/consumer-group.js';
import type {
  JoinRequest,
  JoinResult,
  SyncResult,
} from '../../../../src/main/broker/groups/group-messages.js';
import { ErrorCode } from '../../../../src/main/broker/protocol/error-code.js';

const SESSION_TIMEOUT_MS = 10_000;
const REBALANCE_TIMEOUT_MS = 60_000;

/** A group with the time and the answers its members got. */
class GroupHarness {
  nowMs = 1_000;
  readonly group: ConsumerGroup;
  readonly joins: JoinResult[] = [];
  readonly syncs: SyncResult[] = [];

  constructor(initialRebalanceDelayMs = 0, maxMembers = 100) {
    let members = 0;
    this.group = new ConsumerGroup({
      initialRebalanceDelayMs,
      maxMembers,
      createMemberSuffix: () => {
        members += 1;
        return String(members);
      },
    });
  }

  join(memberId = '', changes: Partial<JoinRequest> = {}): JoinResult[] {
    const answers: JoinResult[] = [];
    const request: JoinRequest = {
      memberId,
      groupInstanceId: null,
      clientId: 'client',
      clientHost: '127.0.0.1',
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: Buffer.from('subscription') }],
      requireKnownMemberId: false,
      ...changes,
    };
    this.group.join(this.nowMs, request, (result) => {
      answers.push(result);
      this.joins.push(result);
    });
    return answers;
  }

  sync(memberId: string, generationId: number, assignments: Record<string, string> = {}): SyncResult[] {
    const answers: SyncResult[] = [];
    this.group.sync(
      this.nowMs,
      {
        memberId,
        groupInstanceId: null,
        generationId,
        protocolType: null,
        protocolName: null,
        assignments: Object.entries(assignments).map(([id, text]) => ({
          memberId: id,
          assignment: Buffer.from(text),
        })),
      },
      (result) => {
        answers.push(result);
        this.syncs.push(result);
      },
    );
    return answers;
  }

  heartbeat(memberId: string, generationId = this.group.generationId): ErrorCode {
    return this.group.heartbeat(this.nowMs, { memberId, groupInstanceId: null, generationId });
  }

  commit(memberId: string, generationId: number): ErrorCode {
    return this.group.checkCommit(this.nowMs, { memberId, groupInstanceId: null, generationId });
  }

  pass(durationMs: number): void {
    this.nowMs += durationMs;
    this.group.advance(this.nowMs);
  }

  /** One member, stable. */
  settleOne(): string {
    const [joined] = this.join();
    const memberId = joined?.memberId ?? '';
    this.sync(memberId, this.group.generationId, { [memberId]: 'all' });
    return memberId;
  }

  /** Two members, stable; the first leads. */
  settleTwo(): [string, string] {
    const first = this.settleOne();
    const second = this.join();
    this.join(first);
    const secondId = second[0]?.memberId ?? '';
    this.sync(secondId, this.group.generationId);
    this.sync(first, this.group.generationId, { [first]: 'half', [secondId]: 'other half' });
    return [first, secondId];
  }
}

describe('a consumer group', () => {
  let harness: GroupHarness;

  beforeEach(() => {
    harness = new GroupHarness();
  });

  it('makes its first member the leader and gives it the assignment it asked for', () => {
    const [joined] = harness.join();
    expect(joined).toMatchObject({ errorCode: ErrorCode.NONE, generationId: 1, protocolName: 'range' });
    expect(joined?.leaderId).toBe(joined?.memberId);
    expect(joined?.members.map((member) => member.metadata.toString())).toEqual(['subscription']);
    expect(harness.group.state).toBe('CompletingRebalance');
    const memberId = joined?.memberId ?? '';
    const [synced] = harness.sync(memberId, 1, { [memberId]: 'partitions' });
    expect(synced?.assignment.toString()).toBe('partitions');
    expect(harness.group.state).toBe('Stable');
  });

  it('gives a new member its id first when the client speaks JoinGroup v4 (KIP-394)', () => {
    const [first] = harness.join('', { requireKnownMemberId: true });
    expect(first?.errorCode).toBe(ErrorCode.MEMBER_ID_REQUIRED);
    expect(harness.group.state).toBe('Empty');
    const [second] = harness.join(first?.memberId, { requireKnownMemberId: true });
    expect(second).toMatchObject({ errorCode: ErrorCode.NONE, memberId: first?.memberId });
  });

  it('lets an id lapse that nobody joins with', () => {
    const [given] = harness.join('', { requireKnownMemberId: true });
    harness.pass(SESSION_TIMEOUT_MS);
    expect(harness.group.isUnused).toBe(true);
    expect(harness.join(given?.memberId)[0]?.errorCode).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
  });

  it('waits for further members before the first generation, and no longer than the delay after the last', () => {
    harness = new GroupHarness(100);
    const first = harness.join();
    harness.pass(60);
    const second = harness.join();
    harness.pass(60);
    expect([first, second]).toEqual([[], []]);
    harness.pass(40);
    expect(first[0]?.members).toHaveLength(2);
    expect(second[0]?.generationId).toBe(1);
  });

  it('tells members of a rebalance by heartbeat and completes it when all have joined again', () => {
    const first = harness.settleOne();
    const second = harness.join();
    expect(second).toEqual([]);
    expect(harness.heartbeat(first)).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
    const rejoined = harness.join(first);
    expect(rejoined[0]).toMatchObject({ generationId: 2, leaderId: first });
    expect(rejoined[0]?.members).toHaveLength(2);
    expect(second[0]).toMatchObject({ generationId: 2, leaderId: first, members: [] });
  });

  it('keeps a follower waiting for the leader’s assignment', () => {
    const first = harness.settleOne();
    const second = harness.join();
    harness.join(first);
    const followerSync = harness.sync(second[0]?.memberId ?? '', 2);
    expect(followerSync).toEqual([]);
    harness.sync(first, 2, { [second[0]?.memberId ?? '']: 'half' });
    expect(followerSync[0]?.assignment.toString()).toBe('half');
  });

  it('drops a member that does not rejoin within the rebalance timeout', () => {
    const first = harness.settleOne();
    const second = harness.join('', { sessionTimeoutMs: 200_000 });
    for (let waited = 0; waited < REBALANCE_TIMEOUT_MS; waited += 5_000) {
      harness.heartbeat(first);
      harness.pass(5_000);
    }
    expect(second[0]).toMatchObject({ generationId: 2, leaderId: second[0]?.memberId });
    expect(harness.heartbeat(first)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
  });

  it('expires a silent member and rebalances the others', () => {
    const [first, second] = harness.settleTwo();
    harness.pass(SESSION_TIMEOUT_MS - 1);
    harness.heartbeat(second);
    harness.pass(1);
    expect(harness.heartbeat(second)).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
    expect(harness.join(second)[0]).toMatchObject({ generationId: 3, leaderId: second });
    expect(harness.heartbeat(first)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
  });

  it('never expires a member that it keeps waiting', () => {
    harness.settleOne();
    const second = harness.join('', { sessionTimeoutMs: 6_000 });
    harness.pass(SESSION_TIMEOUT_MS - 1);
    harness.pass(1);
    expect(second[0]).toMatchObject({ errorCode: ErrorCode.NONE, generationId: 2 });
  });

  it('becomes empty when its last member leaves, and goes on counting generations', () => {
    const memberId = harness.settleOne();
    expect(harness.group.leave(harness.nowMs, memberId, null)).toBe(ErrorCode.NONE);
    expect(harness.group.state).toBe('Empty');
    expect(harness.join()[0]?.generationId).toBe(3);
  });

  it('refuses the waiting syncs when another member joins meanwhile', () => {
    const first = harness.settleOne();
    const second = harness.join();
    harness.join(first);
    const waiting = harness.sync(second[0]?.memberId ?? '', 2);
    harness.join();
    expect(waiting[0]?.errorCode).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
  });

  it('drops only the members that joined and never synced', () => {
    const first = harness.settleOne();
    const second = harness.join();
    harness.join(first, { sessionTimeoutMs: 300_000 });
    const secondId = second[0]?.memberId ?? '';
    const waiting = harness.sync(secondId, 2);
    harness.pass(REBALANCE_TIMEOUT_MS);
    expect(waiting[0]?.errorCode).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
    expect(harness.heartbeat(first)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
    expect(harness.join(secondId)[0]).toMatchObject({ errorCode: ErrorCode.NONE, leaderId: secondId });
  });

  it('fences offset commits by member and generation', () => {
    const memberId = harness.settleOne();
    expect(harness.commit(memberId, 1)).toBe(ErrorCode.NONE);
    expect(harness.commit(memberId, 0)).toBe(ErrorCode.ILLEGAL_GENERATION);
    expect(harness.commit('stranger', 1)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
    expect(harness.commit('', -1)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
  });

  it('lets a client without a generation commit only while the group is empty', () => {
    expect(harness.commit('', -1)).toBe(ErrorCode.NONE);
    harness.settleOne();
    expect(harness.commit('', -1)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
  });

  it('refuses a commit between join and sync', () => {
    const [joined] = harness.join();
    expect(harness.commit(joined?.memberId ?? '', 1)).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
  });

  it('refuses a member that shares no protocol with the others', () => {
    harness.settleOne();
    const other = [{ name: 'roundrobin', metadata: Buffer.alloc(0) }];
    expect(harness.join('', { protocols: other })[0]?.errorCode).toBe(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    expect(harness.join('', { protocolType: 'connect' })[0]?.errorCode).toBe(
      ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
    );
  });

  it('chooses the protocol that most members prefer among those all support', () => {
    const protocols = (...names: string[]) => names.map((name) => ({ name, metadata: Buffer.from(name) }));
    harness = new GroupHarness(100);
    harness.join('', { protocols: protocols('a', 'b') });
    harness.join('', { protocols: protocols('c', 'b', 'a') });
    harness.join('', { protocols: protocols('b', 'a') });
    harness.pass(100);
    expect(harness.joins.map((joined) => joined.protocolName)).toEqual(['b', 'b', 'b']);
  });

  it('bounds its members', () => {
    harness = new GroupHarness(0, 2);
    harness.settleTwo();
    expect(harness.join()[0]?.errorCode).toBe(ErrorCode.GROUP_MAX_SIZE_REACHED);
  });

  it('lets a static member that comes back take its own place and fences the old one (KIP-345)', () => {
    const [old] = harness.join('', { groupInstanceId: 'desk' });
    const [young] = harness.join('', { groupInstanceId: 'desk' });
    expect(young).toMatchObject({ errorCode: ErrorCode.NONE, leaderId: young?.memberId });
    expect(young?.members).toHaveLength(1);
    const identity = { memberId: old?.memberId ?? '', groupInstanceId: 'desk', generationId: 2 };
    expect(harness.group.heartbeat(harness.nowMs, identity)).toBe(ErrorCode.FENCED_INSTANCE_ID);
  });

  it('can be deleted only while empty, and is dead from then on', () => {
    const memberId = harness.settleOne();
    expect(harness.group.delete()).toBe(ErrorCode.NON_EMPTY_GROUP);
    harness.group.leave(harness.nowMs, memberId, null);
    expect(harness.group.delete()).toBe(ErrorCode.NONE);
    expect(harness.group.state).toBe('Dead');
    expect(harness.join()[0]?.errorCode).toBe(ErrorCode.COORDINATOR_NOT_AVAILABLE);
  });

  it('has no deadline while nobody is in it', () => {
    expect(harness.group.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
    const memberId = harness.settleOne();
    expect(harness.group.nextDeadlineMs()).toBe(harness.nowMs + SESSION_TIMEOUT_MS);
    harness.group.leave(harness.nowMs, memberId, null);
    expect(harness.group.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
  });
});

type Step =
  | { readonly kind: 'join' | 'sync' | 'heartbeat' | 'leave'; readonly member: number }
  | { readonly kind: 'pass'; readonly ms: number };

const steps = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constantFrom('join' as const, 'sync' as const, 'heartbeat' as const, 'leave' as const),
      member: fc.integer({ min: 0, max: 4 }),
    }),
    fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 70_000 }) }),
  ),
  { maxLength: 60 },
) as fc.Arbitrary<Step[]>;

describe('any history of a consumer group', () => {
  it('answers every request once, gives each generation one leader, and ends settled when all stop', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const harness = new GroupHarness(50);
        const answers: unknown[][] = [];
        const ids = new Map<number, string>();
        for (const step of history) {
          if (step.kind === 'pass') {
            harness.pass(step.ms);
          } else {
            const memberId = ids.get(step.member) ?? '';
            if (step.kind === 'join') {
              const answer = harness.join(memberId);
              answers.push(answer);
              if (answer[0] !== undefined) ids.set(step.member, answer[0].memberId);
              else if (memberId === '') {
                const members = harness.group.describe().members;
                ids.set(step.member, members.at(-1)?.memberId ?? '');
              }
              if (answer[0]?.errorCode === ErrorCode.UNKNOWN_MEMBER_ID) ids.delete(step.member);
            }
            if (step.kind === 'sync') answers.push(harness.sync(memberId, harness.group.generationId));
            if (step.kind === 'heartbeat') harness.heartbeat(memberId);
            if (step.kind === 'leave') harness.group.leave(harness.nowMs, memberId, null);
          }
          const leaders = new Map<number, string>();
          for (const joined of harness.joins) {
            if (joined.errorCode !== ErrorCode.NONE) continue;
            expect(leaders.get(joined.generationId) ?? joined.leaderId).toBe(joined.leaderId);
            leaders.set(joined.generationId, joined.leaderId);
          }
        }
        // All clients fall silent: within a few timeouts nobody is left and nobody was forgotten.
        for (let turn = 0; turn < 10; turn += 1) harness.pass(REBALANCE_TIMEOUT_MS + SESSION_TIMEOUT_MS);
        expect(harness.group.state).toBe('Empty');
        expect(harness.group.isUnused).toBe(true);
        expect(answers.every((answer) => answer.length === 1)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
