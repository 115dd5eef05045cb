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

  it('takes nothing while too few replicas are in sync: the producer says so at once, and delivers when they are back', async () => {
    const { inbound } = fixture.topics;
    await fixture.admin.createTopic(inbound, { partitions: 1, replicationFactor: 2 });
    const [topic] = await fixture.admin.describeTopics([inbound]);
    const [partition] = topic?.partitions ?? [];
    const followerId = partition?.replicas.find((id) => id !== partition.leader);
    const follower = cluster.nodes.find(({ id }) => id === followerId);
    const producer = fixture.producer();
    await producer.publish({ type: 'heartbeat', id: '0' }, { topic: inbound });
    await follower?.kill();
    const reasons: ResonanceError[] = [];
    let sending: Promise<unknown> = Promise.resolve();
    try {
      await new Promise<void>((resolve) => {
        const onRefused = (error: ResonanceError): void => {
          reasons.push(error);
          if (error.message.includes('too few replicas are in sync')) resolve();
        };
        const options = { topic: inbound, deliveryTimeoutMs: 90_000, onRefused };
        sending = producer.publish({ type: 'heartbeat', id: '1' }, options);
      });
      const { phase, refusal } = producer.link;
      expect([phase, refusal?.error.code]).toEqual(['open', 'KAFKA_FAILED']);
    } finally {
      await follower?.start();
    }
    expect(await sending).toMatchObject({ topic: inbound, offset: '1' });
    expect(producer.link.refusal).toBeUndefined();
  }, 120_000);

  it('shows what is known of topics and groups while a partition has no leader, and why the rest is not', async () => {
    const { inbound, outbound } = fixture.topics;
    const { admin, groupId } = fixture;
    await admin.createTopic(inbound, { partitions: 3, replicationFactor: 3 });
    // One copy of each partition, each on another node.
    await admin.createTopic(outbound, { partitions: 3, replicationFactor: 1 });
    const groups = new GroupAdmin(fixture.parts);
    const [victim] = cluster.nodes;
    if (victim === undefined) throw new Error('three nodes');
    const look = async () => {
      const views = await admin.describeTopics(undefined, { groupId, consumedTopics: [inbound, outbound] });
      const [whole, halved] = [inbound, outbound].map((topic) => views.find(({ name }) => name === topic));
      return { whole: whole?.partitions ?? [], halved: halved?.partitions ?? [] };
    };
    try {
      await untilDone(() =>
        groups.changeOffsets(groupId, [
          { topic: inbound, partition: 0, offset: '0' },
          ...[0, 1, 2].map((partition) => ({ topic: outbound, partition, offset: '0' })),
        ]),
      );
      expect((await groups.list()).find((group) => group.groupId === groupId)?.lag).toBe(0);
      await victim.kill();
      // At once, while the others still take it for the leader, and once they do not.
      const unled = [];
      for (let leader: number | undefined = victim.id; leader !== -1; ) {
        const { whole, halved } = await look();
        expect([whole.length, halved.length]).toEqual([3, 3]);
        const unknown = halved.filter(({ highWatermark }) => highWatermark === null);
        expect(unknown).toMatchObject([{ lag: null, replicas: [victim.id], unknown: expect.anything() }]);
        leader = unknown[0]?.leader;
        unled.push(leader);
      }
      expect(new Set(unled)).toEqual(new Set([victim.id, -1]));
      // A new leader needs a moment to know how far its followers are.
      let { whole, halved } = await look();
      while (whole.some(({ lag }) => lag === null)) ({ whole, halved } = await look());
      expect(whole).toMatchObject([0, 1, 2].map((partition) => ({ partition, highWatermark: '0', lag: 0 })));
      expect(halved.filter(({ lag }) => lag === 0)).toHaveLength(2);
      expect(halved.find(({ leader }) => leader === -1)?.unknown?.message).toBe(
        'no broker leads it just now',
      );
      expect(await admin.listTopics()).toEqual(expect.arrayContaining([inbound, outbound]));
      expect(await admin.ensureTopics([inbound, outbound])).toEqual(
        new Map([
          [inbound, 3],
          [outbound, 3],
        ]),
      );
      // Its coordinator may have been the one that is gone: the next one reads it first, and it is listed all the while.
      const listing = async () => (await groups.list()).find((group) => group.groupId === groupId);
      let listed = await listing();
      while (listed?.state === 'Unknown') listed = await listing();
      expect(listed).toMatchObject({ lag: null, unknown: { message: 'no broker leads it just now' } });
      const { partitions } = await untilDone(() => groups.look(groupId));
      expect(partitions.map(({ topic }) => topic).filter((topic) => topic === outbound)).toHaveLength(3);
      expect(partitions.filter((entry) => 'unknown' in entry)).toMatchObject([
        { topic: outbound, committedOffset: '0', highWatermark: null },
      ]);
      await expect(groups.read(groupId)).rejects.toMatchObject({
        code: 'KAFKA_UNREACHABLE',
        retriable: true,
      });
      await admin.createTopic(`${inbound}-later`, { partitions: 1, replicationFactor: 2 });
      await untilDone(() => groups.changeOffsets(groupId, [{ topic: inbound, partition: 0, offset: null }]));
    } finally {
      await groups.close();
      await victim.start();
    }
  }, 120_000);

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
