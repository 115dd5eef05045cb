import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GroupAdmin } from '../../../src/main/kafka/group-admin.js';
import { ResonanceError } from '../../../src/shared/errors.js';
import { ApacheKafka } from '../../support/apache-kafka.js';
import { needsApacheKafka } from '../../support/brokers.js';
import { KafkaFixture } from '../../support/kafka-fixture.js';

describe.runIf(needsApacheKafka())('on three nodes of Apache Kafka', () => {
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

  it('knows each topic as soon as it is said to be created, whichever node is asked', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `${fixture.topics.inbound}-${index}`);
    for (const name of names) {
      await fixture.admin.createTopic(name, { partitions: 3, replicationFactor: 3 });
    }
    const topics = await fixture.admin.describeTopics(names);
    expect(topics.map(({ name, partitions }) => [name, partitions.length])).toEqual(
      names.map((name) => [name, 3]),
    );
  });

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
