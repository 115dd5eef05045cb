import type { Socket } from 'node:net';
import type { ISocketFactoryArgs } from 'kafkajs';
import { openBrokerSocket } from './broker-socket.js';
import { containDecodingErrors } from './faults/garbled-answer.js';
import { decodeHost } from './faults/ipv6-address.js';
import { guardSocket } from './read-only-guard.js';

const keepAliveDelayMs = 10_000;

export interface SocketRegistryOptions {
  /** Called when the last open connection is gone. */
  readonly onDisconnected?: () => void;
  /** Requests that could change something are refused. Default false. */
  readonly readOnly?: boolean;
}

/**
 * Opens the sockets of one Kafka client and keeps hold of them.
 *
 * kafkajs has no way to drop a connection that no longer answers, its `disconnect()` may wait for ever
 * (https://github.com/tulios/kafkajs/issues/918), and what it was retrying then goes on and reconnects (issue 1174);
 * whoever holds the registry can end every connection at once, and for good.
 */
export class SocketRegistry {
  readonly #sockets = new Set<Socket>();
  readonly #onDisconnected: (() => void) | undefined;
  readonly #readOnly: boolean;
  #closed = false;

  constructor(options: SocketRegistryOptions = {}) {
    this.#onDisconnected = options.onDisconnected;
    this.#readOnly = options.readOnly ?? false;
  }

  get openCount(): number {
    return this.#sockets.size;
  }

  /** kafkajs' `socketFactory`. */
  readonly open = ({ host, port, ssl, onConnect }: ISocketFactoryArgs): Socket => {
    if (this.#closed) throw new Error('this Kafka client is closed');
    // kafkajs passes null for plaintext, whatever its types say.
    const socket = openBrokerSocket({ host: decodeHost(host), port, ssl: ssl ?? undefined }, onConnect);
    if (this.#readOnly) guardSocket(socket);
    socket.setKeepAlive(true, keepAliveDelayMs);
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    containDecodingErrors(socket);
    socket.once('close', () => {
      // kafkajs unrefs the dead socket with every further attempt, and each time Node would wait for it to connect.
      socket.unref = () => socket;
      if (this.#sockets.delete(socket) && this.#sockets.size === 0) this.#onDisconnected?.();
    });
    return socket;
  };

  /** Ends every connection now; the client reconnects when it needs to. */
  dropAll(reason: string): void {
    const sockets = [...this.#sockets];
    // Forgotten first: kafkajs reconnects from one while the next is still open, and nobody would hear that all were lost.
    this.#sockets.clear();
    // The error makes kafkajs reject what waits for an answer on this socket.
    for (const socket of sockets) socket.destroy(new Error(reason));
    if (sockets.length > 0) this.#onDisconnected?.();
  }

  /** Ends every connection and refuses new ones. */
  close(): void {
    this.#closed = true;
    // Without an error kafkajs would not notice, and keep looking for late answers ten times a second for ever.
    this.dropAll('this Kafka client is closed');
  }
}
