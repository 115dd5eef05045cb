import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';

/** A WebSocket client that keeps what it receives until a test asks for it. */
export class TestSocket {
  readonly socket: WebSocket;
  /** Messages that nobody asked for yet. */
  readonly unread: string[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #waiting: { resolve: (text: string) => void; reject: (error: Error) => void }[] = [];

  constructor(url: string, options: ClientOptions = {}) {
    this.socket = new WebSocket(url, { perMessageDeflate: false, ...options });
    this.socket.on('message', (data) => {
      const text = data.toString();
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.unread.push(text);
      else waiting.resolve(text);
    });
    this.socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => {
        for (const { reject } of this.#waiting) reject(new Error(`closed with ${code} ${reason}`));
        resolve({ code, reason: reason.toString() });
      });
    });
  }

  static async open(url: string, options: ClientOptions = {}): Promise<TestSocket> {
    const socket = new TestSocket(url, options);
    await once(socket.socket, 'open');
    return socket;
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  sendText(text: string): void {
    this.socket.send(text);
  }

  nextText(): Promise<string> {
    const text = this.unread.shift();
    if (text !== undefined) return Promise.resolve(text);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** The next message, parsed. */
  async next(): Promise<Record<string, unknown>> {
    return JSON.parse(await this.nextText()) as Record<string, unknown>;
  }

  /** The next message of that type; what comes before is dropped. */
  async nextOfType(type: string): Promise<Record<string, unknown>> {
    for (;;) {
      const message = await this.next();
      if (message.type === type) return message;
    }
  }

  terminate(): void {
    this.socket.terminate();
  }
}
