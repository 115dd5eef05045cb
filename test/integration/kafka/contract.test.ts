import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TopicTap } from '../../../src/main/kafka/topic-tap.js';
import type { Message } from '../../../src/shared/message.js';
import { brokerProviders, type TestBroker } from '../../support/brokers.js';
import { KafkaFixture } from '../../support/kafka-fixture.js';
import { silentLogger } from '../../support/silent-logger.js';

describe.each(brokerProviders())('on $name', ({ start }) => {
  let broker: TestBroker;
  let fixture: KafkaFixture;

  beforeAll(async () => {
    broker = await start();
  }, 120_000);
  afterAll(() => broker?.close());
  beforeEach(() => {
    fixture = new KafkaFixture(broker.brokers);
  });
  afterEach(() => fixture.close());

  describe('the producer', () => {
    it('has its messages read back in order and at the positions that it resolved with', async () => {
      const consumer = fixture.consumer();
      const producer = fixture.producer();
      await consumer.start();
      const positions = [
        await producer.sendStateUpdate({ frequency: 0.043, s_roi: 0.502, status: 'supraleitend' }),
        await producer.sendFrequencySync(0.043, 0.502),
        await producer.sendSRoiUpdate(0.51),
        await producer.sendHeartbeat(),
      ];
      const envelopes = await fixture.received(4);
      expect(envelopes.map(({ message }) => message.type)).toEqual([
        'state_update',
        'frequency_sync',
        's_roi_update',
        'heartbeat',
      ]);
      expect(envelopes.map(({ kafka }) => kafka)).toEqual(positions);
      expect(envelopes.map(({ node }) => node)).toEqual(['resonance', 'resonance', 'resonance', 'resonance']);
    });

    it('stores the messages of each key in a partition of their own, and says which', async () => {
      const { topics, admin } = fixture;
      await admin.createTopic(topics.inbound, { partitions: 4, replicationFactor: 1 });
      await fixture.consumer({ topics: [topics.inbound] }).start();
      const producer = fixture.producer();
      const positions = await Promise.all(
        Array.from({ length: 40 }, (_, index) => {
          const message: Message = { type: 'heartbeat', id: String(index) };
          return producer.publish(message, { topic: topics.inbound, key: `key-${index % 8}` });
        }),
      );
      const envelopes = await fixture.received(40);
      const read = new Map(envelopes.map(({ message, kafka }) => [message.id, kafka]));
      expect(positions.map((_, index) => read.get(String(index)))).toEqual(positions);
      expect(new Set(positions.map(({ partition }) => partition)).size).toBeGreaterThan(1);
    });

    it('writes what the protocol asks for: offset timestamp, anchor, source, id', async () => {
      await fixture.consumer().start();
      await fixture.producer().sendHeartbeat();
      const [envelope] = await fixture.received(1);
      expect(envelope?.key).toBe('resonance');
      expect(envelope?.message).toEqual({
        type: 'heartbeat',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/),
        source: 'resonance',
        anchor: 'BOLZANO_71',
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
        frequency: 0.043,
        s_roi: 0.502,
      });
    });

    it('sends a repository event to its target alone, and to all without one', async () => {
      const producer = fixture.producer();
      const toOne = await producer.sendRepositoryEvent('commit', { sha: 'abc123' }, 'lexamoris');
      const toAll = await producer.sendRepositoryEvent('push', { ref: 'main' });
      expect([toOne.topic, toAll.topic]).toEqual([fixture.targets.lexamoris, fixture.topics.outbound]);
    });

    it('refuses an unknown target and names the known ones', async () => {
      await expect(fixture.producer().sendRepositoryEvent('commit', {}, 'nobody')).rejects.toMatchObject({
        code: 'TARGET_UNKNOWN',
        message: expect.stringContaining('lexamoris, nexus'),
      });
    });

    it('keeps the order of a thousand messages sent at once', async () => {
      await fixture.consumer().start();
      const sent = numberedMessages(1_000);
      const positions = await fixture.producer().publishAll(sent, { topic: fixture.topics.inbound });
      expect(positions.map(({ offset }) => Number(offset))).toEqual(sent.map((_, index) => index));
      const envelopes = await fixture.received(1_000);
      expect(envelopes.map(({ message }) => message.id)).toEqual(sent.map(({ id }) => id));
    });

    it('loses nothing that it sends to partitions which were added since its client last looked', async () => {
      const { topics, admin, clock } = fixture;
      let leapMs = 0;
      const producer = fixture.producer({
        clock: { ...clock, monotonicMs: () => clock.monotonicMs() + leapMs },
      });
      await admin.createTopic(topics.inbound, { partitions: 1 });
      await producer.publish(message('before'), { topic: topics.inbound });
      await fixture.addPartitions(topics.inbound, 6);
      // Past the time after which it asks again how many there are.
      leapMs = 300_001;
      const sent = numberedMessages(12);
      const positions = await Promise.all(
        sent.map((each, index) => producer.publish(each, { topic: topics.inbound, key: `key-${index}` })),
      );
      expect(new Set(positions.map(({ partition }) => partition)).size).toBeGreaterThan(1);
      await fixture.consumer({ topics: [topics.inbound] }).start();
      const envelopes = await fixture.received(13);
      const read = new Map(envelopes.map(({ message, kafka }) => [message.id, kafka]));
      expect(sent.map(({ id }) => read.get(id))).toEqual(positions);
    });

    it('refuses what no node would read, and goes on', async () => {
      const producer = fixture.producer();
      await expect(producer.sendStateUpdate({ note: 'x'.repeat(1_100_000) })).rejects.toMatchObject({
        code: 'KAFKA_MESSAGE_TOO_LARGE',
      });
      await expect(producer.sendHeartbeat()).resolves.toMatchObject({ offset: '0' });
    });

    it('fails only the message that the broker finds too large', async () => {
      const producer = fixture.producer();
      await fixture.admin.createTopic(fixture.topics.inbound, { configs: { 'max.message.bytes': '2000' } });
      const sizes = [10, 5_000, 20];
      const outcomes = await Promise.allSettled(
        sizes.map((size) => producer.publish(message('m', size), { topic: fixture.topics.inbound })),
      );
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(outcomes[1]).toMatchObject({ reason: { code: 'KAFKA_MESSAGE_TOO_LARGE', retriable: false } });
    });

    it('says QUEUE_FULL beyond its limit', async () => {
      const producer = fixture.producer({ maxInFlight: 2 });
      const accepted = [producer.sendHeartbeat(), producer.sendHeartbeat()];
      await expect(producer.sendHeartbeat()).rejects.toMatchObject({ code: 'QUEUE_FULL', retriable: true });
      await expect(Promise.all(accepted)).resolves.toHaveLength(2);
    });

    it('acknowledges what is under way before it closes, and refuses afterwards', async () => {
      const producer = fixture.producer();
      const sending = producer.publishAll(numberedMessages(200));
      await producer.close();
      await expect(sending).resolves.toHaveLength(200);
      await expect(producer.sendHeartbeat()).rejects.toMatchObject({ code: 'KAFKA_CLOSED' });
    });
  });

  describe('the consumer', () => {
    it('starts at the beginning of topics that had messages before it', async () => {
      await fixture.producer().publishAll(numberedMessages(10));
      await fixture.consumer().start();
      expect(await fixture.received(10)).toHaveLength(10);
    });

    it('continues after what it committed when it is started again', async () => {
      const producer = fixture.producer();
      await producer.publishAll(numberedMessages(5));
      const first = fixture.consumer();
      await first.start();
      await fixture.received(5);
      await first.close();
      await producer.publish(message('later'));
      await fixture.consumer().start();
      const envelopes = await fixture.received(6);
      expect(envelopes.map(({ message }) => message.id)).toEqual(['0', '1', '2', '3', '4', 'later']);
    });

    it('rejects each record that is no message, and hands on those between', async () => {
      await fixture.consumer().start();
      await fixture.produceRaw(fixture.topics.inbound, [
        Buffer.from('{"type":"heartbeat","anchor":"A"}'),
        Buffer.from('not json'),
        Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
        null,
        Buffer.from('[1,2]'),
        Buffer.from('{"type":"s_roi_update","s_roi":NaN}'),
        Buffer.from('{"type":"dance"}'),
        Buffer.from('{"type":"frequency_sync","frequency":"fast"}'),
        Buffer.from('{"type":"ack","original_type":"heartbeat"}'),
        Buffer.from('{"type":"heartbeat","anchor":"B"}'),
      ]);
      const envelopes = await fixture.received(2);
      expect(envelopes.map(({ message }) => message.anchor)).toEqual(['A', 'B']);
      expect(fixture.rejected.map(({ offset, rejection }) => [offset, rejection.reason])).toEqual([
        ['1', 'not_json'],
        ['2', 'not_utf8'],
        ['3', 'not_json'],
        ['4', 'not_object'],
        ['5', 'not_finite'],
        ['6', 'unknown_type'],
        ['7', 'wrong_shape'],
        ['8', 'unknown_type'],
      ]);
    });

    it('calls the handlers of a type, and goes on when one throws or rejects for the fifth time', async () => {
      const failures: string[] = [];
      const seen: (string | undefined)[] = [];
      const consumer = fixture.consumer({ onHandlerFailure: (error) => failures.push(error.message) });
      consumer.registerHandler('heartbeat', ({ id }) => {
        if (id === '1') throw new Error('thrown');
      });
      consumer.registerHandler('heartbeat', async ({ id }) => {
        if (id === '2') throw new Error('rejected');
        seen.push(id);
      });
      consumer.registerHandler('s_roi_update', () => {
        throw new Error('not for heartbeats');
      });
      await consumer.start();
      await fixture.producer().publishAll(numberedMessages(4));
      await fixture.untilCommitted(fixture.topics.stateSync, '4');
      expect(seen).toEqual(['0', '1', '3']);
      expect(failures).toEqual([expect.stringContaining('thrown'), expect.stringContaining('rejected')]);
      expect(consumer.view.handlerFailures).toBe(10);
    });

    it('commits an offset only after its handler has ended', async () => {
      const consumer = fixture.consumer();
      let release = (): void => undefined;
      const entered = new Promise<void>((resolve) => {
        consumer.registerHandler('heartbeat', async ({ id }) => {
          if (id !== '1') return;
          resolve();
          await new Promise<void>((end) => {
            release = end;
          });
        });
      });
      await consumer.start();
      await fixture.producer().publishAll(numberedMessages(2));
      await entered;
      // That of the message before it may be committed by now.
      expect([null, '1']).toContain(await fixture.committed(fixture.topics.stateSync));
      release();
      await fixture.untilCommitted(fixture.topics.stateSync, '2');
    });

    it('stops calling a handler that was unregistered', async () => {
      const consumer = fixture.consumer();
      const seen: unknown[] = [];
      const unregister = consumer.registerHandler('heartbeat', ({ id }) => void seen.push(id));
      await consumer.start();
      const producer = fixture.producer();
      await producer.publish(message('first'));
      await fixture.received(1);
      unregister();
      await producer.publish(message('second'));
      await fixture.received(2);
      expect(seen).toEqual(['first']);
    });

    it('reads nothing of a paused topic until it is resumed', async () => {
      const consumer = fixture.consumer();
      await consumer.start();
      consumer.pause([fixture.topics.stateSync]);
      const producer = fixture.producer();
      await producer.publish(message('paused'));
      await producer.publish(message('other'), { topic: fixture.topics.inbound });
      await fixture.received(1);
      consumer.resume();
      expect((await fixture.received(2)).map(({ message }) => message.id)).toEqual(['other', 'paused']);
    });

    it('shares the partitions with a second instance of its group and takes them back', async () => {
      await fixture.admin.createTopic(fixture.topics.inbound, { partitions: 4 });
      const options = { topics: [fixture.topics.inbound] };
      const first = fixture.consumer(options);
      const second = fixture.consumer(options);
      await first.start();
      await second.start();
      const partitionsOf = (consumer: typeof first): number =>
        consumer.view.assignment.reduce((sum, { partitions }) => sum + partitions.length, 0);
      await Promise.all(
        [first, second].map((consumer) => fixture.untilChange(consumer, () => partitionsOf(consumer) === 2)),
      );
      await second.close();
      await fixture.untilChange(first, () => partitionsOf(first) === 4);
    });

    it('shows its link and what it consumes', async () => {
      const consumer = fixture.consumer();
      await consumer.start();
      expect(consumer.link.phase).toBe('open');
      expect(consumer.view.assignment.map(({ topic }) => topic).sort()).toEqual(
        [fixture.topics.inbound, fixture.topics.stateSync].sort(),
      );
    });
  });

  describe('the admin client', () => {
    it('describes watermarks, committed offsets and lag', async () => {
      const { admin, topics, groupId } = fixture;
      await fixture.producer().publishAll(numberedMessages(3));
      const consumer = fixture.consumer();
      await consumer.start();
      await fixture.untilCommitted(topics.stateSync, '3');
      await consumer.close();
      await fixture.producer().publishAll(numberedMessages(2));
      const views = await admin.describeTopics([topics.stateSync, topics.inbound, 'no-such-topic'], {
        groupId,
        consumedTopics: [topics.stateSync],
        roles: { [topics.stateSync]: 'state sync' },
      });
      expect(views).toMatchObject([
        {
          name: topics.stateSync,
          role: 'state sync',
          exists: true,
          partitions: [{ partition: 0, lowOffset: '0', highWatermark: '5', committedOffset: '3', lag: 2 }],
        },
        { name: topics.inbound, partitions: [{ highWatermark: '0', committedOffset: null, lag: null }] },
        { name: 'no-such-topic', exists: false, partitions: [] },
      ]);
    });

    it('creates what is missing, and says so when it exists', async () => {
      const { admin, topics } = fixture;
      await admin.createTopic(topics.inbound, { partitions: 3 });
      expect(await admin.ensureTopics([topics.inbound, topics.outbound])).toEqual(
        new Map([
          [topics.inbound, 3],
          [topics.outbound, 1],
        ]),
      );
      await expect(admin.createTopic(topics.inbound)).rejects.toMatchObject({ code: 'KAFKA_TOPIC_EXISTS' });
      expect(await admin.listTopics()).toEqual(expect.arrayContaining([topics.inbound, topics.outbound]));
    });

    it('describes the members of a group, and deletes it only when it is empty', async () => {
      const { admin, groupId } = fixture;
      const consumer = fixture.consumer();
      await consumer.start();
      expect(await admin.describeGroup(groupId)).toMatchObject({
        state: 'Stable',
        members: [{ clientId: 'test', assignment: expect.arrayContaining([expect.anything()]) }],
      });
      expect(await admin.listGroups()).toContain(groupId);
      await expect(admin.deleteGroup(groupId)).rejects.toMatchObject({ code: 'KAFKA_GROUP_NOT_EMPTY' });
      await consumer.close();
      await admin.deleteGroup(groupId);
      expect(await admin.listGroups()).not.toContain(groupId);
    });
  });

  describe('a tap', () => {
    it('reads from the beginning without joining the group or committing, and leaves no group behind', async () => {
      const { admin, topics, groupId } = fixture;
      await fixture.producer().publishAll(numberedMessages(5));
      const tap = new TopicTap({ ...fixture.parts, topics: [topics.stateSync], from: 'beginning' });
      const ids: unknown[] = [];
      for await (const item of tap.items()) {
        if ('envelope' in item) ids.push(item.envelope.message.id);
        if (ids.length === 5) break;
      }
      expect(ids).toEqual(['0', '1', '2', '3', '4']);
      const groups = await admin.listGroups();
      expect(groups).not.toContain(tap.groupId);
      expect(groups).not.toContain(groupId);
    });

    it('reads from the end: what is sent after it reads, nothing before', async () => {
      const { topics } = fixture;
      const producer = fixture.producer();
      await producer.publish(message('before'));
      const tap = new TopicTap({
        ...fixture.parts,
        topics: [topics.stateSync],
        from: 'latest',
        onReading: () => void producer.publish(message('after')),
      });
      const { value } = await tap.items().next();
      await tap.close();
      expect(value).toMatchObject({ envelope: { message: { id: 'after' } } });
    });

    it('fails on a topic that does not exist, and does not create it', async () => {
      const { admin, topics } = fixture;
      const tap = new TopicTap({
        ...fixture.parts,
        topics: [topics.inbound],
        from: 'latest',
        logger: silentLogger,
      });
      await expect(tap.items().next()).rejects.toMatchObject({ code: 'KAFKA_TOPIC_UNKNOWN' });
      expect(await admin.listTopics()).not.toContain(topics.inbound);
    });
  });
});

function message(id: string, padding = 0): Message {
  return { type: 'heartbeat', id, source: 'resonance', anchor: 'BOLZANO_71', padding: 'x'.repeat(padding) };
}

function numberedMessages(count: number): Message[] {
  return Array.from({ length: count }, (_, index) => message(String(index)));
}
