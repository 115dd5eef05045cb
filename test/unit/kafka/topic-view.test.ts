import { describe, expect, it } from 'vitest';
import { missingTopicView, topicView } from '../../../src/main/kafka/topic-view.js';

const partition = { partitionErrorCode: 0, partitionId: 0, leader: 1, replicas: [1], isr: [1] };

function lagWith(low: string, high: string, committed: string | undefined): number | null | undefined {
  const view = topicView({
    metadata: { name: 'topic', partitions: [partition] },
    role: null,
    offsets: [{ partition: 0, offset: high, low, high }],
    committed: committed === undefined ? undefined : [{ partition: 0, offset: committed }],
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

  it('sorts the partitions, and shows a topic that does not exist as such', () => {
    const view = topicView({
      metadata: { name: 'topic', partitions: [{ ...partition, partitionId: 1 }, partition] },
      role: 'inbound',
      offsets: [],
      committed: undefined,
      differences: [],
    });
    expect(view.partitions.map(({ partition: id, highWatermark }) => [id, highWatermark])).toEqual([
      [0, '0'],
      [1, '0'],
    ]);
    expect(missingTopicView('other', null)).toEqual({
      name: 'other',
      role: null,
      exists: false,
      partitions: [],
      differences: [],
    });
  });
});
