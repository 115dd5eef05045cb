import { expect, test } from 'vitest';
import { differenceWords } from '../../../../src/renderer/src/views/Topics/topic-differences.js';
import {
  sortTopics,
  summariseTopic,
  usualReplication,
} from '../../../../src/renderer/src/views/Topics/topic-summary.js';
import type { TopicPartitionView, TopicView } from '../../../../src/shared/feed.js';

function partition(number: number, part: Partial<TopicPartitionView> = {}): TopicPartitionView {
  return {
    partition: number,
    lowOffset: '0',
    highWatermark: '0',
    committedOffset: null,
    lag: null,
    leader: 1,
    replicas: [1],
    inSyncReplicas: [1],
    ...part,
  };
}

function topic(name: string, part: Partial<TopicView> = {}): TopicView {
  return { name, role: null, exists: true, partitions: [partition(0)], differences: [], ...part };
}

test('a topic sums up what its partitions hold and how far the group is behind', () => {
  const partitions = [
    partition(0, { lowOffset: '10', highWatermark: '9007199254740993010', lag: 3 }),
    partition(1, { highWatermark: '5', lag: 4 }),
  ];
  expect(summariseTopic(topic('a', { partitions }))).toMatchObject({
    messages: Number(9007199254740993005n),
    lag: 7,
    replicas: 1,
    standing: 'healthy',
  });
});

test('a topic that the group does not read has no lag, not a lag of zero', () => {
  expect(summariseTopic(topic('a')).lag).toBeNull();
});

test('the worst that can be said of a topic is said', () => {
  const short = partition(0, { replicas: [1, 2], inSyncReplicas: [1] });
  expect(summariseTopic(topic('a', { partitions: [short] })).standing).toBe('under-replicated');
  expect(summariseTopic(topic('a', { partitions: [short, partition(1, { leader: -1 })] })).standing).toBe(
    'leaderless',
  );
  expect(summariseTopic(topic('a', { exists: false, partitions: [] })).standing).toBe('missing');
});

test('what only a broker knows that can’t be asked is unknown, not nothing, and says why', () => {
  const away = { code: 'KAFKA_UNREACHABLE', message: 'broker 2 is away', retriable: true } as const;
  const unasked = { lowOffset: null, highWatermark: null, unknown: away };
  const partitions = [partition(0, { highWatermark: '5', lag: 4 }), partition(1, unasked)];
  expect(summariseTopic(topic('a', { partitions }))).toMatchObject({
    messages: null,
    lag: null,
    isLagUnknown: false,
    standing: 'unreachable',
    unknown: [{ partitions: [1], reason: away }],
  });
  expect(summariseTopic(topic('a', { partitions, role: 'inbound' })).isLagUnknown).toBe(true);
  const noCoordinator = [partition(0, { highWatermark: '5', unknown: away })];
  expect(summariseTopic(topic('a', { partitions: noCoordinator }))).toMatchObject({
    messages: 5,
    lag: null,
    standing: 'healthy',
  });
});

test('the topic of the dead letters is not missing before there is a dead letter', () => {
  const absent = topic('resonance.dead-letter', { role: 'dead letters', exists: false, partitions: [] });
  expect(summariseTopic(absent).standing).toBe('absent');
  const used = topic('resonance.inbound', { role: 'inbound' });
  expect(sortTopics([used, absent])).toEqual([absent, used]);
});

test('missing topics come first, then those that the settings use, then the others by name', () => {
  const topics = [
    topic('zebra'),
    topic('node-10'),
    topic('node-2'),
    topic('aloe'),
    topic('used', { role: 'inbound' }),
    topic('gone', { role: 'nexus', exists: false }),
  ];
  expect(sortTopics(topics).map(({ name }) => name)).toEqual([
    'gone',
    'used',
    'aloe',
    'node-2',
    'node-10',
    'zebra',
  ]);
});

test('new topics get as many copies as the others have', () => {
  expect(usualReplication([])).toBe(1);
  expect(usualReplication([topic('a', { partitions: [partition(0, { replicas: [1, 2, 3] })] })])).toBe(3);
});

test.each([
  ['partitions', '1', '3', { setting: 'Partitions', actual: '1', wanted: '3' }],
  ['replicationFactor', '1', '2', { setting: 'Replicas', actual: '1', wanted: '2' }],
  ['retention.ms', '604800000', '-1', { setting: 'Retention', actual: '7 d', wanted: 'for ever' }],
  ['cleanup.policy', 'compact', 'delete', { setting: 'cleanup.policy', actual: 'compact', wanted: 'delete' }],
])(
  'a topic with another %s than the settings want says what is and what is wanted',
  (setting, actual, wanted, words) => {
    expect(differenceWords({ setting, actual, wanted })).toEqual(words);
  },
);
