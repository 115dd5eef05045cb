import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openBrokerSocket } from '../../../src/main/kafka/broker-socket.js';
import { startTestBroker } from '../../support/embedded-broker.js';
import { KafkaFixture } from '../../support/kafka-fixture.js';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A listener that does this with each connection. */
async function listen(accept: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    accept(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => server.close());
  return (server.address() as AddressInfo).port;
}

/** How a plaintext connection ends: the code of its error, or `end`. */
function ending(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = openBrokerSocket({ host: '127.0.0.1', port });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.on('end', () => resolve('end'));
    socket.resume();
    socket.write('a question');
  });
}

describe('a plaintext connection that the other end drops', () => {
  it.each([
    ['closed', (socket: Socket) => socket.end()],
    ['reset', (socket: Socket) => socket.resetAndDestroy()],
  ])('is known as unanswered when it is %s before the first answer', async (_, drop) => {
    const port = await listen((socket) => socket.once('data', () => drop(socket)));
    expect(await ending(port)).toBe('DROPPED_UNANSWERED');
  });

  it.each([
    ['closed', (socket: Socket) => socket.end()],
    ['reset', (socket: Socket) => socket.resetAndDestroy()],
  ])('is not when it is %s after an answer', async (_, drop) => {
    const port = await listen((socket) => {
      socket.once('data', () => socket.write('an answer', () => setImmediate(() => drop(socket))));
    });
    expect(await ending(port)).toMatch(/^(end|ECONNRESET)$/);
  });

  it('is reported with the advice about TLS only when nothing was ever answered', async () => {
    const port = await listen((socket) => socket.once('data', () => socket.end()));
    const stranger = new KafkaFixture([`127.0.0.1:${port}`]);
    closing.push(() => stranger.close());
    const refusal = stranger.producer({ deliveryTimeoutMs: 1_000 }).sendHeartbeat();
    await expect(refusal).rejects.toMatchObject({ hint: expect.stringContaining('TLS') });
  });

  it('is reported without it when a broker goes away in the middle of its work', async () => {
    const broker = await startTestBroker();
    closing.push(() => broker.close());
    const fixture = new KafkaFixture(broker.brokers);
    closing.push(() => fixture.close());
    const consumer = fixture.consumer();
    const producer = fixture.producer();
    await consumer.start();
    await producer.sendHeartbeat();
    const hints: string[] = [];
    const noteHint = (): void => {
      for (const { lastError } of [consumer.link, producer.link])
        if (lastError?.hint) hints.push(lastError.hint);
    };
    consumer.onLinkChange(noteHint);
    producer.onLinkChange(noteHint);
    await broker.broker.stop({ deadlineMs: 0 });
    await expect(fixture.producer({ deliveryTimeoutMs: 1_000 }).sendHeartbeat()).rejects.toBeDefined();
    await fixture.untilChange(consumer, () => consumer.link.phase === 'backoff');
    expect(hints.length).toBeGreaterThan(0);
    expect(hints.filter((hint) => hint.includes('TLS'))).toEqual([]);
  });
});
