import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { deadLetterTopic } from '../../../src/shared/dead-letter.js';
import { emptyMessageFilter } from '../../../src/shared/feed.js';
import { createUuidV7 } from '../../../src/shared/uuid.js';
import { startTestBroker } from '../../support/embedded-broker.js';
import { freePorts } from '../../support/free-ports.js';
import { startTestNode, type TestNode, type TestNodeOptions } from '../../support/test-node.js';

const open: TestNode[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((node) => node.close()));
});

async function start(options?: TestNodeOptions): Promise<TestNode> {
  const node = await startTestNode(options);
  open.push(node);
  return node;
}

async function produce(brokers: readonly string[], values: readonly object[]): Promise<void> {
  const producer = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  const messages = values.map((value) => ({ key: 'lexamoris', value: JSON.stringify(value) }));
  await producer.send({ topic: 'resonance.inbound', messages });
  await producer.disconnect();
}

function event(name: string, id = createUuidV7()) {
  return { type: 'repository_event', event_type: name, data: {}, source: 'lexamoris', id };
}

/** What the node's handler of repository events hears, until it hears `last`. */
function hearUntil({ node }: TestNode, last: string, act: (name: string) => void = () => undefined) {
  const heard: string[] = [];
  const done = new Promise<string[]>((resolve) => {
    node.pipeline.registerHandler('repository_event', ({ event_type }) => {
      heard.push(event_type);
      act(event_type);
      if (event_type === last) resolve(heard);
    });
  });
  return { heard, done };
}

describe('delivery', () => {
  test('gives a message one effect, however often and over whichever transports it comes, and shows each copy', async () => {
    const resonance = await start();
    const { node, brokers, url, feed } = resonance;
    const { done } = hearUntil(resonance, 'last');
    const once = event('once');
    const socket = new WebSocket(url);
    await new Promise((resolve) => socket.on('open', resolve));
    const acknowledged = new Promise((resolve) => {
      socket.on('message', (data) => {
        if (JSON.parse(String(data)).type === 'ack') resolve(undefined);
      });
    });
    socket.send(JSON.stringify(once));
    await acknowledged;
    await produce(brokers, [once, once, event('last')]);
    expect(await done).toEqual(['once', 'last']);
    const repeats = await feed(({ status }) => (status?.repeats.dropped === 2 ? status.repeats : undefined));
    expect(repeats).toMatchObject({ dropped: 2, known: 2 });
    const filter = { ...emptyMessageFilter, text: once.id, muteHeartbeats: true };
    const page = await node.monitor.history.page({ filter, before: null, after: null, limit: 9 });
    expect(page.rows).toHaveLength(3);
    socket.close();
  });

  test('knows after a restart what it handled before, and lets messages without an id through, counted', async () => {
    const first = await start();
    const once = event('once');
    const { done } = hearUntil(first, 'once');
    await produce(first.brokers, [once]);
    await done;
    await first.close({ keepData: true });
    const second = await start({ dataDirectory: first.dataDirectory });
    const again = hearUntil(second, 'last');
    const old = { type: 'repository_event', event_type: 'old', source: 'lexamoris' };
    await produce(second.brokers, [once, old, old, event('last')]);
    expect(await again.done).toEqual(['old', 'old', 'last']);
    expect(second.node.status().repeats.withoutId).toBeGreaterThanOrEqual(2);
  });

  test('makes a message that its handler fails on five times a dead letter, and handles the rest', async () => {
    const resonance = await start();
    const { node, brokers, feed } = resonance;
    let isBroken = true;
    const { heard, done } = hearUntil(resonance, 'last', (name) => {
      if (name === 'poison' && isBroken) throw new Error('cannot');
    });
    await produce(brokers, [event('poison'), event('last')]);
    expect(await done).toEqual([...Array.from({ length: 5 }, () => 'poison'), 'last']);
    await feed(({ status }) => (status?.deadLetters.total === 1 ? true : undefined));

    const [letter] = (await node.execute('deadLetters.list', undefined)).letters;
    expect(letter).toMatchObject({
      direction: 'in',
      type: 'repository_event',
      node: 'lexamoris',
      origin: 'resonance.inbound/0@0',
      causeCode: 'HANDLER_FAILED',
      cause: expect.stringContaining('cannot'),
      tries: 5,
    });
    const id = letter?.id ?? '';
    isBroken = false;
    heard.length = 0;
    const text = JSON.stringify({ ...JSON.parse(letter?.text ?? ''), event_type: 'mended' });
    await node.execute('deadLetters.resend', { id, text });
    expect(heard).toEqual(['mended']);
    expect((await node.execute('deadLetters.list', undefined)).letters).toEqual([]);
    await expect(node.execute('deadLetters.discard', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('keeps a dead letter of a WebSocket message too, with its headers in the topic', async () => {
    const { node, url, feed } = await start();
    const unregister = node.pipeline.registerHandler('repository_event', () => {
      throw new Error('cannot');
    });
    const socket = new WebSocket(url);
    socket.on('open', () => socket.send(JSON.stringify(event('poison'))));
    await feed(({ status }) => (status?.deadLetters.total === 1 ? true : undefined));
    await feed(({ rows }) =>
      rows?.find(({ topic, direction }) => topic === deadLetterTopic && direction === 'out'),
    );
    const [letter] = (await node.execute('deadLetters.list', undefined)).letters;
    expect(letter).toMatchObject({
      transport: 'websocket',
      origin: expect.stringContaining('server#'),
      tries: 5,
    });
    const id = letter?.id ?? '';
    unregister();
    // Without a handler nothing would become of it, and it would be settled all the same.
    await expect(node.execute('deadLetters.resend', { id, text: null })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      hint: expect.stringContaining('resonance gave it up'),
    });
    await node.execute('deadLetters.discard', id);
    expect((await node.execute('deadLetters.list', undefined)).letters).toEqual([]);
    socket.close();
  });

  test('has a change of the state on its way through the outbox, to be confirmed by the broker', async () => {
    const { node, feed } = await start();
    const { message } = node.pipeline.updateState({ status: 'changed' });
    const receipt = await feed(({ receipts }) =>
      receipts?.find(({ id, deliveries }) => id === message.id && deliveries[0]?.phase === 'delivered'),
    );
    expect(receipt.deliveries).toMatchObject([{ via: 'kafka', destination: 'resonance.state.sync' }]);
  });

  test('says of a message that waits for Kafka why it waits, and delivers it when the broker is there', async () => {
    const [port = 0] = await freePorts(1);
    const { node, feed } = await start({
      settings: { kafka: { mode: 'external', brokers: [`127.0.0.1:${port}`] } },
    });
    await feed(({ status }) => (status?.kafka.producer.phase === 'backoff' ? status : undefined));
    const { id } = await node.execute('compose.send', {
      type: 'repository_event',
      fields: { event_type: 'push', data: {} },
      target: null,
      via: 'kafka',
    });
    const waiting = await feed(({ receipts }) =>
      receipts?.find(
        (each) =>
          each.id === id &&
          each.deliveries.some(({ phase, error }) => phase === 'queued' && error !== undefined),
      ),
    );
    expect(waiting.deliveries).toMatchObject([
      { via: 'kafka', error: { code: 'KAFKA_UNREACHABLE', hint: expect.any(String) } },
    ]);
    const broker = await startTestBroker({ port });
    const receipt = await feed(({ receipts }) =>
      receipts?.find((each) => each.id === id && each.deliveries[0]?.phase === 'delivered'),
    );
    expect(receipt.deliveries).toMatchObject([{ topic: 'resonance.outbound', offset: '0' }]);
    await node.stop();
    await broker.close();
  });

  test('lets a message wait while the connection is set up wrongly, and says so', async () => {
    // A TLS port to a client that does not speak TLS, which keeps its answers until a message is on its way.
    const asked: Socket[] = [];
    const answer = (socket: Socket): unknown => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, 70]));
    let isAnswering = false;
    const listener = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => (isAnswering ? answer(socket) : asked.push(socket)));
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as AddressInfo;
    const { node, feed } = await start({
      settings: { kafka: { mode: 'external', brokers: [`127.0.0.1:${port}`] } },
    });
    const sent = node.execute('compose.send', {
      type: 'repository_event',
      fields: { event_type: 'push', data: {} },
      target: null,
      via: 'kafka',
    });
    await feed(({ receipts }) => receipts?.find(({ deliveries }) => deliveries[0]?.phase === 'sending'));
    isAnswering = true;
    for (const socket of asked) answer(socket);
    const { id } = await sent;
    const tried = await feed(({ receipts }) =>
      receipts?.find((receipt) => receipt.id === id && receipt.deliveries[0]?.error !== undefined),
    );
    expect(tried.deliveries).toMatchObject([
      { phase: 'queued', error: { code: 'KAFKA_TLS_FAILED', hint: expect.stringContaining('ssl') } },
    ]);
    expect(node.status()).toMatchObject({ deadLetters: { total: 0 }, outbox: { failed: 0 } });
    await node.stop();
    listener.close();
  });

  test('lets a message wait for a login that lacks its password, and names it', async () => {
    const security = { protocol: 'sasl_plaintext', mechanism: 'plain', username: 'alice' };
    const { node } = await start({ settings: { kafka: { mode: 'external', security } } });
    const receipt = await node.execute('compose.send', {
      type: 'repository_event',
      fields: { event_type: 'push', data: {} },
      target: null,
      via: 'kafka',
    });
    expect(receipt.deliveries).toMatchObject([
      { phase: 'queued', error: { message: expect.stringContaining('the password of alice') } },
    ]);
  });

  test('does not take rejected input for dead letters', async () => {
    const { node, brokers, feed } = await start();
    await produce(brokers, [{ type: 'nonsense' }]);
    await feed(({ rejections }) => rejections?.[0]);
    expect(node.status().deadLetters.total).toBe(0);
  });
});
