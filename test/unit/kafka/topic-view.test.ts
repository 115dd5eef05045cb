import { describe, expect, it } from 'vitest';
import { missingTopicView, topicView } from '../../../src/main/kafka/topic-view.js';
import { ResonanceError } from '../../../src/shared/errors.js';

const partition = { partitionErrorCode: 0, partitionId: 0, leader: 1, replicas: [1], isr: [1] };

function lagWith(low: string, high: string, committed: string | undefined): number | null | undefined {
  const view = topicView({
    metadata: { name: 'topic', partitions: [partition] },
    role: null,
    ends: new Map([['topic/0', { topic: 'topic', partition: 0, lowOffset: low, highWatermark: high }]]),
    committed: committed === undefined ? undefined : new Map([[0, committed]]),
    differences: [],
  });
  return view.partitions[0]?.lag;
}

describe('the view of a topic', () => {
  it.each([
    ['what lies behind the committed offset', '0', '10', '7', 3],
    ['nothing when all is consumed', '0', '10', '10', 0],
    ['everything there is before the first commit', '4', '10', '-1', 6],
    ['what is left when retention has passed the committed offset', '8', '10', '2', 2],
    ['nothing when the topic was emptied and is shorter than what was committed', '0', '3', '7', 0],
  ])('counts as lag %s', (_, low, high, committed, lag) => {
    expect(lagWith(low, high, committed)).toBe(lag);
  });

  it('has no lag where the group does not consume', () => {
    expect(lagWith('0', '10', undefined)).toBeNull();
  });

  it('does not know what the leader or the coordinator alone knows while they can’t be asked, and says why', () => {
    const away = new ResonanceError('KAFKA_UNREACHABLE', 'broker 2 is away', { retriable: true });
    const parts = { role: null, differences: [], metadata: { name: 'topic', partitions: [partition] } };
    const ends = { topic: 'topic', partition: 0, lowOffset: '0', highWatermark: '9' };
    const reason = { unknown: { code: 'KAFKA_UNREACHABLE', message: 'broker 2 is away' } };
    const noLeader = topicView({
      ...parts,
      ends: new Map([['topic/0', away]]),
      committed: new Map([[0, '7']]),
    });
    const unread = { lowOffset: null, highWatermark: null, lag: null, ...reason };
    expect(noLeader.partitions).toMatchObject([{ ...unread, committedOffset: '7', replicas: [1] }]);
    const noCoordinator = topicView({ ...parts, ends: new Map([['topic/0', ends]]), committed: away });
    expect(noCoordinator.partitions).toMatchObject([
      { highWatermark: '9', committedOffset: null, lag: null, ...reason },
    ]);
  });

  it('sorts the partitions, and shows a topic that does not exist as such', () => {
    const view = topicView({
      metadata: { name: 'topic', partitions: [{ ...partition, partitionId: 1 }, partition] },
      role: 'inbound',
      ends: new Map(),
      committed: undefined,
      differences: [],
    });
    expect(view.partitions.map(({ partition: id }) => id)).toEqual([0, 1]);
    expect(missingTopicView('other', null)).toEqual({
      name: 'other',
      role: null,
      exists: false,
      partitions: [],
      differences: [],
    });
  });
});
