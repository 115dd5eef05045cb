import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { FanOutMember, StreamEdit } from './fan-out.js';
import type { FlushingWebSocket } from './flushing-websocket.js';
import { TokenBucket } from './token-bucket.js';
import { type BacklogLimits, WriteBacklog } from './write-backlog.js';

/** Several chunks up to this many bytes are copied into one, which is cheaper than a vectored write. */
const maxCopiedBytes = 4_096;

/** Status codes of RFC 6455, section 7.4, that this server closes with. */
export const closeCodes = {
  goingAway: 1001,
  policyViolation: 1008,
  tryAgainLater: 1013,
} as const;

export interface ConnectionOptions {
  readonly id: string;
  readonly socket: Duplex;
  readonly ws: FlushingWebSocket;
  readonly remoteAddress: string;
  readonly connectedAtMs: number;
  readonly monotonicMs: () => number;
  readonly maxMessagesPerSecond: number;
  readonly backlogLimits: BacklogLimits;
  /** Called once, when the reader is too slow; nothing more is written then. */
  readonly onTooSlow: (connection: ServerConnection) => void;
}

/**
 * One client of the server: its socket, its limits, and which node it turned out to be.
 *
 * Data frames are written to the TCP socket itself, next to what `ws` writes there (pongs, pings, the close frame).
 * That is sound as long as every write is a whole number of frames and no data follows the close frame: `ws` writes
 * each frame synchronously and in one piece when permessage-deflate is off and no Blob or fragment is sent through it,
 * and {@link write} checks the state first (docs/decisions/websocket-fanout.md).
 */
export class ServerConnection implements FanOutMember {
  readonly id: string;
  readonly ws: FlushingWebSocket;
  readonly remoteAddress: string;
  readonly connectedAtMs: number;
  streamStart = 0;
  streamEdits: StreamEdit[] = [];
  /** The node that its messages name as `source`; null before the first one. */
  node: string | null = null;
  /** Whether anything came in since the last ping. */
  wasHeard = true;
  messagesIn = 0;
  bytesOut = 0;
  readonly #socket: Duplex;
  readonly #monotonicMs: () => number;
  readonly #backlog: WriteBacklog;
  readonly #accepted: TokenBucket;
  readonly #tolerated: TokenBucket;
  readonly #onTooSlow: (connection: ServerConnection) => void;
  #isGivenUp = false;

  constructor(options: ConnectionOptions) {
    const nowMs = options.monotonicMs();
    const perSecond = options.maxMessagesPerSecond;
    this.id = options.id;
    this.ws = options.ws;
    this.remoteAddress = options.remoteAddress;
    this.connectedAtMs = options.connectedAtMs;
    this.#socket = options.socket;
    this.#monotonicMs = options.monotonicMs;
    this.#backlog = new WriteBacklog(options.backlogLimits, nowMs);
    this.#accepted = new TokenBucket(perSecond, perSecond, nowMs);
    this.#tolerated = new TokenBucket(2 * perSecond, perSecond / 10, nowMs);
    this.#onTooSlow = options.onTooSlow;
  }

  get isOpen(): boolean {
    return this.ws.readyState === WebSocket.OPEN && !this.#isGivenUp;
  }

  /**
   * Whether one more message is within the rate limit. A client may exceed it for a while: after twice a second's worth
   * of refused messages (more when they are few) it is `persistent`.
   */
  admit(nowMs: number): 'accepted' | 'refused' | 'persistent' {
    if (this.#accepted.take(nowMs)) return 'accepted';
    return this.#tolerated.take(nowMs) ? 'refused' : 'persistent';
  }

  write(chunks: readonly Buffer[], byteLength: number): void {
    if (!this.isOpen) return;
    if (this.#backlog.isTooSlow(this.#socket.writableLength, this.#monotonicMs())) {
      this.#isGivenUp = true;
      this.#onTooSlow(this);
      return;
    }
    const only = chunks.length === 1 ? chunks[0] : undefined;
    if (only !== undefined) {
      this.#socket.write(only);
    } else if (byteLength <= maxCopiedBytes) {
      this.#socket.write(Buffer.concat(chunks, byteLength));
    } else {
      this.#socket.cork();
      for (const chunk of chunks) this.#socket.write(chunk);
      this.#socket.uncork();
    }
    this.#backlog.wrote(byteLength);
    this.bytesOut += byteLength;
  }

  /** Starts the closing handshake; `ws` ends it by force after its close timeout. */
  close(code: number, reason: string): void {
    this.ws.close(code, reason);
    this.#isGivenUp = true;
  }

  terminate(): void {
    this.ws.terminate();
  }
}
