import { describe, expect, it } from 'vitest';
import { GroupMember } from '../../../../src/main/broker/groups/group-member.js';
import type { JoinRequest } from '../../../../src/main/broker/groups/group-messages.js';
import { GroupRoster } from '../../../../src/main/broker/groups/group-roster.js';

function request(changes: Partial<JoinRequest> = {}): JoinRequest {
  return {
    memberId: '',
    groupInstanceId: null,
    clientId: 'client',
    clientHost: '127.0.0.1',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 60_000,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.from('subscription') }],
    requireKnownMemberId: false,
    ...changes,
  };
}

function rosterOf(...memberIds: readonly string[]): GroupRoster {
  const roster = new GroupRoster();
  for (const memberId of memberIds) roster.add(new GroupMember(memberId, request(), 0));
  return roster;
}

function memberOf(roster: GroupRoster, memberId: string): GroupMember {
  const member = roster.get(memberId);
  if (member === undefined) throw new Error(`${memberId} is not there`);
  return member;
}

describe('who is in a consumer group', () => {
  it('is led by the first, and by the oldest of the others when that one goes', () => {
    const roster = rosterOf('a', 'b', 'c');
    expect(roster.leaderId).toBe('a');
    roster.remove(memberOf(roster, 'a'));
    expect([roster.leaderId, roster.members.map(({ memberId }) => memberId)]).toEqual(['b', ['b', 'c']]);
    roster.remove(memberOf(roster, 'b'));
    roster.remove(memberOf(roster, 'c'));
    expect([roster.leaderId, roster.isEmpty]).toEqual([null, true]);
  });

  it('is led by the first that rejoined when the leader did not', () => {
    const roster = rosterOf('a', 'b', 'c');
    memberOf(roster, 'c').replyToJoin = () => undefined;
    roster.electPresentLeader();
    expect(roster.leaderId).toBe('c');
    memberOf(roster, 'b').replyToJoin = () => undefined;
    roster.electPresentLeader();
    expect(roster.leaderId).toBe('c');
  });

  it('counts an id that was given out until somebody joins with it or it lapses', () => {
    const roster = rosterOf('a');
    roster.giveOutId('b', 500);
    roster.giveOutId('c', 600);
    expect([roster.size, roster.hasPendingIds, roster.nextDeadlineMs()]).toEqual([3, true, 500]);
    roster.add(new GroupMember('b', request(), 0));
    expect([roster.size, roster.isPending('b')]).toEqual([3, false]);
    roster.takeBackLapsedIds(600);
    expect([roster.size, roster.hasPendingIds]).toEqual([2, false]);
    expect(roster.takeBackId('c')).toBe(false);
  });

  it('waits for no session of a member that it keeps waiting', () => {
    const roster = rosterOf('a', 'b');
    memberOf(roster, 'a').touch(-5_000);
    expect(roster.nextDeadlineMs()).toBe(5_000);
    memberOf(roster, 'a').replyToSync = () => undefined;
    expect(roster.nextDeadlineMs()).toBe(10_000);
  });

  it('finds the place of a client with a fixed name', () => {
    const roster = rosterOf('a');
    roster.add(new GroupMember('desk-1', request({ groupInstanceId: 'desk' }), 0));
    expect(roster.staticMember('desk')?.memberId).toBe('desk-1');
    expect([roster.staticMember('other'), roster.staticMember(null)]).toEqual([undefined, undefined]);
  });

  it('could agree with who supports what the others do, its own former self aside', () => {
    const roster = rosterOf('a');
    const other = request({ protocols: [{ name: 'roundrobin', metadata: Buffer.alloc(0) }] });
    expect(roster.couldAgreeWith(request())).toBe(true);
    expect(roster.couldAgreeWith(other)).toBe(false);
    expect(roster.couldAgreeWith({ ...other, memberId: 'a' })).toBe(true);
  });

  it('is as patient in a rebalance as its most patient member', () => {
    const roster = rosterOf('a');
    roster.add(new GroupMember('b', request({ rebalanceTimeoutMs: 90_000 }), 0));
    expect([roster.longestRebalanceTimeoutMs, new GroupRoster().longestRebalanceTimeoutMs]).toEqual([
      90_000, 0,
    ]);
  });
});
