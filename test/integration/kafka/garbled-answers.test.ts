import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { KafkaFixture } from '../../support/kafka-fixture.js';

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Something that listens like a broker and answers every request with these bytes. */
async function startImpostor(answer: Buffer): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => socket.write(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => once(server.close(), 'close'));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('what listens at a broker’s address and is none', () => {
  it.each([
    ['an answer without a header', Buffer.from([0, 0, 0, 2, 1, 1])],
    ['an empty answer', Buffer.from([0, 0, 0, 0])],
    ['text', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('fails the send and no more: %s', async (_, answer) => {
    const fixture = new KafkaFixture([await startImpostor(answer)], {
      connectionTimeoutMs: 500,
      requestTimeoutMs: 500,
    });
    cleanups.push(() => fixture.close());
    const producer = fixture.producer({ deliveryTimeoutMs: 1_500 });
    await expect(producer.sendHeartbeat()).rejects.toMatchObject({ retriable: true });
  });
});
