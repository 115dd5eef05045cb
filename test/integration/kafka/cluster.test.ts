import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GroupAdmin } from '../../../src/main/kafka/group-admin.js';
import { ResonanceError } from '../../../src/shared/errors.js';
import { ApacheKafka } from '../../support/apache-kafka.js';
import { whyApacheKafkaIsMissing } from '../../support/apache-kafka-distribution.js';
import { KafkaFixture } from '../../support/kafka-fixture.js';

describe.skipIf(whyApacheKafkaIsMissing() !== null)('on three nodes of Apache Kafka', () => {
  let cluster: ApacheKafka;
  let fixture: KafkaFixture;

  beforeAll(async () => {
    cluster = await ApacheKafka.start({ nodes: 3 });
  }, 120_000);
  afterAll(() => cluster?.close());
  beforeEach(() => {
    fixture = new KafkaFixture(cluster.brokers, { connectionTimeoutMs: 1_000, requestTimeoutMs: 3_000 });
  });
  afterEach(() => fixture.close());

  it('loses and repeats nothing while each node is killed in turn under load', async () => {
    const { topics } = fixture;
    await fixture.admin.createTopic(topics.inbound, { partitions: 3, replicationFactor: 3 });
    await fixture.consumer({ topics: [topics.inbound] }).start();
    const producer = fixture.producer();
    const acknowledged: string[] = [];
    let next = 0;
    let isOver = false;
    const load = (async () => {
      while (!isOver) {
        const ids = Array.from({ length: 20 }, () => String(next++));
        // What is not acknowledged in time is allowed to be lost, and is not counted.
        await Promise.allSettled(
          ids.map(async (id) => {
            await producer.publish(
              { type: 'heartbeat', id },
              { topic: topics.inbound, key: `key-${Number(id) % 9}` },
            );
            acknowledged.push(id);
          }),
        );
      }
    })();
    for (const node of cluster.nodes) {
      const before = acknowledged.length;
      await node.kill();
      await fixture.until(() => fixture.envelopes.length > before + 200);
      await node.start();
    }
    isOver = true;
    await load;
    await fixture.until(
      () => new Set(fixture.envelopes.map(({ message }) => message.id)).size >= acknowledged.length,
    );
    const positions = new Map(fixture.envelopes.map(({ message, kafka }) => [message.id, kafka]));
    expect(acknowledged.filter((id) => !positions.has(id))).toEqual([]);
    const places = new Set(fixture.envelopes.map(({ kafka }) => `${kafka?.partition}/${kafka?.offset}`));
    expect(places.size).toBe(new Set(fixture.envelopes.map(({ message }) => message.id)).size);
  }, 180_000);

  it('changes the offsets of a group while each node, its coordinator among them, is gone in turn', async () => {
    const { inbound } = fixture.topics;
    await fixture.admin.createTopic(inbound, { partitions: 3, replicationFactor: 3 });
    await fixture.producer().publish({ type: 'heartbeat', id: '0' }, { topic: inbound, key: 'key' });
    const groups = new GroupAdmin(fixture.parts);
    const committed = async () => {
      const { partitions } = await untilDone(() => groups.read(fixture.groupId, [inbound]));
      return partitions.map(({ committedOffset }) => committedOffset);
    };
    try {
      for (const node of cluster.nodes) {
        await node.kill();
        for (const offset of ['0', null]) {
          const changes = [0, 1, 2].map((partition) => ({ topic: inbound, partition, offset }));
          await untilDone(() => groups.changeOffsets(fixture.groupId, changes));
          expect(await committed()).toEqual([offset, offset, offset]);
        }
        await node.start();
      }
    } finally {
      await groups.close();
    }
  }, 180_000);
});

/** As an operator does it: once more, when it failed for a reason that passes. */
async function untilDone<T>(action: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof ResonanceError) || !error.retriable) throw error;
    }
  }
}
