import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SocketRegistry } from '../../../src/main/kafka/socket-registry.js';

describe('the sockets of one Kafka client', () => {
  let server: Server;
  let registry: SocketRegistry;
  let timesDisconnected: number;

  beforeEach(async () => {
    timesDisconnected = 0;
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    registry = new SocketRegistry({
      onDisconnected: () => {
        timesDisconnected += 1;
      },
    });
  });
  afterEach(async () => {
    registry.close();
    await once(server.close(), 'close');
  });

  async function open(): Promise<Socket> {
    const { port } = server.address() as AddressInfo;
    const socket = await new Promise<Socket>((resolve) => {
      const opening: Socket = registry.open({
        host: '127.0.0.1',
        port,
        ssl: undefined as never,
        onConnect: () => resolve(opening),
      });
    });
    socket.on('error', () => undefined);
    return socket;
  }

  it('tell that all were lost when all are dropped, even if one is replaced before the last has closed', async () => {
    const [first, second] = [await open(), await open()];
    const replaced = new Promise((resolve) => first.once('close', () => resolve(open())));
    const closed = new Promise((resolve) => second.once('close', resolve));
    registry.dropAll('no answer in time');
    await Promise.all([replaced, closed]);
    expect(timesDisconnected).toBe(1);
  });

  it('collect nothing once they are dead, however often they are unreferenced', async () => {
    const socket = await open();
    const closed = once(socket, 'close');
    socket.destroy();
    await closed;
    for (let attempt = 0; attempt < 20; attempt += 1) socket.unref();
    expect(socket.listenerCount('connect')).toBeLessThan(3);
  });
});
