import { createServer, type Server as HttpServer, type IncomingMessage, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Server, type ServerOptions, WebSocketServer } from 'ws';
import type { Clock, Timer } from '../../shared/clock.js';
import { ResonanceError } from '../../shared/errors.js';
import { FlushingWebSocket } from './flushing-websocket.js';
import { type HostPolicy, isHostAllowed, isOriginAllowed } from './handshake-policy.js';

/** TCP connections that may be between connect and handshake at once. */
const maxPendingHandshakes = 256;

/** Time that a client has to answer our close frame. */
const closeTimeoutMs = 2_000;

/** Why a connection did not become a WebSocket. */
export const refusalReasons = [
  'origin',
  'host',
  'connection_limit',
  'handshake_timeout',
  'bad_handshake',
  'not_websocket',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

export interface HandshakeGateOptions {
  readonly host: string;
  readonly port: number;
  readonly hostPolicy: HostPolicy;
  readonly allowedOrigins: readonly string[];
  readonly maxPayloadBytes: number;
  readonly handshakeTimeoutMs: number;
  readonly clock: Clock;
  readonly hasRoom: () => boolean;
  readonly onAccepted: (ws: FlushingWebSocket, socket: Duplex, request: IncomingMessage) => void;
  readonly onRefused: (reason: RefusalReason, detail: string) => void;
}

/**
 * The server's door: listens, gives each TCP connection a deadline for its handshake, and turns away, with a status and
 * a readable line, whom the rules do not allow. What comes through is a WebSocket.
 */
export class HandshakeGate {
  readonly #options: HandshakeGateOptions;
  readonly #http: HttpServer;
  readonly #webSockets: Server<typeof FlushingWebSocket>;
  readonly #pending = new Map<Duplex, Timer>();

  constructor(options: HandshakeGateOptions) {
    this.#options = options;
    // The deadline below replaces Node's own timeouts, which are checked by a timer that never rests.
    this.#http = createServer({
      headersTimeout: 0,
      requestTimeout: 0,
      connectionsCheckingInterval: 2_147_483_647,
    });
    this.#http.on('connection', (socket) => this.#onConnection(socket));
    this.#http.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket, head));
    this.#http.on('clientError', (error, socket) =>
      this.#refuse(socket, 'bad_handshake', 400, `Not a valid HTTP request: ${error.message}`),
    );
    this.#http.on('request', (_request, response) => {
      this.#options.onRefused('not_websocket', 'a plain HTTP request');
      response.writeHead(426, {
        Connection: 'close',
        Upgrade: 'websocket',
        'Content-Type': 'text/plain; charset=utf-8',
      });
      response.end('This is a Resonance node. It speaks WebSocket: connect with a ws:// address.\n');
    });
    // `closeTimeout` is an option since ws 8.19; the type package does not know it yet.
    const webSocketOptions: ServerOptions<typeof FlushingWebSocket> & { closeTimeout: number } = {
      noServer: true,
      clientTracking: false,
      WebSocket: FlushingWebSocket,
      perMessageDeflate: false,
      maxPayload: options.maxPayloadBytes,
      closeTimeout: closeTimeoutMs,
    };
    this.#webSockets = new WebSocketServer(webSocketOptions);
    this.#webSockets.on('wsClientError', (error, socket) =>
      this.#refuse(socket, 'bad_handshake', 400, error.message),
    );
  }

  /** Resolves to the address it listens on. Rejects with `WEBSOCKET_PORT_TAKEN` or `WEBSOCKET_FAILED`. */
  listen(): Promise<AddressInfo> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      const onError = (error: NodeJS.ErrnoException): void => reject(listenError(error, host, port));
      this.#http.once('error', onError);
      this.#http.listen({ host, port }, () => {
        this.#http.off('error', onError);
        // After listening an error is a failed accept (too many open files): that client is lost, the server is not.
        this.#http.on('error', (error) => this.#options.onRefused('bad_handshake', error.message));
        resolve(this.#http.address() as AddressInfo);
      });
    });
  }

  /** Stops listening and drops whoever is still in the handshake. Resolves when every socket is gone. */
  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    for (const socket of this.#pending.keys()) socket.destroy();
    return closed;
  }

  #onConnection(socket: Socket): void {
    if (this.#pending.size >= maxPendingHandshakes) {
      this.#options.onRefused('connection_limit', 'too many handshakes at once');
      socket.destroy();
      return;
    }
    const deadline = this.#options.clock.after(this.#options.handshakeTimeoutMs, () => {
      this.#options.onRefused(
        'handshake_timeout',
        `no handshake within ${this.#options.handshakeTimeoutMs} ms`,
      );
      socket.destroy();
    });
    this.#pending.set(socket, deadline);
    socket.once('close', () => this.#settle(socket));
  }

  #settle(socket: Duplex): void {
    this.#pending.get(socket)?.cancel();
    this.#pending.delete(socket);
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { allowedOrigins, hostPolicy } = this.#options;
    // `Sec-WebSocket-Origin` is what the drafts before RFC 6455 called it; ws still accepts those handshakes.
    for (const origin of [request.headers.origin, headerText(request.headers['sec-websocket-origin'])]) {
      if (!isOriginAllowed(origin, allowedOrigins)) {
        const line = `Pages of ${shown(origin)} may not connect: list the origin in websocket.allowedOrigins.`;
        this.#refuse(socket, 'origin', 403, line);
        return;
      }
    }
    if (!isHostAllowed(request.headers.host, hostPolicy)) {
      const line = `This server does not go by the name ${shown(request.headers.host)}: list it in websocket.allowedHosts.`;
      this.#refuse(socket, 'host', 403, line);
      return;
    }
    if (!this.#options.hasRoom()) {
      this.#refuse(socket, 'connection_limit', 503, 'Too many connections: try again later.');
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (ws) => {
      this.#settle(socket);
      this.#options.onAccepted(ws, socket, request);
    });
  }

  #refuse(socket: Duplex, reason: RefusalReason, status: number, line: string): void {
    this.#options.onRefused(reason, line);
    // The client may be gone already; there is nobody left to tell.
    socket.on('error', () => socket.destroy());
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    const body = `${line}\n`;
    socket.once('finish', () => socket.destroy());
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  }
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}

/** What a client sent, in a line that it reads back: short, and without control characters. */
function shown(value: string | undefined): string {
  return value === undefined ? '(none)' : JSON.stringify(value.slice(0, 200));
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): ResonanceError {
  switch (error.code) {
    case 'EADDRINUSE':
      return new ResonanceError(
        'WEBSOCKET_PORT_TAKEN',
        `Port ${port} on ${host} is in use by another program.`,
        {
          hint: 'Close the other program (another Resonance?) or choose another websocket.port; 0 takes any free one.',
          cause: error,
        },
      );
    case 'EACCES':
      return new ResonanceError('WEBSOCKET_FAILED', `This user may not listen on port ${port}.`, {
        hint: 'Choose a websocket.port above 1023.',
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ResonanceError('WEBSOCKET_FAILED', `This machine has no address ${host}.`, {
        hint: 'Set websocket.host to 127.0.0.1, or to an address of this machine.',
        cause: error,
      });
    default:
      return new ResonanceError('WEBSOCKET_FAILED', `Cannot listen on ${host}:${port}: ${error.message}`, {
        hint: 'Check websocket.host and websocket.port.',
        cause: error,
      });
  }
}
