import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Messages in flight over all clients, at least one each. */
const messagesInFlight = 64;

export interface LoadRequest {
  readonly url: string;
  readonly clients: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
}

export interface LoadResult {
  /** Acks since the last report. */
  readonly acknowledged: number;
  readonly durationMs: number;
}

const message = Buffer.from(
  JSON.stringify({
    type: 'frequency_sync',
    timestamp: '2026-01-13T02:00:00.123456+00:00',
    frequency: 0.043,
    s_roi: 0.502,
    anchor: 'BOLZANO_71',
    source: 'nexus',
    note: 'x'.repeat(50),
  }),
);

/** The message as a client's frame, masked with zeros (which leaves it as it is). */
const frame = Buffer.concat([Buffer.from([0x81, 0x80 | 126, 0, message.length, 0, 0, 0, 0]), message]);

/**
 * Clients on bare sockets that do as little as possible: each keeps some messages in flight, finds the acks among what
 * it receives by their length, and sends one more for each.
 */
export async function generateLoad(
  request: LoadRequest,
  report: (result: LoadResult) => void,
): Promise<void> {
  let acknowledged = 0;
  const onAck = (): void => {
    acknowledged += 1;
  };
  const sockets: Socket[] = [];
  for (let client = 0; client < request.clients; client += 1)
    sockets.push(await openClient(request.url, onAck));
  const inFlight = Math.max(1, Math.round(messagesInFlight / request.clients));
  for (const socket of sockets) socket.write(Buffer.concat(Array.from({ length: inFlight }, () => frame)));

  let startedMs = performance.now();
  const reportAfter = async (delayMs: number): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    report({ acknowledged, durationMs: performance.now() - startedMs });
    acknowledged = 0;
    startedMs = performance.now();
  };
  await reportAfter(request.warmUpMs);
  await reportAfter(request.measuredMs);
  for (const socket of sockets) socket.destroy();
}

async function openClient(url: string, onAck: () => void): Promise<Socket> {
  const { hostname, port, host } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  socket.write(
    `GET / HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  const [response] = (await once(socket, 'data')) as [Buffer];
  const bodyStart = response.indexOf('\r\n\r\n') + 4;
  countAcks(socket, response.subarray(bodyStart), onAck);
  return socket;
}

function countAcks(socket: Socket, head: Buffer, onAck: () => void): void {
  let rest = head;
  socket.on('data', (chunk: Buffer) => {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let position = 0;
    let acks = 0;
    while (position + 4 <= data.length) {
      const short = data.readUInt8(position + 1);
      const length = short === 126 ? data.readUInt16BE(position + 2) : short;
      const end = position + (short === 126 ? 4 : 2) + length;
      if (end > data.length) break;
      // Relayed messages have the length of ours; the welcome came before any of them.
      if (length !== message.length && length < 100) {
        acks += 1;
        onAck();
      }
      position = end;
    }
    rest = data.subarray(position);
    if (acks === 1) socket.write(frame);
    else if (acks > 1) socket.write(Buffer.concat(Array.from({ length: acks }, () => frame)));
  });
}
