import type { IncomingMessage } from 'node:http';
import { hostname, networkInterfaces } from 'node:os';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../shared/clock.js';
import type { Envelope } from '../../shared/envelope.js';
import { describeError, ResonanceError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import { encodeMessage, isReply, type Message, type WireMessage } from '../../shared/message.js';
import { maxMessageBytes, parseMessage } from '../../shared/parse-message.js';
import { type Rejection, rejectionReply } from '../../shared/rejection.js';
import { ConnectionDirectory } from './connection-directory.js';
import { FanOut } from './fan-out.js';
import type { FlushingWebSocket } from './flushing-websocket.js';
import { HandshakeGate, type RefusalReason } from './handshake-gate.js';
import { bracketed, isWildcard } from './handshake-policy.js';
import { PingSweep } from './ping-sweep.js';
import { previewLength } from './rejected-frame.js';
import { Replies } from './replies.js';
import { closeCodes, ServerConnection } from './server-connection.js';
import type { ConnectionView, WebSocketServerOptions, WebSocketServerStats } from './server-options.js';
import { frameText } from './text-frame.js';
import { defaultBacklogLimits } from './write-backlog.js';

export type { RejectedFrame } from './rejected-frame.js';
export type {
  ConnectionView,
  WebSocketServerOptions,
  WebSocketServerStats,
} from './server-options.js';

/**
 * The node's WebSocket server, speaking docs/protocol.md: welcomes, relays, acknowledges, answers errors.
 *
 * It has no authentication: it binds the loopback address unless told otherwise, and keeps web pages out by Origin and
 * Host. One instance listens once; make another to listen again.
 */
export class ResonanceWebSocketServer {
  readonly #options: WebSocketServerOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #host: string;
  readonly #maxConnections: number;
  readonly #replies: Replies;
  readonly #gate: HandshakeGate;
  readonly #fanOut: FanOut<ServerConnection>;
  readonly #directory = new ConnectionDirectory<ServerConnection>();
  readonly #pings: PingSweep;
  readonly #refused: Record<RefusalReason, number> = {
    origin: 0,
    host: 0,
    connection_limit: 0,
    handshake_timeout: 0,
    bad_handshake: 0,
    not_websocket: 0,
  };
  #starting: Promise<{ url: string; port: number }> | null = null;
  #closing: Promise<void> | null = null;
  #connectionsAccepted = 0;
  #messagesIn = 0;
  #bytesIn = 0;
  #messagesOut = 0;
  #rejected = 0;
  #rateLimited = 0;
  #slowReadersClosed = 0;
  #pingTimeouts = 0;

  constructor(options: WebSocketServerOptions) {
    const limits = options.limits ?? {};
    this.#options = options;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#host = options.host ?? '127.0.0.1';
    this.#maxConnections = limits.maxConnections ?? 1_000;
    this.#replies = new Replies(options.identity);
    this.#fanOut = new FanOut({ monotonicMs: () => this.#clock.monotonicMs() });
    this.#pings = new PingSweep({
      intervalMs: options.pingIntervalMs ?? 20_000,
      timeoutMs: options.pingTimeoutMs ?? 10_000,
      clock: options.clock,
      connections: this.#directory.all,
      onSilent: (connection) => this.#dropSilent(connection),
    });
    this.#gate = new HandshakeGate({
      host: this.#host,
      port: options.port ?? 8_765,
      hostPolicy: { listenHost: this.#host, allowedHosts: options.allowedHosts ?? [], ownHosts },
      allowedOrigins: options.allowedOrigins ?? [],
      maxPayloadBytes: limits.maxPayloadBytes ?? maxMessageBytes,
      handshakeTimeoutMs: limits.handshakeTimeoutMs ?? 10_000,
      clock: options.clock,
      hasRoom: () => this.#directory.all.size < this.#maxConnections,
      onAccepted: (ws, socket, request) => this.#onAccepted(ws, socket, request),
      onRefused: (reason, detail) => {
        this.#refused[reason] += 1;
        this.#logger.warn('WebSocket connection refused', { reason, detail });
      },
    });
  }

  /**
   * Listens. Resolves to the address for clients of this machine.
   *
   * @throws ResonanceError `WEBSOCKET_PORT_TAKEN`, `WEBSOCKET_FAILED` (address, permission), `SHUTTING_DOWN`
   */
  start(): Promise<{ url: string; port: number }> {
    if (this.#closing !== null)
      return Promise.reject(new ResonanceError('SHUTTING_DOWN', 'The WebSocket server was closed.'));
    this.#starting ??= this.#listen();
    return this.#starting;
  }

  async #listen(): Promise<{ url: string; port: number }> {
    const { port } = await this.#gate.listen();
    const shownHost = isWildcard(this.#host) ? 'localhost' : bracketed(this.#host);
    const url = `ws://${shownHost}:${port}`;
    this.#pings.start();
    this.#logger.info('WebSocket server listens', { url, host: this.#host });
    return { url, port };
  }

  /** Idempotent. Clients get 1001; those that do not answer are cut off at the deadline (default 2,000 ms). */
  close({ deadlineMs = 2_000 }: { deadlineMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#shutDown(deadlineMs);
    return this.#closing;
  }

  async #shutDown(deadlineMs: number): Promise<void> {
    this.#pings.stop();
    this.#fanOut.flush();
    const closed = this.#gate.close();
    for (const connection of this.#directory.all) {
      connection.close(closeCodes.goingAway, 'Resonance node is shutting down');
    }
    const deadline = this.#clock.after(deadlineMs, () => {
      for (const connection of this.#directory.all) connection.terminate();
    });
    await closed;
    deadline.cancel();
  }

  /** The clients, oldest first. */
  connections(): readonly ConnectionView[] {
    return this.#directory.views();
  }

  get stats(): WebSocketServerStats {
    return {
      connections: this.#directory.all.size,
      connectionsAccepted: this.#connectionsAccepted,
      messagesIn: this.#messagesIn,
      bytesIn: this.#bytesIn,
      messagesOut: this.#messagesOut,
      bytesOut: this.#directory.bytesOut,
      rejected: this.#rejected,
      rateLimited: this.#rateLimited,
      slowReadersClosed: this.#slowReadersClosed,
      pingTimeouts: this.#pingTimeouts,
      refused: { ...this.#refused },
    };
  }

  /** Sends to every client, without asking for an ack. Returns how many clients there are. */
  broadcast(message: Message): number {
    const clients = this.#directory.all.size;
    if (clients === 0) return 0;
    this.#fanOut.sendToAll(frameText(Buffer.from(encodeMessage(message))));
    this.#messagesOut += clients;
    return clients;
  }

  /** Sends to the clients that named themselves so. Returns how many there are. */
  sendTo(node: string, message: Message): number {
    const connections = this.#directory.ofNode(node);
    if (connections.size === 0) return 0;
    const frame = frameText(Buffer.from(encodeMessage(message)));
    for (const connection of connections) this.#send(connection, frame);
    return connections.size;
  }

  #onAccepted(ws: FlushingWebSocket, socket: Duplex, request: IncomingMessage): void {
    this.#connectionsAccepted += 1;
    const connection = new ServerConnection({
      id: `server#${this.#connectionsAccepted}`,
      socket,
      ws,
      remoteAddress: request.socket.remoteAddress ?? '',
      connectedAtMs: this.#clock.wallMs(),
      monotonicMs: () => this.#clock.monotonicMs(),
      maxMessagesPerSecond: this.#options.limits?.maxMessagesPerSecond ?? 5_000,
      backlogLimits: { ...defaultBacklogLimits, ...this.#options.limits?.backlog },
      onTooSlow: (slow) => this.#closeSlowReader(slow),
    });
    ws.beforeClose = () => this.#fanOut.flushMember(connection);
    ws.on('message', (data, isBinary) => this.#onFrame(connection, data as Buffer, isBinary));
    const onHeard = (): void => {
      connection.wasHeard = true;
    };
    ws.on('ping', onHeard);
    ws.on('pong', onHeard);
    ws.on('error', (error) => this.#onSocketError(connection, error));
    ws.on('close', () => this.#onClosed(connection));
    this.#directory.add(connection);
    this.#fanOut.add(connection);
    this.#send(connection, this.#replies.welcome(this.#options.readState(), connection.connectedAtMs));
    this.#logger.debug('WebSocket client connected', {
      connection: connection.id,
      remoteAddress: connection.remoteAddress,
    });
    this.#changed();
  }

  #onClosed(connection: ServerConnection): void {
    this.#directory.remove(connection);
    this.#fanOut.remove(connection);
    this.#logger.debug('WebSocket client gone', { connection: connection.id, node: connection.node });
    this.#changed();
  }

  #onFrame(connection: ServerConnection, data: Buffer, isBinary: boolean): void {
    // What comes after our close frame could not be acknowledged any more.
    if (!connection.isOpen) return;
    connection.wasHeard = true;
    this.#messagesIn += 1;
    this.#bytesIn += data.length;
    const admission = connection.admit(this.#clock.monotonicMs());
    if (admission === 'accepted') this.#onAdmitted(connection, data, isBinary);
    else this.#onRateExceeded(connection, data, admission);
  }

  #onAdmitted(connection: ServerConnection, data: Buffer, isBinary: boolean): void {
    if (isBinary) {
      const detail = 'a binary frame, messages are JSON in text frames';
      this.#reject(connection, { reason: 'binary_frame', detail }, data.length, '');
      return;
    }
    const text = data.toString();
    const result = parseMessage(text, data.length);
    if (result.ok) this.#onMessage(connection, result.message, data, text);
    else this.#reject(connection, result.rejection, data.length, text);
  }

  #onMessage(connection: ServerConnection, message: WireMessage, data: Buffer, text: string): void {
    // Our own messages to clients may be acknowledged or refused; an answer to an answer would never end.
    if (isReply(message)) return;
    connection.messagesIn += 1;
    if (message.source !== undefined && message.source !== connection.node) {
      this.#directory.identify(connection, message.source);
      this.#changed();
    }
    const nowMs = this.#clock.wallMs();
    if (this.#options.isMute?.() !== true) this.#answer(connection, message, data, nowMs);
    this.#deliver({
      message,
      direction: 'in',
      transport: 'websocket',
      node: message.source ?? connection.node,
      text,
      byteLength: data.length,
      atMs: nowMs,
      connection: connection.id,
    });
  }

  #answer(connection: ServerConnection, message: WireMessage, data: Buffer, nowMs: number): void {
    if (message.type === 'heartbeat') {
      this.#send(connection, this.#replies.heartbeat(nowMs));
      return;
    }
    this.#messagesOut += this.#directory.all.size;
    // `data` is the client's own text: relayed unchanged, whatever fields it has.
    this.#fanOut.relay(frameText(data), connection, this.#replies.ack(message.type, message.id, nowMs));
  }

  #deliver(envelope: Envelope): void {
    try {
      this.#options.onEnvelope(envelope);
    } catch (error) {
      this.#logger.error('A receiver of WebSocket messages failed', {
        connection: envelope.connection,
        error: describeError(error),
      });
    }
  }

  #onRateExceeded(connection: ServerConnection, data: Buffer, admission: 'refused' | 'persistent'): void {
    this.#rateLimited += 1;
    const perSecond = this.#options.limits?.maxMessagesPerSecond ?? 5_000;
    if (admission === 'persistent') {
      if (!connection.isOpen) return;
      this.#logger.warn('WebSocket client closed: too many messages', {
        connection: connection.id,
        node: connection.node,
      });
      connection.close(closeCodes.policyViolation, `At most ${perSecond} messages a second`);
      return;
    }
    const detail = `at most ${perSecond} messages a second are allowed`;
    const preview = data.toString('utf8', 0, previewLength);
    this.#reject(connection, { reason: 'rate_limited', detail }, data.length, preview);
  }

  #reject(connection: ServerConnection, rejection: Rejection, byteLength: number, text: string): void {
    this.#send(connection, this.#replies.error(rejectionReply(rejection)));
    this.#report(connection, rejection, byteLength, text);
  }

  #report(connection: ServerConnection, rejection: Rejection, byteLength: number, text: string): void {
    this.#rejected += 1;
    const preview = text.slice(0, previewLength);
    this.#options.onRejected?.({ connection: connection.id, rejection, byteLength, preview });
  }

  #send(connection: ServerConnection, frame: Buffer): void {
    this.#messagesOut += 1;
    this.#fanOut.sendTo(connection, frame);
  }

  /** `ws` has closed the connection, or is about to, with the code that fits the error. */
  #onSocketError(connection: ServerConnection, error: Error & { code?: string }): void {
    this.#logger.debug('WebSocket client failed', { connection: connection.id, error: error.message });
    switch (error.code) {
      case 'WS_ERR_INVALID_UTF8':
        this.#report(connection, { reason: 'not_utf8', detail: 'the text frame is not UTF-8' }, 0, '');
        break;
      case 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH': {
        const allowed = this.#options.limits?.maxPayloadBytes ?? maxMessageBytes;
        this.#report(
          connection,
          { reason: 'too_big', detail: `at most ${allowed} bytes are allowed` },
          0,
          '',
        );
        break;
      }
      default:
        break;
    }
  }

  #closeSlowReader(connection: ServerConnection): void {
    this.#slowReadersClosed += 1;
    this.#logger.warn('WebSocket client closed: it does not read what it is sent', {
      connection: connection.id,
      node: connection.node,
    });
    connection.close(closeCodes.tryAgainLater, 'Too slow: read faster, then connect again');
  }

  #changed(): void {
    this.#options.onConnectionsChange?.();
  }

  #dropSilent(connection: ServerConnection): void {
    this.#pingTimeouts += 1;
    this.#logger.warn('WebSocket client dropped: it did not answer a ping', {
      connection: connection.id,
      node: connection.node,
    });
    connection.terminate();
  }
}

/** Names and addresses of this machine, as clients on the network may write them. */
function ownHosts(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return [hostname(), ...addresses.map(({ address }) => address)];
}
