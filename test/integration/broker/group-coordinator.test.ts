import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BrokerSettings, defaultBrokerSettings } from '../../../src/main/broker/broker-settings.js';
import { GroupCoordinator } from '../../../src/main/broker/groups/group-coordinator.js';
import type { JoinRequest, JoinResult } from '../../../src/main/broker/groups/group-messages.js';
import { BrokerStorage } from '../../../src/main/broker/log/broker-storage.js';
import { ErrorCode } from '../../../src/main/broker/protocol/error-code.js';
import { ManualClock } from '../../support/manual-clock.js';

const GROUP = 'group';
const REBALANCE_DELAY_MS = 100;
const SESSION_TIMEOUT_MS = 10_000;

describe('the group coordinator', () => {
  let dataDirectory: string;
  let storage: BrokerStorage;
  let clock: ManualClock;
  let coordinator: GroupCoordinator;

  function createCoordinator(settings: Partial<BrokerSettings> = {}): GroupCoordinator {
    let members = 0;
    return new GroupCoordinator({
      settings: { ...defaultBrokerSettings, initialRebalanceDelayMs: REBALANCE_DELAY_MS, ...settings },
      clock,
      offsets: storage.offsets,
      createMemberSuffix: () => {
        members += 1;
        return String(members);
      },
    });
  }

  beforeEach(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), 'resonance-broker-'));
    storage = await BrokerStorage.open({ dataDirectory });
    clock = new ManualClock();
    coordinator = createCoordinator();
  });

  afterEach(async () => {
    coordinator.close();
    await storage.close();
    await rm(dataDirectory, { recursive: true, force: true });
  });

  function joinGroup(changes: Partial<JoinRequest> = {}, groupId = GROUP): Promise<JoinResult> {
    return coordinator.join(groupId, {
      memberId: '',
      groupInstanceId: null,
      clientId: 'client',
      clientHost: '127.0.0.1',
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      rebalanceTimeoutMs: 60_000,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: Buffer.from('subscription') }],
      requireKnownMemberId: false,
      ...changes,
    });
  }

  async function settle(groupId = GROUP): Promise<string> {
    const joining = joinGroup({}, groupId);
    clock.advance(REBALANCE_DELAY_MS + 1);
    const { memberId, generationId } = await joining;
    await coordinator.sync(groupId, {
      memberId,
      generationId,
      groupInstanceId: null,
      protocolType: null,
      protocolName: null,
      assignments: [{ memberId, assignment: Buffer.from('all') }],
    });
    return memberId;
  }

  function heartbeat(memberId: string): ErrorCode {
    return coordinator.heartbeat(GROUP, { memberId, groupInstanceId: null, generationId: 1 });
  }

  async function commit(groupId: string): Promise<void> {
    const place = { topic: 'topic', partition: 0, leaderEpoch: -1, metadata: '' };
    await storage.offsets.commit(groupId, [{ ...place, offset: 5, commitTimestampMs: 0 }]);
  }

  it('ends the initial delay by its own timer', async () => {
    const joining = joinGroup();
    expect(clock.pendingTimers).toBe(1);
    clock.advance(REBALANCE_DELAY_MS + 1);
    expect(await joining).toMatchObject({ errorCode: ErrorCode.NONE, generationId: 1 });
  });

  it('sets no timer for a heartbeat, and expires the member once it falls silent', async () => {
    const memberId = await settle();
    for (let beat = 0; beat < 20; beat += 1) {
      clock.advance(3_000);
      expect(heartbeat(memberId)).toBe(ErrorCode.NONE);
      expect(clock.pendingTimers).toBe(1);
    }
    clock.advance(SESSION_TIMEOUT_MS + 10);
    expect(heartbeat(memberId)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
  });

  it('has no timer left when the last member is gone', async () => {
    const memberId = await settle();
    coordinator.leave(GROUP, memberId, null);
    expect(clock.pendingTimers).toBe(0);
    expect(coordinator.list()).toEqual([]);
  });

  it('goes on knowing an empty group that has committed offsets', async () => {
    const memberId = await settle();
    await commit(GROUP);
    coordinator.leave(GROUP, memberId, null);
    expect(coordinator.list()).toEqual([{ groupId: GROUP, protocolType: 'consumer', state: 'Empty' }]);
    expect(coordinator.describe(GROUP)).toMatchObject({ state: 'Empty', members: [] });
    expect(await coordinator.delete(GROUP)).toBe(ErrorCode.NONE);
    expect(coordinator.describe(GROUP)).toMatchObject({ state: 'Dead' });
    expect(storage.offsets.list(GROUP)).toEqual([]);
  });

  it('refuses session timeouts out of bounds and members nobody knows', async () => {
    expect(await joinGroup({ sessionTimeoutMs: 100 })).toMatchObject({
      errorCode: ErrorCode.INVALID_SESSION_TIMEOUT,
    });
    expect(await joinGroup({ memberId: 'from before a restart' })).toMatchObject({
      errorCode: ErrorCode.UNKNOWN_MEMBER_ID,
    });
    expect(heartbeat('stranger')).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
    expect(clock.pendingTimers).toBe(0);
  });

  it('makes room for a new group among those without members, and else refuses it', async () => {
    coordinator = createCoordinator({ maxGroups: 1 });
    const memberId = await settle();
    expect(await joinGroup({}, 'second')).toMatchObject({ errorCode: ErrorCode.POLICY_VIOLATION });
    await commit(GROUP);
    coordinator.leave(GROUP, memberId, null);
    await settle('second');
    expect(coordinator.describe(GROUP)).toMatchObject({ state: 'Empty' });
  });

  it('bounds the groups that have committed offsets', async () => {
    coordinator = createCoordinator({ maxCommittedGroups: 1 });
    const outside = { memberId: '', groupInstanceId: null, generationId: -1 };
    expect(coordinator.checkCommit('first', outside)).toBe(ErrorCode.NONE);
    await commit('first');
    expect(coordinator.checkCommit('first', outside)).toBe(ErrorCode.NONE);
    expect(coordinator.checkCommit('second', outside)).toBe(ErrorCode.POLICY_VIOLATION);
  });

  it('counts what its members hold, and forgets it with them', async () => {
    coordinator = createCoordinator({ maxGroupBytes: 1_000 });
    const large = { protocols: [{ name: 'range', metadata: Buffer.alloc(900) }] };
    const joining = joinGroup(large);
    expect(await joinGroup(large, 'second')).toMatchObject({ errorCode: ErrorCode.POLICY_VIOLATION });
    clock.advance(REBALANCE_DELAY_MS + 1);
    const { memberId } = await joining;
    coordinator.leave(GROUP, memberId, null);
    const again = joinGroup(large, 'second');
    clock.advance(REBALANCE_DELAY_MS + 1);
    expect(await again).toMatchObject({ errorCode: ErrorCode.NONE });
  });
});
