import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const key = 'dGhlIHNhbXBsZSBub25jZQ==';

export interface HandshakeHeaders {
  readonly Host?: string | null;
  readonly Origin?: string;
  readonly [name: string]: string | null | undefined;
}

/** A TCP connection to the server, for what no well-behaved client does. */
export class RawSocket {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  #received: Buffer = Buffer.alloc(0);
  #check: (() => void) | null = null;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#check?.();
    });
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  static async connect(port: number): Promise<RawSocket> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawSocket(socket);
  }

  /** Connects and opens a WebSocket; what the server sends after the handshake is in `received`. */
  static async openWebSocket(port: number): Promise<RawSocket> {
    const raw = await RawSocket.connect(port);
    raw.handshake();
    const response = await raw.until((received) => received.includes('\r\n\r\n'));
    raw.#received = response.subarray(response.indexOf('\r\n\r\n') + 4);
    return raw;
  }

  /** Sends a handshake; `null` leaves a header out. */
  handshake(headers: HandshakeHeaders = {}, path = '/'): void {
    const all: HandshakeHeaders = {
      Host: 'localhost',
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Key': key,
      'Sec-WebSocket-Version': '13',
      ...headers,
    };
    const lines = Object.entries(all).flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [`${name}: ${value}`],
    );
    this.socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  }

  get received(): Buffer {
    return this.#received;
  }

  /** What was received, once it fulfils the condition. */
  until(condition: (received: Buffer) => boolean): Promise<Buffer> {
    return new Promise((resolve) => {
      this.#check = () => {
        if (!condition(this.#received)) return;
        this.#check = null;
        resolve(this.#received);
      };
      this.#check();
    });
  }
}

/** A client's frame, masked with zeros. */
export function clientFrame(opcode: number, payload: Uint8Array, isFinal = true): Buffer {
  const length = payload.length;
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  header[0] = (isFinal ? 0x80 : 0) | opcode;
  if (header.length === 2) header[1] = length | 0x80;
  else if (header.length === 4) {
    header[1] = 126 | 0x80;
    header.writeUInt16BE(length, 2);
  } else {
    header[1] = 127 | 0x80;
    header.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([header, Buffer.alloc(4), payload]);
}

export interface ReceivedFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** The server's whole frames in these bytes. Throws on what no server may send: a mask, a reserved bit, a bad opcode. */
export function readFrames(bytes: Buffer): { frames: ReceivedFrame[]; rest: Buffer } {
  const frames: ReceivedFrame[] = [];
  let position = 0;
  while (position + 2 <= bytes.length) {
    const first = bytes.readUInt8(position);
    const second = bytes.readUInt8(position + 1);
    if ((first & 0xf0) !== 0x80 || (second & 0x80) !== 0 || ![1, 8, 9, 10].includes(first & 0x0f))
      throw new Error(
        `no frame at byte ${position}: ${bytes.subarray(position, position + 16).toString('hex')}`,
      );
    const headerLength = second === 127 ? 10 : second === 126 ? 4 : 2;
    if (position + headerLength > bytes.length) break;
    const length =
      second === 127
        ? Number(bytes.readBigUInt64BE(position + 2))
        : second === 126
          ? bytes.readUInt16BE(position + 2)
          : second;
    const end = position + headerLength + length;
    if (end > bytes.length) break;
    frames.push({ opcode: first & 0x0f, payload: bytes.subarray(position + headerLength, end) });
    position = end;
  }
  return { frames, rest: bytes.subarray(position) };
}
