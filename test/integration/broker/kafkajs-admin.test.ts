import { type Admin, ConfigResourceTypes } from 'kafkajs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KafkajsClients, Received } from '../../support/broker/kafkajs-clients.js';
import { startTestBroker, type TestBroker } from '../../support/embedded-broker.js';

const TOPIC = 'resonance.admin';
const GROUP = 'resonance-admin-group';

describe('the kafkajs admin on the embedded broker', () => {
  let broker: TestBroker;
  let clients: KafkajsClients;
  let admin: Admin;

  beforeEach(async () => {
    broker = await startTestBroker({ defaults: { minSessionTimeoutMs: 1_000 } });
    clients = new KafkajsClients(broker.brokers);
    admin = await clients.admin();
  });

  afterEach(async () => {
    await clients.close();
    await broker.close();
  });

  async function produce(count: number): Promise<void> {
    const producer = await clients.producer();
    await producer.send({
      topic: TOPIC,
      messages: Array.from({ length: count }, (_, index) => ({ value: `v${index}` })),
    });
  }

  async function consumeAll(count: number): Promise<() => Promise<void>> {
    const consumer = await clients.consumer({ groupId: GROUP });
    const received = new Received();
    await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => received.add(String(message.value)) });
    await received.until((values) => values.length >= count);
    return () => consumer.disconnect();
  }

  it('describes the cluster as one broker that is its own controller', async () => {
    const cluster = await admin.describeCluster();
    expect(cluster.brokers).toEqual([{ nodeId: 1, host: '127.0.0.1', port: broker.port }]);
    expect(cluster.controller).toBe(1);
    expect(cluster.clusterId).toMatch(/^[\w-]{22}$/);
  });

  it('creates, lists, describes, grows and deletes topics', async () => {
    expect(await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 2 }] })).toBe(true);
    expect(await admin.createTopics({ topics: [{ topic: TOPIC }] })).toBe(false);
    expect(await admin.listTopics()).toEqual([TOPIC]);
    await admin.createPartitions({ topicPartitions: [{ topic: TOPIC, count: 3 }] });
    const { topics } = await admin.fetchTopicMetadata({ topics: [TOPIC] });
    expect(topics[0]?.partitions.map(({ partitionId, leader, isr }) => [partitionId, leader, isr])).toEqual([
      [0, 1, [1]],
      [1, 1, [1]],
      [2, 1, [1]],
    ]);
    await admin.deleteTopics({ topics: [TOPIC] });
    expect(await admin.listTopics()).toEqual([]);
  });

  it('refuses what one broker cannot do, each with its reason', async () => {
    const refused = (topic: object) => admin.createTopics({ topics: [{ topic: TOPIC, ...topic }] });
    await expect(refused({ replicationFactor: 3 })).rejects.toMatchObject({
      errors: [{ type: 'INVALID_REPLICATION_FACTOR' }],
    });
    await expect(refused({ numPartitions: 0 })).rejects.toMatchObject({
      errors: [{ type: 'INVALID_PARTITIONS' }],
    });
    await expect(refused({ topic: 'not a topic name' })).rejects.toMatchObject({
      errors: [{ type: 'INVALID_TOPIC_EXCEPTION' }],
    });
    expect(await admin.listTopics()).toEqual([]);
  });

  it('checks a topic without creating it', async () => {
    await admin.createTopics({ validateOnly: true, waitForLeaders: false, topics: [{ topic: TOPIC }] });
    expect(await admin.listTopics()).toEqual([]);
  });

  it('shows and changes the settings of a topic', async () => {
    await admin.createTopics({
      topics: [{ topic: TOPIC, configEntries: [{ name: 'retention.ms', value: '60000' }] }],
    });
    const resource = { type: ConfigResourceTypes.TOPIC, name: TOPIC };
    const retention = async () => {
      const described = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ ...resource, configNames: ['retention.ms'] }],
      });
      return described.resources[0]?.configEntries.map((entry) => [entry.configValue, entry.isDefault]);
    };
    expect(await retention()).toEqual([['60000', false]]);
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ ...resource, configEntries: [{ name: 'retention.bytes', value: '1000000' }] }],
    });
    expect(await retention()).toEqual([['604800000', true]]);
  });

  it('tells the offsets of a topic, also by time, and deletes records', async () => {
    await produce(10);
    expect(await admin.fetchTopicOffsets(TOPIC)).toEqual([
      { partition: 0, offset: '10', high: '10', low: '0' },
    ]);
    const [future] = await admin.fetchTopicOffsetsByTimestamp(TOPIC, Date.now() + 3_600_000);
    expect(future?.offset).toBe('10');
    const [past] = await admin.fetchTopicOffsetsByTimestamp(TOPIC, 1);
    expect(past?.offset).toBe('0');
    await admin.deleteTopicRecords({ topic: TOPIC, partitions: [{ partition: 0, offset: '4' }] });
    expect(await admin.fetchTopicOffsets(TOPIC)).toMatchObject([{ low: '4', high: '10' }]);
  });

  it('describes a group with its member, refuses to delete it while active, deletes it when empty', async () => {
    await produce(5);
    const leave = await consumeAll(5);
    const { groups } = await admin.describeGroups([GROUP, 'nobody']);
    expect(groups).toMatchObject([
      { groupId: GROUP, state: 'Stable', protocolType: 'consumer', members: [{ clientId: 'test' }] },
      { groupId: 'nobody', state: 'Dead', members: [] },
    ]);
    await expect(admin.deleteGroups([GROUP])).rejects.toMatchObject({
      groups: [{ groupId: GROUP, errorCode: 68 }],
    });
    await leave();
    expect(await admin.listGroups()).toEqual({ groups: [{ groupId: GROUP, protocolType: 'consumer' }] });
    expect(await admin.deleteGroups([GROUP])).toMatchObject([{ groupId: GROUP, errorCode: 0 }]);
    expect(await admin.listGroups()).toEqual({ groups: [] });
  });

  it('shows and sets the committed offsets of a group without members', async () => {
    await produce(8);
    const leave = await consumeAll(8);
    await leave();
    const committed = () => admin.fetchOffsets({ groupId: GROUP, topics: [TOPIC] });
    expect(await committed()).toMatchObject([{ partitions: [{ partition: 0, offset: '8' }] }]);
    await admin.setOffsets({ groupId: GROUP, topic: TOPIC, partitions: [{ partition: 0, offset: '3' }] });
    expect(await committed()).toMatchObject([{ partitions: [{ partition: 0, offset: '3' }] }]);
    await admin.deleteTopics({ topics: [TOPIC] });
    expect(await admin.fetchOffsets({ groupId: GROUP })).toEqual([]);
  });
});
