import type { Clock, Timer } from '../../shared/clock.js';
import type { Envelope } from '../../shared/envelope.js';
import { describeError, ResonanceError, toErrorReport } from '../../shared/errors.js';
import type { LinkState } from '../../shared/feed.js';
import type { Logger } from '../../shared/logger.js';
import { encodeMessage, type Message, type WireMessage } from '../../shared/message.js';
import { parseMessage } from '../../shared/parse-message.js';
import type { Rejection } from '../../shared/rejection.js';
import { Acknowledgements, type AckOutcome } from './acknowledgements.js';
import { backoffLimits, backoffMs } from './backoff.js';
import { type LinkEvent, nextPhase } from './link-machine.js';
import { PeerConnection } from './peer-connection.js';
import { previewLength, type RejectedFrame } from './rejected-frame.js';
import type { NodeIdentity } from './replies.js';
import { closed, lostBeforeAck, notConnected, refusedBy, unacknowledged } from './send-errors.js';

/** Pause before a link that failed for good is tried again all the same. */
const failedRetryMs = 60_000;

export interface WebSocketClientOptions {
  /** The peer's name in the settings. */
  readonly name: string;
  /** The peer's server, `ws://` or `wss://`. */
  readonly url: string;
  /** This node: `source` of what is sent without one. */
  readonly identity: NodeIdentity;
  /** Default 20,000 ms. */
  readonly pingIntervalMs?: number;
  /** Default 10,000 ms. */
  readonly pingTimeoutMs?: number;
  /** From the attempt to the end of the handshake, name look-up included. Default 10,000 ms. */
  readonly handshakeTimeoutMs?: number;
  /** Time that the peer has to acknowledge what `send` sent. Default 10,000 ms. */
  readonly ackTimeoutMs?: number;
  /** Bytes that may wait for the network before `post` drops and `send` refuses. Default 1 MiB. */
  readonly maxBufferedBytes?: number;
  /** Messages that may wait for their ack before `send` refuses. Default 1,000. */
  readonly maxUnacknowledged?: number;
  readonly clock: Clock;
  /** Uniform in [0, 1); default `Math.random`. */
  readonly random?: () => number;
  readonly logger: Logger;
  /** Every valid message of the five types from the peer: its welcome, its broadcasts, what it relays. */
  readonly onEnvelope: (envelope: Envelope) => void;
  readonly onRejected?: (rejected: RejectedFrame) => void;
  readonly onLinkChange?: (state: LinkState) => void;
}

/** Counters since the start. */
export interface WebSocketClientStats {
  readonly messagesIn: number;
  readonly bytesIn: number;
  readonly messagesOut: number;
  readonly bytesOut: number;
  /** What `post` did not send: the link was not open, or too much waited. */
  readonly dropped: number;
  readonly acknowledged: number;
  /** The peer's `error` answers. */
  readonly errorsIn: number;
  readonly rejected: number;
  readonly connects: number;
}

/**
 * The link to one peer's WebSocket server. It comes back by itself after a loss, reads what the peer sends, measures
 * the round trip, and knows which of its messages the peer has acknowledged.
 */
export class ResonanceWebSocketClient {
  readonly #options: WebSocketClientOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #random: () => number;
  readonly #acknowledgements = new Acknowledgements();
  readonly #connectionName: string;
  #connection: PeerConnection | null = null;
  #retryTimer: Timer | null = null;
  #link: LinkState;
  #openedAtMs: number | null = null;
  #failedAttempts = 0;
  #roundTripMs: number | null = null;
  #unacknowledged = 0;
  #hasWarnedOfErrors = false;
  #messagesIn = 0;
  #bytesIn = 0;
  #messagesOut = 0;
  #bytesOut = 0;
  #dropped = 0;
  #acknowledged = 0;
  #errorsIn = 0;
  #rejected = 0;
  #connects = 0;

  constructor(options: WebSocketClientOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#random = options.random ?? Math.random;
    this.#connectionName = `peer:${options.name}`;
    this.#link = {
      phase: 'off',
      endpoint: options.url,
      sinceMs: this.#clock.wallMs(),
      attempt: 0,
      nextAttemptAtMs: null,
      lastError: null,
    };
  }

  get link(): LinkState {
    return this.#link;
  }

  /** Last ping to pong, milliseconds; null while not connected. */
  get roundTripMs(): number | null {
    return this.#roundTripMs;
  }

  get stats(): WebSocketClientStats {
    return {
      messagesIn: this.#messagesIn,
      bytesIn: this.#bytesIn,
      messagesOut: this.#messagesOut,
      bytesOut: this.#bytesOut,
      dropped: this.#dropped,
      acknowledged: this.#acknowledged,
      errorsIn: this.#errorsIn,
      rejected: this.#rejected,
      connects: this.#connects,
    };
  }

  /** Starts connecting and keeps at it until `close`. Returns at once; `onLinkChange` tells how it goes. */
  start(): void {
    this.#apply('connect');
  }

  /** Ends a pause between attempts. Nothing happens to a link that is open or about to be. */
  reconnectNow(): void {
    if (this.#link.phase === 'backoff' || this.#link.phase === 'failed') this.#apply('connect');
  }

  /** Idempotent. What is not acknowledged rejects with `SHUTTING_DOWN`; the socket is gone at the deadline (1,000 ms). */
  async close({ deadlineMs = 1_000 }: { deadlineMs?: number } = {}): Promise<void> {
    const connection = this.#connection;
    this.#apply('close');
    await connection?.close(deadlineMs);
  }

  /**
   * Sends without waiting for an answer: for what is repeated anyway, such as periodic broadcasts.
   *
   * @returns false when it was dropped, because the link is not open or too much waits for the network
   */
  post(message: Message): boolean {
    const connection = this.#connection;
    if (connection === null || !connection.isOpen || this.#isBackedUp(connection)) {
      this.#dropped += 1;
      return false;
    }
    this.#write(connection, message);
    return true;
  }

  /**
   * Sends and waits for the peer's answer.
   *
   * @returns milliseconds until the ack (for a heartbeat: until the peer's heartbeat)
   * @throws ResonanceError `WEBSOCKET_NOT_CONNECTED`, `WEBSOCKET_BACKPRESSURE`, `WEBSOCKET_TIMEOUT` (all retriable: after
   * the first and the last the peer may have got it all the same), `WEBSOCKET_REFUSED` (the peer answered with an
   * error), `SHUTTING_DOWN`
   */
  send(message: Message): Promise<{ readonly ackMs: number }> {
    const { name } = this.#options;
    const connection = this.#connection;
    if (connection === null || !connection.isOpen) return Promise.reject(notConnected(name, this.#link));
    if (this.#isBackedUp(connection) || this.#unacknowledged >= (this.#options.maxUnacknowledged ?? 1_000)) {
      const text = `${name} takes messages more slowly than they are sent.`;
      const hint = 'Wait until what was sent is acknowledged, then send again.';
      return Promise.reject(new ResonanceError('WEBSOCKET_BACKPRESSURE', text, { retriable: true, hint }));
    }
    return new Promise((resolve, reject) => {
      const sentAtMs = this.#clock.monotonicMs();
      const timeoutMs = this.#options.ackTimeoutMs ?? 10_000;
      let isSettled = false;
      const settle = (outcome: AckOutcome | { readonly kind: 'timeout' }): void => {
        if (isSettled) return;
        isSettled = true;
        deadline.cancel();
        this.#unacknowledged -= 1;
        if (outcome.kind === 'acknowledged') resolve({ ackMs: this.#clock.monotonicMs() - sentAtMs });
        else if (outcome.kind === 'refused') reject(refusedBy(name, outcome.answer));
        else if (outcome.kind === 'timeout') reject(unacknowledged(name, timeoutMs));
        else reject(this.#link.phase === 'off' ? closed(name) : lostBeforeAck(name));
      };
      const deadline = this.#clock.after(timeoutMs, () => settle({ kind: 'timeout' }));
      this.#unacknowledged += 1;
      this.#write(connection, message, settle);
    });
  }

  #isBackedUp(connection: PeerConnection): boolean {
    return connection.bufferedBytes > (this.#options.maxBufferedBytes ?? 1_048_576);
  }

  #write(connection: PeerConnection, message: Message, settle?: (outcome: AckOutcome) => void): void {
    const text = encodeMessage(
      message.source === undefined ? { ...message, source: this.#options.identity.name } : message,
    );
    // Nobody can tell the answer to a heartbeat from the peer's own heartbeats: it is expected only where asked for.
    if (settle !== undefined || message.type !== 'heartbeat')
      this.#acknowledgements.expect({ type: message.type, id: message.id, settle });
    connection.write(text);
    this.#messagesOut += 1;
    this.#bytesOut += Buffer.byteLength(text);
  }

  #apply(event: LinkEvent, error?: ResonanceError): void {
    const phase = nextPhase(this.#link.phase, event);
    if (phase === null) return;
    this.#retryTimer?.cancel();
    this.#retryTimer = null;
    const isWaiting = phase === 'backoff' || phase === 'failed';
    const delayMs = isWaiting ? this.#planRetry(phase) : null;
    if (phase === 'off') this.#failedAttempts = 0;
    const nowMs = this.#clock.wallMs();
    this.#link = {
      phase,
      endpoint: this.#options.url,
      sinceMs: nowMs,
      attempt: phase === 'open' ? 0 : this.#failedAttempts,
      nextAttemptAtMs: delayMs === null ? null : nowMs + delayMs,
      lastError: error !== undefined ? toErrorReport(error) : phase === 'open' ? null : this.#link.lastError,
    };
    if (phase === 'connecting') this.#connect();
    else if (phase === 'open') this.#onOpened();
    else this.#abandon();
    this.#report(error);
  }

  #onOpened(): void {
    this.#openedAtMs = this.#clock.monotonicMs();
    this.#connects += 1;
    this.#hasWarnedOfErrors = false;
  }

  #report(error: ResonanceError | undefined): void {
    const { name, url, onLinkChange } = this.#options;
    const fields = { peer: name, url, phase: this.#link.phase, attempt: this.#link.attempt };
    // The first failure is news, the thirtieth is not.
    if (error !== undefined && this.#link.attempt <= 1) this.#logger.warn(error.message, fields);
    else this.#logger.debug(error?.message ?? `WebSocket link is ${this.#link.phase}`, fields);
    onLinkChange?.(this.#link);
  }

  /** Counts the failure and sets the timer of the next attempt. Returns the pause. */
  #planRetry(phase: 'backoff' | 'failed'): number {
    const wasHealthy =
      this.#openedAtMs !== null && this.#clock.monotonicMs() - this.#openedAtMs >= backoffLimits.healthyMs;
    this.#failedAttempts = wasHealthy ? 1 : this.#failedAttempts + 1;
    const delayMs = phase === 'failed' ? failedRetryMs : backoffMs(this.#failedAttempts, this.#random);
    this.#retryTimer = this.#clock.after(delayMs, () => this.#apply('retryDue'));
    return delayMs;
  }

  #connect(): void {
    const { name, url, handshakeTimeoutMs, pingIntervalMs, pingTimeoutMs } = this.#options;
    const connection = new PeerConnection({
      peer: name,
      url,
      handshakeTimeoutMs: handshakeTimeoutMs ?? 10_000,
      pingIntervalMs: pingIntervalMs ?? 20_000,
      pingTimeoutMs: pingTimeoutMs ?? 10_000,
      clock: this.#clock,
      onOpen: () => {
        if (this.#connection === connection) this.#apply('opened');
      },
      onFrame: (data, isBinary) => {
        if (this.#connection === connection) this.#onFrame(data, isBinary);
      },
      onRoundTrip: (roundTripMs) => {
        if (this.#connection === connection) this.#roundTripMs = roundTripMs;
      },
      onEnded: (error) => {
        if (this.#connection === connection)
          this.#apply(error.retriable ? 'failedForNow' : 'failedForGood', error);
      },
    });
    this.#connection = connection;
    // Not within this transition: an address that is none fails at once.
    setImmediate(() => {
      if (this.#connection === connection) connection.open();
    });
  }

  /** The connection is gone or given up: what waits for an answer over it gets none. */
  #abandon(): void {
    this.#connection = null;
    this.#openedAtMs = null;
    this.#roundTripMs = null;
    this.#acknowledgements.onLost();
  }

  #onFrame(data: Buffer, isBinary: boolean): void {
    this.#messagesIn += 1;
    this.#bytesIn += data.length;
    if (isBinary) {
      this.#reject(
        { reason: 'binary_frame', detail: 'a binary frame, messages are JSON in text frames' },
        data,
        '',
      );
      return;
    }
    const text = data.toString();
    const result = parseMessage(text, data.length);
    if (result.ok) this.#onMessage(result.message, text, data.length);
    else this.#reject(result.rejection, data, text);
  }

  /** Counted and shown, not answered: a server takes an `error` from its client for a message, and an old one refuses it. */
  #reject(rejection: Rejection, data: Buffer, text: string): void {
    this.#rejected += 1;
    const preview = text.slice(0, previewLength);
    const { onRejected } = this.#options;
    onRejected?.({ connection: this.#connectionName, rejection, byteLength: data.length, preview });
  }

  #onMessage(message: WireMessage, text: string, byteLength: number): void {
    if (message.type === 'ack') {
      if (this.#acknowledgements.onAck(message)) this.#acknowledged += 1;
      return;
    }
    if (message.type === 'error') {
      this.#onErrorAnswer(message.message ?? 'no reason given');
      return;
    }
    // The answer to a heartbeat has no `source`; what the peer broadcasts or relays does.
    if (message.type === 'heartbeat' && message.source === undefined) this.#acknowledgements.onHeartbeat();
    try {
      this.#options.onEnvelope({
        message,
        direction: 'in',
        transport: 'websocket',
        node: message.source ?? this.#options.name,
        text,
        byteLength,
        atMs: this.#clock.wallMs(),
        connection: this.#connectionName,
      });
    } catch (error) {
      this.#logger.error('A receiver of WebSocket messages failed', {
        connection: this.#connectionName,
        error: describeError(error),
      });
    }
  }

  #onErrorAnswer(message: string): void {
    this.#errorsIn += 1;
    this.#acknowledgements.onError(message);
    // A peer that refuses a periodic broadcast refuses it every second.
    const fields = { peer: this.#options.name, answer: message.slice(0, 500) };
    if (this.#hasWarnedOfErrors) this.#logger.debug('A peer refused a message', fields);
    else this.#logger.warn('A peer refused a message', fields);
    this.#hasWarnedOfErrors = true;
  }
}
