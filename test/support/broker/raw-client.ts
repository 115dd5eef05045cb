import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { FrameAssembler } from '../../../src/main/broker/protocol/frame-assembler.js';
import { ProtocolReader } from '../../../src/main/broker/protocol/protocol-reader.js';
import { ProtocolWriter } from '../../../src/main/broker/protocol/protocol-writer.js';

/** Flexible requests need a flexible header, and their responses have one too, except ApiVersions. */
interface RequestOptions {
  readonly flexible?: boolean;
}

const API_VERSIONS = 18;

/** The bytes of one request frame, length prefix included. */
export function encodeRequest(
  apiKey: number,
  version: number,
  correlationId: number,
  write: (writer: ProtocolWriter) => void,
  options: RequestOptions = {},
): Buffer {
  const header = new ProtocolWriter();
  header.int16(apiKey).int16(version).int32(correlationId).nullableString('raw-client');
  const body = new ProtocolWriter({ flexible: options.flexible ?? false });
  body.tags();
  write(body);
  // Both writers begin with a length prefix of their own: take it off and write the joint one.
  const content = Buffer.concat(
    [header, body].map((part) => Buffer.concat(part.finish().pieces).subarray(4)),
  );
  const prefix = Buffer.alloc(4);
  prefix.writeInt32BE(content.length);
  return Buffer.concat([prefix, content]);
}

/** A client without any manners of its own: sends what a test tells it to and hands out whole responses. */
export class RawClient {
  readonly socket: Socket;
  readonly #responses: Buffer[] = [];
  readonly #waiting: { resolve(frame: Buffer): void; reject(error: Error): void }[] = [];
  #correlationId = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    const assembler = new FrameAssembler(64 * 1024 * 1024);
    socket.on('data', (chunk: Buffer) => {
      assembler.push(chunk, (frame) => {
        const waiting = this.#waiting.shift();
        if (waiting === undefined) this.#responses.push(frame);
        else waiting.resolve(frame);
      });
    });
    socket.on('close', () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error('The broker closed the connection'));
    });
    // The broker closing on us is what many tests are about; they look at `closed`.
    socket.on('error', () => undefined);
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  /** Resolves when the broker has closed the connection. */
  async closed(): Promise<void> {
    if (this.socket.closed) return;
    // Not events.once(), which rejects when an error comes first.
    await new Promise((resolve) => this.socket.once('close', resolve));
  }

  send(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** The next response frame, correlation id included. */
  nextResponse(): Promise<Buffer> {
    const ready = this.#responses.shift();
    if (ready !== undefined) return Promise.resolve(ready);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Sends a request and returns a reader of the response's body. */
  async request(
    apiKey: number,
    version: number,
    write: (writer: ProtocolWriter) => void,
    options: RequestOptions = {},
  ): Promise<ProtocolReader> {
    this.#correlationId += 1;
    const correlationId = this.#correlationId;
    this.send(encodeRequest(apiKey, version, correlationId, write, options));
    const reader = new ProtocolReader(await this.nextResponse(), { flexible: options.flexible ?? false });
    const answered = reader.int32();
    if (answered !== correlationId) throw new Error(`Answer ${answered} to request ${correlationId}`);
    if (apiKey !== API_VERSIONS) reader.skipTags();
    return reader;
  }

  destroy(): void {
    this.socket.destroy();
  }
}
