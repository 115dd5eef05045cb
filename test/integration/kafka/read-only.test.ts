import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { brokerProviders, type TestBroker } from '../../support/brokers.js';
import { KafkaFixture } from '../../support/kafka-fixture.js';

describe.each(brokerProviders())('a read-only connection to $name', ({ start }) => {
  let broker: TestBroker;
  let writer: KafkaFixture;
  let watcher: KafkaFixture;

  beforeAll(async () => {
    broker = await start();
  }, 120_000);
  afterAll(() => broker?.close());
  beforeEach(() => {
    writer = new KafkaFixture(broker.brokers);
    watcher = new KafkaFixture(broker.brokers, { readOnly: true });
  });
  afterEach(async () => {
    await watcher.close();
    await writer.close();
  });

  it('reads what others send, in a group of its own and without a commit', async () => {
    const topic = writer.topics.inbound;
    await writer.admin.createTopic(topic);
    const consumer = watcher.consumer({ topics: [topic] });
    await consumer.start();
    const producer = writer.producer();
    const ids = Array.from({ length: 3 }, (_, index) => `id-${index}`);
    // The tap begins at the end of the topic, wherever that is at its first fetch.
    while (watcher.envelopes.length === 0) {
      for (const id of ids) await producer.publish({ type: 'heartbeat', id }, { topic });
    }
    await consumer.close();
    expect(consumer.view.groupId).toMatch(/^resonance-tap-/);
    expect(await writer.admin.listGroups()).not.toContain(watcher.groupId);
    const [view] = await writer.admin.describeTopics([topic], {
      groupId: consumer.view.groupId,
      consumedTopics: [topic],
    });
    expect(view?.partitions[0]?.committedOffset).toBeNull();
  });

  it('reads what exists, makes nothing that does not, and reads that as well once somebody else has made it', async () => {
    const { inbound, stateSync } = writer.topics;
    await writer.admin.createTopic(inbound);
    const consumer = watcher.consumer({ topics: [inbound, stateSync] });
    await consumer.start();
    const assigned = (): string[] => consumer.view.assignment.map(({ topic }) => topic).sort();
    await watcher.untilChange(consumer, () => assigned().length === 1);
    expect(await writer.admin.listTopics()).not.toContain(stateSync);
    await writer.admin.createTopic(stateSync);
    await watcher.untilChange(consumer, () => assigned().length === 2);
    expect(assigned()).toEqual([inbound, stateSync].sort());
  }, 30_000);

  it('sends, creates and deletes nothing', async () => {
    const kept = writer.topics.outbound;
    await writer.admin.createTopic(kept);
    const code = { code: 'PROFILE_READ_ONLY' };
    await expect(watcher.producer().publish({ type: 'heartbeat' }, { topic: kept })).rejects.toMatchObject(
      code,
    );
    await expect(watcher.admin.createTopic('made-by-a-watcher')).rejects.toMatchObject(code);
    await expect(watcher.admin.deleteTopics([kept])).rejects.toMatchObject(code);
    await expect(watcher.admin.deleteGroup('any')).rejects.toMatchObject(code);
    expect((await watcher.admin.ensureTopics([kept, 'missing-topic'])).has('missing-topic')).toBe(false);
    const [view] = await writer.admin.describeTopics([kept]);
    expect(view?.partitions.map(({ highWatermark }) => highWatermark)).toEqual(['0']);
    const topics = await writer.admin.listTopics();
    expect(topics).not.toContain('made-by-a-watcher');
    expect(topics).not.toContain('missing-topic');
  });

  it('is cut rather than let a raw client produce', async () => {
    const topic = writer.topics.outbound;
    await writer.admin.createTopic(topic);
    await expect(watcher.produceRaw(topic, [Buffer.from('x')])).rejects.toThrow();
    const [view] = await writer.admin.describeTopics([topic]);
    expect(view?.partitions[0]?.highWatermark).toBe('0');
  });
});
