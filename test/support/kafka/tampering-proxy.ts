import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { FrameAssembler } from '../../../src/main/broker/protocol/frame-assembler.js';
import { crc32c } from '../../../src/main/storage/crc32c.js';
import { proxyHost } from '../fault-proxy.js';

/** Changes a whole record batch in place, its length left as it is. */
export type Tamper = (batch: Buffer) => void;

const maxFrameBytes = 64 * 1_048_576;
const batchHeaderBytes = 61;

/** A link to a broker on which the record batches in the broker's answers can be changed: what no broker would let in. */
export class TamperingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #target: number;
  #tamper: Tamper = () => undefined;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((near) => this.#accept(near));
  }

  /** Leads to a port of 127.0.0.1 from the same port of `proxyHost`. */
  static async start(target: number): Promise<TamperingProxy> {
    const proxy = new TamperingProxy(target);
    proxy.#server.listen(target, proxyHost);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** HOST:PORT that clients connect to. */
  get address(): string {
    return `${proxyHost}:${this.#target}`;
  }

  /** From now on every batch on its way to a client goes through this. */
  set(tamper: Tamper): void {
    this.#tamper = tamper;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(near: Socket): void {
    const far = connect(this.#target, '127.0.0.1');
    const answers = new FrameAssembler(maxFrameBytes);
    const length = Buffer.alloc(4);
    far.on('data', (chunk: Buffer) => {
      answers.push(chunk, (frame) => {
        const answer = Buffer.from(frame);
        for (const batch of batchesIn(answer)) this.#tamper(batch);
        length.writeInt32BE(answer.length);
        near.write(Buffer.concat([length, answer]));
      });
    });
    near.pipe(far);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
  }
}

/** Every record batch in an answer, whatever API it is of: no other bytes have its shape and its checksum. */
function* batchesIn(answer: Buffer): Generator<Buffer> {
  for (let at = 0; at + batchHeaderBytes <= answer.length; at += 1) {
    const end = at + 12 + answer.readInt32BE(at + 8);
    const isLikely = answer[at + 16] === 2 && end >= at + batchHeaderBytes && end <= answer.length;
    if (!isLikely || answer.readUInt32BE(at + 17) !== crc32c(answer, at + 21, end)) continue;
    yield answer.subarray(at, end);
    at = end - 1;
  }
}
