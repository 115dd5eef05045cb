import { afterAll, beforeAll, describe, expect, it, type OnTestFinishedHandler } from 'vitest';
import { KafkaAdmin } from '../../../src/main/kafka/kafka-admin.js';
import type { ResonanceError } from '../../../src/shared/errors.js';
import { brokerProviders, type TestBroker } from '../../support/brokers.js';
import { KafkaFixture } from '../../support/kafka-fixture.js';

// The tests wait for the consumer to look, each for itself: side by side.
describe.concurrent.each(brokerProviders())('topics that change under a consumer on $name', ({ start }) => {
  let broker: TestBroker;

  beforeAll(async () => {
    broker = await start();
  }, 120_000);
  afterAll(() => broker?.close());

  function createFixture(onTestFinished: (close: OnTestFinishedHandler) => void): KafkaFixture {
    const fixture = new KafkaFixture(broker.brokers);
    onTestFinished(() => fixture.close());
    return fixture;
  }

  it('has new partitions read within 15 s, from their beginning', async ({ onTestFinished }) => {
    const fixture = createFixture(onTestFinished);
    const { inbound } = fixture.topics;
    await fixture.admin.createTopic(inbound, { partitions: 1 });
    await fixture.consumer({ topics: [inbound] }).start();
    await fixture.addPartitions(inbound, 3);
    await fixture.produceRaw(inbound, [heartbeat('first of partition 2')], 2);
    expect(await elapsed(received(fixture, 'first of partition 2'))).toBeLessThan(15_000);
    await fixture.produceRaw(inbound, [heartbeat('first of partition 1')], 1);
    await received(fixture, 'first of partition 1');
  }, 40_000);

  it('has the other topics read on within 10 s when one is deleted, and the one made anew with more partitions within 15 s', async ({
    onTestFinished,
  }) => {
    const fixture = createFixture(onTestFinished);
    const { inbound, stateSync } = fixture.topics;
    await fixture.admin.createTopic(inbound, { partitions: 1 });
    await fixture.admin.createTopic(stateSync, { partitions: 2 });
    const consumer = fixture.consumer({ topics: [inbound, stateSync] });
    await consumer.start();
    await fixture.produceRaw(inbound, [heartbeat('of the old topic')]);
    await received(fixture, 'of the old topic');

    await fixture.admin.deleteTopics([inbound]);
    const sent = ['a', 'b', 'c', 'd'];
    for (const [index, id] of sent.entries())
      await fixture.produceRaw(stateSync, [heartbeat(`other ${id}`)], index % 2);
    const others = Promise.all(sent.map((id) => received(fixture, `other ${id}`)));
    expect(await elapsed(others)).toBeLessThan(10_000);

    // The consumer may have been quicker and made it with the broker's default.
    await fixture.admin.createTopic(inbound, { partitions: 3 }).catch(async (error: ResonanceError) => {
      expect(error.code).toBe('KAFKA_TOPIC_EXISTS');
      await fixture.addPartitions(inbound, 3);
    });
    for (const partition of [0, 1, 2])
      await fixture.produceRaw(inbound, [heartbeat(`of new partition ${partition}`)], partition);
    const renewed = Promise.all(
      [0, 1, 2].map((partition) => received(fixture, `of new partition ${partition}`)),
    );
    expect(await elapsed(renewed)).toBeLessThan(15_000);
    expect(fixture.rejected).toEqual([]);
  }, 60_000);

  it('has a topic read while another does not exist and cannot be made, and that one too once it is there', async ({
    onTestFinished,
  }) => {
    const fixture = createFixture(onTestFinished);
    const { inbound, stateSync } = fixture.topics;
    await fixture.admin.createTopic(stateSync, { partitions: 1 });
    // A single broker cannot give them that many replicas.
    const catalogue = new KafkaAdmin({ ...fixture.parts, newTopics: { replicationFactor: 3 } });
    const reports: [readonly string[], string | undefined][] = [];
    let reported = (): void => undefined;
    const report = new Promise<void>((resolve) => {
      reported = resolve;
    });
    const consumer = fixture.consumer({
      topics: [inbound, stateSync],
      catalogue,
      onMissingTopics: (topics, reason) => {
        reports.push([topics, reason?.message]);
        reported();
      },
    });
    await consumer.start();
    await fixture.produceRaw(stateSync, [heartbeat('meanwhile')]);
    await received(fixture, 'meanwhile');
    await report;
    expect(reports).toEqual([
      [[inbound], expect.stringMatching(/fewer brokers than the replication factor/)],
    ]);

    await fixture.admin.createTopic(inbound, { partitions: 2 });
    await fixture.produceRaw(inbound, [heartbeat('at last')], 1);
    await received(fixture, 'at last');
    expect(reports.at(-1)).toEqual([[], undefined]);
    await catalogue.close();
  }, 40_000);
});

function heartbeat(id: string): Buffer {
  return Buffer.from(JSON.stringify({ type: 'heartbeat', id }));
}

function received(fixture: KafkaFixture, id: string): Promise<void> {
  return fixture.until(() => fixture.envelopes.some(({ message }) => message.id === id));
}

/** Milliseconds until the event. */
async function elapsed(event: Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await event;
  return performance.now() - startedAtMs;
}
