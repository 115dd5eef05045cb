import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KafkaAdmin } from '../../../src/main/kafka/kafka-admin.js';
import type { DoctorStep } from '../../../src/shared/feed.js';
import { brokerProviders, type TestBroker } from '../../support/brokers.js';
import { KafkaFixture } from '../../support/kafka-fixture.js';
import { startTestNode, type TestNode } from '../../support/test-node.js';

const hourMs = 3_600_000;

describe.each(brokerProviders())('the topics of a node on $name', ({ start }) => {
  let broker: TestBroker;
  let fixture: KafkaFixture;
  let node: TestNode | undefined;

  beforeAll(async () => {
    broker = await start();
  }, 120_000);
  afterAll(() => broker?.close());
  beforeEach(() => {
    fixture = new KafkaFixture(broker.brokers);
  });
  afterEach(async () => {
    await node?.close();
    node = undefined;
    await fixture.close();
  });

  async function startNode(newTopics: Record<string, number>): Promise<TestNode> {
    node = await startTestNode({
      settings: {
        kafka: {
          mode: 'external',
          brokers: broker.brokers,
          groupId: fixture.groupId,
          topics: fixture.topics,
          newTopics,
        },
      },
    });
    return node;
  }

  it('are created on demand with the partitions and the retention of the settings', async () => {
    const { feed } = await startNode({ partitions: 3, retentionMs: hourMs });
    await feed(({ status }) => (status?.kafka.consumer.link.phase === 'open' ? true : undefined));
    const wanted = { 'retention.ms': String(hourMs) };
    const [inbound] = await fixture.admin.describeTopics([fixture.topics.inbound]);
    expect(inbound?.partitions).toHaveLength(3);
    expect(await retentionOf(fixture.topics.inbound, wanted)).toEqual([]);
  });

  it('that exist with other settings are told in the bell, the view and the doctor, and never changed', async () => {
    const { inbound, stateSync } = fixture.topics;
    await fixture.admin.createTopic(inbound, {
      partitions: 1,
      configs: { 'retention.ms': String(2 * hourMs) },
    });
    await fixture.admin.createTopic(stateSync, {
      partitions: 2,
      configs: { 'retention.ms': String(hourMs) },
    });
    const { node: running, feed } = await startNode({ partitions: 2, retentionMs: hourMs });
    const alert = await feed(({ alerts }) => alerts?.find(({ key }) => key === 'kafka.topics.different'));
    expect(alert).toMatchObject({
      severity: 'warning',
      message: `Topics with other settings than new ones get: ${inbound} (partitions, retention.ms)`,
      hint: expect.stringContaining('changes no existing topic'),
    });

    const views = await running.execute('topics.list', undefined);
    const differences = new Map(views.map((view) => [view.name, view.differences]));
    expect(differences.get(stateSync)).toEqual([]);
    expect(differences.get(inbound)).toEqual([
      { setting: 'partitions', wanted: '2', actual: '1' },
      { setting: 'retention.ms', wanted: '3600000', actual: '7200000' },
    ]);

    await running.execute('doctor.run', undefined);
    const step = await feed(({ doctor }) => doctor?.steps.find(isAbout(inbound)));
    expect(step).toMatchObject({
      state: 'passed',
      detail: expect.stringContaining('partitions is 1, wanted 2; retention.ms is 7200000, wanted 3600000'),
    });

    await fixture.addPartitions(inbound, 2);
    // A broker of Apache Kafka hears of them a moment after the controller has made them.
    await expect
      .poll(async () => (await fixture.admin.describeTopics([inbound]))[0]?.partitions.length)
      .toBe(2);
    await running.execute('topics.list', undefined);
    expect(running.monitor.alerts.list().find(({ key }) => key === 'kafka.topics.different')?.message).toBe(
      `Topics with other settings than new ones get: ${inbound} (retention.ms)`,
    );
  }, 60_000);

  /** What of these configs a topic has otherwise. */
  async function retentionOf(topic: string, configs: Record<string, string>) {
    const comparing = new KafkaAdmin({ ...fixture.parts, newTopics: { configs } });
    try {
      return (await comparing.compareTopics([topic])).get(topic);
    } finally {
      await comparing.close();
    }
  }
});

function isAbout(topic: string): (step: DoctorStep) => boolean {
  return ({ id, state }) => id === `kafka.topic.${topic}` && state !== 'running';
}
