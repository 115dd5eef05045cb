import kafkajs from 'kafkajs';
import { afterEach, describe, expect, test } from 'vitest';
import type { DeadLetterView } from '../../../src/shared/dead-letter.js';
import type { Receipt } from '../../../src/shared/feed.js';
import { startTestNode, type TestNode } from '../../support/test-node.js';

const { ConfigResourceTypes, Kafka, logLevel } = kafkajs;
const topic = 'resonance.nexus';
const open: TestNode[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((node) => node.close()));
});

/** A node whose topic of nexus takes small messages only. */
async function start(): Promise<TestNode> {
  const settings = { peers: { nexus: { websocket: 'ws://127.0.0.1:9', topic } } };
  const resonance = await startTestNode({ settings });
  open.push(resonance);
  await allow(resonance, 700);
  return resonance;
}

async function allow({ node, brokers }: TestNode, maxMessageBytes: number): Promise<void> {
  // Its settings can be changed once it is there.
  await node.pipeline.kafka?.producer.publish({ type: 'heartbeat', anchor: 'A' }, { topic });
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const configEntries = [{ name: 'max.message.bytes', value: String(maxMessageBytes) }];
  const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }];
  await admin.alterConfigs({ validateOnly: false, resources });
  await admin.disconnect();
}

async function sendTooLarge({ send }: TestNode): Promise<Receipt> {
  const fields = { event_type: 'large', data: { diff: '-'.repeat(900) } };
  const receipt = await send({ type: 'repository_event', fields, target: 'nexus', via: 'kafka' });
  expect(receipt.deliveries[0]).toMatchObject({
    phase: 'failed',
    error: { code: 'KAFKA_MESSAGE_TOO_LARGE' },
  });
  return receipt;
}

async function lettersOf({ node, feed }: TestNode): Promise<readonly DeadLetterView[]> {
  await feed(({ status }) => (status?.deadLetters.waiting === 0 ? true : undefined));
  const { letters, unread } = await node.execute('deadLetters.list', undefined);
  expect(unread).toBeNull();
  return letters;
}

/** The newest of the outbox, once it is delivered or failed. */
async function settledNewest({ node }: TestNode): Promise<Receipt> {
  const { outbox } = node.pipeline;
  const newest = outbox?.receipts().at(-1);
  if (outbox == null || newest === undefined) throw new Error('nothing was sent');
  return outbox.settled(newest.id);
}

describe('the dead letters of what could not be delivered', () => {
  test('say why, are sent again as changed to where they were for, and then are settled', async () => {
    const resonance = await start();
    const { node } = resonance;
    const failed = await sendTooLarge(resonance);
    const [letter] = await lettersOf(resonance);
    expect(letter).toMatchObject({
      direction: 'out',
      transport: 'kafka',
      origin: topic,
      causeCode: 'KAFKA_MESSAGE_TOO_LARGE',
      tries: 1,
      isWaiting: false,
    });
    expect(node.monitor.alerts.list().map(({ key }) => key)).toContain('messages.dead-letters');
    expect(JSON.parse((await node.execute('outbox.text', failed.id)) ?? '')).toMatchObject({ id: failed.id });
    const text = JSON.stringify({ ...JSON.parse(letter?.text ?? ''), data: {} });
    await node.execute('deadLetters.resend', { id: letter?.id ?? '', text });
    const receipt = await settledNewest(resonance);
    expect(receipt.id).not.toBe(failed.id);
    expect(receipt.deliveries).toMatchObject([{ via: 'kafka', destination: topic }]);
    expect(await lettersOf(resonance)).toEqual([]);
    expect(node.status().outbox.failed).toBe(0);
    expect(node.monitor.alerts.list().map(({ key }) => key)).not.toContain('messages.dead-letters');
  });

  test('are settled by a new try of the message itself, until that fails too', async () => {
    const resonance = await start();
    const { node, feed } = resonance;
    const { id } = await sendTooLarge(resonance);
    const [first] = await lettersOf(resonance);
    await node.execute('outbox.retry', id);
    await feed(({ status }) => (status?.deadLetters.total === 2 ? true : undefined));
    const second = await lettersOf(resonance);
    expect(second).toHaveLength(1);
    expect(second[0]?.id).not.toBe(first?.id);
    await allow(resonance, 100_000);
    await node.execute('outbox.retry', id);
    expect((await settledNewest(resonance)).deliveries[0]?.phase).toBe('delivered');
    expect(await lettersOf(resonance)).toEqual([]);
  });

  test('come back when the discard of the message itself is taken back', async () => {
    const resonance = await start();
    const { node } = resonance;
    const { id } = await sendTooLarge(resonance);
    const before = await lettersOf(resonance);
    await node.execute('outbox.discard', id);
    expect(await lettersOf(resonance)).toEqual([]);
    await node.execute('deadLetters.restore', id);
    expect(await lettersOf(resonance)).toEqual(before);
    expect(node.status().outbox.failed).toBe(0);
  });

  test('come back when a discard is taken back, and can still be sent', async () => {
    const resonance = await start();
    const { node } = resonance;
    const { id } = await sendTooLarge(resonance);
    const [letter] = await lettersOf(resonance);
    const letterId = letter?.id ?? '';
    await node.execute('deadLetters.discard', letterId);
    expect(await lettersOf(resonance)).toEqual([]);
    await expect(node.execute('outbox.discard', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await node.execute('deadLetters.restore', letterId);
    expect((await lettersOf(resonance)).map(({ id }) => id)).toEqual([letterId]);
    await allow(resonance, 100_000);
    await node.execute('deadLetters.resend', { id: letterId, text: null });
    expect((await settledNewest(resonance)).deliveries[0]?.phase).toBe('delivered');
    expect(await lettersOf(resonance)).toEqual([]);
  });
});
