import { fileURLToPath } from 'node:url';
import type { Consumer } from 'kafkajs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KafkajsClients, Received } from '../../support/broker/kafkajs-clients.js';
import { startTool } from '../../support/broker/run-tool.js';
import { startTestBroker, type TestBroker } from '../../support/embedded-broker.js';

const TOPIC = 'resonance.test';
const GROUP = 'resonance-test-group';
const groupMember = fileURLToPath(new URL('../../support/broker/group-member.mjs', import.meta.url));

describe('kafkajs on the embedded broker', () => {
  let broker: TestBroker;
  let clients: KafkajsClients;

  beforeEach(async () => {
    broker = await startTestBroker({ defaults: { minSessionTimeoutMs: 1_000 } });
    clients = new KafkajsClients(broker.brokers);
  });

  afterEach(async () => {
    await clients.close();
    await broker.close();
  });

  async function createTopic(numPartitions: number): Promise<void> {
    const admin = await clients.admin();
    await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions }] });
  }

  function messages(count: number, prefix = 'value'): { key: string; value: string }[] {
    return Array.from({ length: count }, (_, index) => ({
      key: `key-${index}`,
      value: `${prefix}-${index}`,
    }));
  }

  async function consume(consumer: Consumer, received: Received): Promise<void> {
    await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => received.add(String(message.value)) });
  }

  /** Resolves with the number of partitions each time the consumer has been given some. */
  function nextAssignment(consumer: Consumer, count: number): Promise<void> {
    return new Promise((resolve) => {
      const stop = consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        if ((payload.memberAssignment[TOPIC]?.length ?? 0) !== count) return;
        stop();
        resolve();
      });
    });
  }

  it('produces keyed messages with headers and reads them back in order', async () => {
    const producer = await clients.producer();
    const sent = await producer.send({
      topic: TOPIC,
      messages: [
        { key: 'a', value: 'one', headers: { id: '1' } },
        { key: null, value: 'two' },
        { key: 'c', value: null },
      ],
    });
    expect(sent).toMatchObject([{ topicName: TOPIC, partition: 0, errorCode: 0, baseOffset: '0' }]);
    const consumer = await clients.consumer({ groupId: GROUP });
    const seen: unknown[] = [];
    const received = new Received();
    await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message: { offset, key, value, headers } }) => {
        seen.push([offset, key?.toString(), value?.toString(), headers?.id?.toString()]);
        received.add(offset);
      },
    });
    await received.until((values) => values.length === 3);
    expect(seen).toEqual([
      ['0', 'a', 'one', '1'],
      ['1', undefined, 'two', undefined],
      ['2', 'c', undefined, undefined],
    ]);
  });

  it('delivers gzip batches as they were sent', async () => {
    const producer = await clients.producer();
    await producer.send({ topic: TOPIC, compression: 1, messages: messages(500) });
    const received = new Received();
    await consume(await clients.consumer({ groupId: GROUP }), received);
    await received.until((values) => values.length === 500);
    expect(received.values).toEqual(messages(500).map(({ value }) => value));
  });

  it('serves an idempotent producer', async () => {
    await createTopic(3);
    const producer = await clients.producer({ idempotent: true, maxInFlightRequests: 1 });
    for (let round = 0; round < 5; round += 1) {
      await producer.send({ topic: TOPIC, messages: messages(30, `round-${round}`) });
    }
    const received = new Received();
    await consume(await clients.consumer({ groupId: GROUP }), received);
    await received.until((values) => values.length >= 150);
    expect(new Set(received.values).size).toBe(150);
  });

  it('refuses a transactional producer for good', async () => {
    const producer = clients.kafka.producer({ transactionalId: 'tx', idempotent: true });
    await producer.connect();
    // kafkajs hides the broker's TRANSACTIONAL_ID_AUTHORIZATION_FAILED behind an error of its own.
    await expect(producer.transaction()).rejects.toMatchObject({ name: 'KafkaJSGroupCoordinatorNotFound' });
    await producer.disconnect();
  });

  it('sends without waiting for an answer (acks=0), and what it sent arrives', async () => {
    await createTopic(1);
    const producer = await clients.producer();
    await producer.send({ topic: TOPIC, acks: 0, messages: messages(10) });
    const received = new Received();
    await consume(await clients.consumer({ groupId: GROUP }), received);
    await received.until((values) => values.length === 10);
  });

  it('wakes a waiting consumer as soon as a message comes', async () => {
    await createTopic(1);
    const received = new Received();
    const consumer = await clients.consumer({
      groupId: GROUP,
      maxWaitTimeInMs: 15_000,
      sessionTimeout: 60_000,
    });
    const fetching = new Promise((resolve) => consumer.on(consumer.events.FETCH_START, resolve));
    await consume(consumer, received);
    await fetching;
    const producer = await clients.producer();
    await producer.send({ topic: TOPIC, messages: [{ value: 'now' }] });
    // Well before the consumer's fetch would end by itself: the test's own time limit is 20 s, the fetch's 15 s.
    await received.until((values) => values.length === 1);
  });

  it('shares partitions between two members and gives them back when one leaves', async () => {
    await createTopic(4);
    const first = await clients.consumer({ groupId: GROUP });
    const second = await clients.consumer({ groupId: GROUP });
    const received = new Received();
    const alone = nextAssignment(first, 4);
    await consume(first, received);
    await alone;
    const shared = Promise.all([nextAssignment(first, 2), nextAssignment(second, 2)]);
    await consume(second, received);
    await shared;
    const producer = await clients.producer();
    await producer.send({ topic: TOPIC, messages: messages(40) });
    await received.until((values) => new Set(values).size === 40);
    const returned = nextAssignment(first, 4);
    await second.disconnect();
    await returned;
    await producer.send({ topic: TOPIC, messages: messages(40, 'later') });
    await received.until((values) => new Set(values).size === 80);
  });

  it('gives the partitions of a killed member to the one that lives', async () => {
    await createTopic(2);
    const doomed = startTool(process.execPath, [groupMember, broker.brokers[0] ?? '', GROUP, TOPIC]);
    try {
      await doomed.line((line) => line === 'joined');
      const survivor = await clients.consumer({ groupId: GROUP });
      const received = new Received();
      const shared = nextAssignment(survivor, 1);
      await consume(survivor, received);
      await shared;
      const alone = nextAssignment(survivor, 2);
      doomed.process.kill('SIGKILL');
      await alone;
      const producer = await clients.producer();
      await producer.send({ topic: TOPIC, messages: messages(20) });
      await received.until((values) => new Set(values).size === 20);
    } finally {
      doomed.process.kill('SIGKILL');
      await doomed.ended();
    }
  });

  it('goes on from the committed offset after the consumer restarts', async () => {
    const producer = await clients.producer();
    await producer.send({ topic: TOPIC, messages: messages(10, 'before') });
    const before = new Received();
    const first = await clients.consumer({ groupId: GROUP });
    await consume(first, before);
    await before.until((values) => values.length === 10);
    await first.disconnect();
    await producer.send({ topic: TOPIC, messages: messages(5, 'after') });
    const after = new Received();
    await consume(await clients.consumer({ groupId: GROUP }), after);
    await after.until((values) => values.length >= 5);
    expect(after.values).toEqual(messages(5, 'after').map(({ value }) => value));
  });

  it('survives a restart of the broker: clients reconnect, offsets and messages are kept', async () => {
    const producer = await clients.producer({ idempotent: true, maxInFlightRequests: 1 });
    const consumer = await clients.consumer({ groupId: GROUP });
    const received = new Received();
    await producer.send({ topic: TOPIC, messages: messages(20, 'before') });
    await consume(consumer, received);
    await received.until((values) => values.length === 20);
    await consumer.commitOffsets([{ topic: TOPIC, partition: 0, offset: '20' }]);
    broker = await broker.restart();
    await producer.send({ topic: TOPIC, messages: messages(20, 'after') });
    // The restarted broker knows no members: what the consumer was given before it was told so may come twice.
    await received.until((values) => new Set(values).size >= 40);
    const sent = [...messages(20, 'before'), ...messages(20, 'after')];
    expect([...new Set(received.values)]).toEqual(sent.map(({ value }) => value));
  });
});
