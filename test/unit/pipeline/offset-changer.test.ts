import { beforeEach, expect, test } from 'vitest';
import type { GroupReading } from '../../../src/main/kafka/group-admin.js';
import { OffsetChanger, type OwnMembership } from '../../../src/main/pipeline/offset-changer.js';
import type { OffsetIntention } from '../../../src/main/pipeline/offset-intention.js';
import { ManualClock } from '../../support/manual-clock.js';
import { silentLogger } from '../../support/silent-logger.js';

const intention: OffsetIntention = {
  kind: 'reset',
  request: { groupId: 'g', target: { kind: 'earliest' }, scope: [] },
};

const member = (memberId: string) => ({ memberId, clientId: 'test', host: '127.0.0.1', assignment: [] });

/** The group as the brokers have it: what it has committed of its only partition, and who is in it. */
let committed: string | null;
let members: string[];
/** What happened, in its order. */
let events: string[];
/** What the brokers do when they are to change the offset. */
let answer: (offset: string | null) => void;
let canRead: boolean;
let clock: ManualClock;
let changer: OffsetChanger;

beforeEach(() => {
  committed = '4';
  members = [];
  events = [];
  answer = (offset) => {
    committed = offset;
  };
  canRead = true;
  clock = new ManualClock();
  changer = new OffsetChanger({
    admin: {
      read: async (): Promise<GroupReading> => {
        if (!canRead) throw new Error('the brokers are gone');
        const partition = { topic: 't', partition: 0, lowOffset: '0', highWatermark: '10' };
        return {
          groupId: 'g',
          state: members.length > 0 ? 'Stable' : 'Empty',
          members: members.map(member),
          partitions: [{ ...partition, committedOffset: committed }],
        };
      },
      offsetsAt: async () => new Map(),
      canForget: async () => true,
      changeOffsets: async (_groupId, changes) => {
        for (const { offset } of changes) {
          events.push(`change to ${offset}`);
          answer(offset);
        }
      },
    },
    snapshots: {
      save: async ({ partitions }) => {
        events.push(`save ${partitions.map(({ before, after }) => `${before} before ${after}`)}`);
      },
      remove: async () => {
        events.push('remove');
      },
    },
    clusterId: async () => 'c',
    clock,
    logger: silentLogger,
  });
});

async function change(): Promise<string | null | undefined> {
  const { rows } = await changer.plan(intention);
  return (await changer.change(intention, rows)).rows[0]?.after;
}

test('keeps what was there before it changes anything', async () => {
  expect(await change()).toBe('0');
  expect(events).toEqual(['save 4 before 0', 'change to 0']);
});

test('keeps nothing of what was refused', async () => {
  answer = () => {
    throw new Error('refused');
  };
  await expect(change()).rejects.toThrow('refused');
  expect(events).toEqual(['save 4 before 0', 'change to 0', 'remove']);
});

test.each([
  ['it was changed in spite of the failure', () => (committed = '0')],
  ['nobody can tell whether it was changed', () => (canRead = false)],
])('keeps what was there before when %s', async (_case, happen) => {
  answer = () => {
    happen();
    throw new Error('timed out');
  };
  await expect(change()).rejects.toThrow('timed out');
  expect(events).toEqual(['save 4 before 0', 'change to 0']);
});

test('changes nothing that has moved on since it was planned, or while anybody is in the group', async () => {
  const { rows } = await changer.plan(intention);
  committed = '6';
  await expect(changer.change(intention, rows)).rejects.toMatchObject({ code: 'KAFKA_OFFSETS_CHANGED' });
  committed = '4';
  members = ['somebody'];
  await expect(changer.change(intention, rows)).rejects.toMatchObject({ code: 'KAFKA_GROUP_NOT_EMPTY' });
  expect(events).toEqual([]);
});

/** This node, whose leave the brokers may not have heard of. */
const own: OwnMembership = {
  groupId: 'g',
  memberId: () => 'me',
  async whileOutside(work) {
    events.push('leave');
    try {
      return await work();
    } finally {
      events.push('join');
    }
  },
};

test('plans for the group of this node once it is outside, and the brokers miss it', async () => {
  members = ['me'];
  const changed = changer.changeFromOutside(own, intention);
  await clock.advanceSlowly(3_000);
  expect(events).toEqual(['leave']);
  members = [];
  committed = '7';
  await clock.advanceSlowly(1_000);
  expect((await changed).rows[0]).toMatchObject({ before: '7', after: '0' });
  expect(events).toEqual(['leave', 'save 7 before 0', 'change to 0', 'join']);
});

test.each([
  ['at once when somebody else is in the group too', ['me', 'somebody'], 0],
  ['after a while when the brokers do not let go of this node', ['me'], 10_500],
])('gives up %s', async (_case, present, afterMs) => {
  members = present;
  const changed = changer.changeFromOutside(own, intention);
  const refused = expect(changed).rejects.toMatchObject({ code: 'KAFKA_GROUP_NOT_EMPTY' });
  await clock.advanceSlowly(afterMs);
  await refused;
  expect(events).toEqual(['leave', 'join']);
});
