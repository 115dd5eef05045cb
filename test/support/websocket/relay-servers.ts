import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { frameText } from '../../../src/main/websocket/text-frame.js';
import { startServer } from './test-server.js';

export const relayServerKinds = ['naive', 'coalesced', 'resonance'] as const;
export type RelayServerKind = (typeof relayServerKinds)[number];

/** Starts one of the servers on a free loopback port. Resolves to its URL. */
export async function serveRelay(kind: RelayServerKind): Promise<string> {
  switch (kind) {
    case 'naive':
      return serveNaive();
    case 'coalesced':
      return serveCoalesced();
    case 'resonance':
      return (await startServer({ limits: { maxMessagesPerSecond: 1_000_000 } })).url;
  }
}

function ackOf(type: string): string {
  return JSON.stringify({ type: 'ack', original_type: type, timestamp: new Date().toISOString() });
}

async function serveNaive(): Promise<string> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const text = data.toString();
      const { type } = JSON.parse(text) as { type: string };
      for (const client of server.clients) {
        if (client !== socket && client.readyState === WebSocket.OPEN) client.send(text);
      }
      socket.send(ackOf(type));
    });
  });
  await once(server, 'listening');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface CoalescedClient {
  readonly socket: Duplex;
  pending: Buffer[];
}

async function serveCoalesced(): Promise<string> {
  const http = createServer();
  const server = new WebSocketServer({ noServer: true });
  const clients = new Set<CoalescedClient>();
  let isScheduled = false;
  const flush = (): void => {
    isScheduled = false;
    for (const client of clients) {
      if (client.pending.length === 0) continue;
      client.socket.write(Buffer.concat(client.pending));
      client.pending = [];
    }
  };
  http.on('upgrade', (request, socket, head) => {
    server.handleUpgrade(request, socket, head, (webSocket) => {
      const client: CoalescedClient = { socket, pending: [] };
      clients.add(client);
      webSocket.on('close', () => clients.delete(client));
      webSocket.on('message', (data: Buffer) => {
        const { type } = JSON.parse(data.toString()) as { type: string };
        const frame = frameText(data);
        for (const other of clients) if (other !== client) other.pending.push(frame);
        client.pending.push(frameText(Buffer.from(ackOf(type))));
        if (isScheduled) return;
        isScheduled = true;
        setImmediate(flush);
      });
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
}
