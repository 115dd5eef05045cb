import type { Socket } from 'node:net';
import type { BrokerSettings } from '../broker-settings.js';
import type { BrokerClock, BrokerLogger, BrokerTimer } from '../environment.js';
import { BrokerError, type BrokerErrorCode } from '../errors.js';
import { FrameAssembler } from '../protocol/frame-assembler.js';
import type { BrokerMetrics, CloseReason } from './broker-metrics.js';
import type {
  DispatchableRequest,
  DispatchResult,
  RequestDispatcher,
  ResponseFrame,
} from './request-dispatcher.js';

export interface BrokerConnectionOptions {
  readonly socket: Socket;
  readonly dispatcher: RequestDispatcher;
  readonly settings: BrokerSettings;
  readonly clock: BrokerClock;
  readonly metrics: BrokerMetrics;
  readonly logger: BrokerLogger;
  /** Called once, when the connection has ended. */
  readonly onClosed: (reason: CloseReason) => void;
}

/** A request being handled, in the order its answer must be sent. */
interface Slot {
  readonly pipelined: boolean;
  readonly requestBytes: number;
  result: DispatchResult | undefined;
  reservedBytes: number;
}

const MAX_WAITING_REQUESTS = 64;
const MAX_WAITING_BYTES = 1024 * 1024;
const MAX_PIPELINED_REQUESTS = 32;
const MAX_PIPELINED_BYTES = 4 * 1024 * 1024;

/** Errors that are the client's doing. */
const REASON_BY_CODE: Partial<Record<BrokerErrorCode, CloseReason>> = {
  MALFORMED_REQUEST: 'malformed',
  RESPONSE_TOO_LARGE: 'response-too-large',
};

/**
 * One client: cuts its bytes into requests, has them handled in order, sends the answers in order.
 *
 * As in Apache Kafka one request is handled at a time, so that a client's requests take effect in the order it sent
 * them; only pipelined ones (Produce) may overlap among themselves. Reading stops while too many requests wait, and no
 * request is started while the client has not taken the last answer, so neither side of a connection grows without bound.
 * Whatever is wrong with a frame closes this connection and concerns no other.
 */
export class BrokerConnection {
  readonly #options: BrokerConnectionOptions;
  readonly #socket: Socket;
  readonly #assembler: FrameAssembler;
  readonly #clientHost: string;
  readonly #waiting: Buffer[] = [];
  readonly #slots: Slot[] = [];
  readonly #disconnectListeners = new Set<() => void>();
  #waitingBytes = 0;
  /** Of the requests being handled. */
  #handledBytes = 0;
  /** This connection's share of the inbound bytes that all connections share. */
  #countedInboundBytes = 0;
  #frameTimer: BrokerTimer | undefined;
  #responseTimer: BrokerTimer | undefined;
  #readingPaused = false;
  #draining = false;
  #closed = false;

  constructor(options: BrokerConnectionOptions) {
    this.#options = options;
    this.#socket = options.socket;
    this.#assembler = new FrameAssembler(options.settings.maxRequestBytes);
    this.#clientHost = options.socket.remoteAddress ?? '';
    const { socket } = options;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('drain', () => this.#drained());
    socket.on('error', (error) => {
      options.logger.debug('A client connection failed', { client: this.#clientHost, error: error.message });
    });
    socket.on('close', () => this.close('client'));
    // A client that connects and says nothing is not idle, it is not a client: its first request is due.
    this.#startFrameTimeout();
  }

  /** Ends the connection at once; nothing more is read or sent. */
  close(reason: CloseReason): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#frameTimer?.cancel();
    this.#responseTimer?.cancel();
    this.#releaseWaiting();
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    this.#handledBytes = 0;
    this.#countInbound();
    for (const slot of this.#slots) this.#reserve(slot, 0);
    this.#slots.length = 0;
    this.#socket.destroy();
    this.#options.onClosed(reason);
  }

  /** Takes no further requests, answers those being handled without waiting longer for data, then ends. */
  drain(): void {
    if (this.#closed || this.#draining) return;
    this.#draining = true;
    this.#socket.pause();
    this.#frameTimer?.cancel();
    this.#releaseWaiting();
    this.#closeWhenDrained();
  }

  #receive(chunk: Buffer): void {
    if (this.#closed || this.#draining) return;
    this.#options.metrics.receivedBytes += chunk.length;
    let completed = 0;
    const fault = this.#assembler.push(chunk, (frame) => {
      completed += 1;
      this.#waiting.push(frame);
      this.#waitingBytes += frame.length;
    });
    if (completed > 0) this.#stopFrameTimeout();
    this.#start();
    if (this.#closed) return;
    if (fault !== undefined) {
      this.close(fault);
      return;
    }
    this.#countInbound();
    if (this.#options.metrics.inboundBytes > this.#options.settings.maxInboundBytes) {
      this.close('inbound-memory');
      return;
    }
    if (this.#tooManyWaiting()) this.#pauseReading();
    else if (this.#assembler.bufferedBytes > 0) this.#startFrameTimeout();
  }

  /** Starts waiting requests as far as order and the client's reading allow. */
  #start(): void {
    while (!this.#closed && !this.#draining && !this.#socket.writableNeedDrain) {
      const frame = this.#waiting[0];
      if (frame === undefined) break;
      const request = this.#recognise(frame);
      if (request === undefined) return;
      if (!this.#mayStart(request, frame.length)) break;
      this.#waiting.shift();
      this.#waitingBytes -= frame.length;
      this.#run(request, frame.length);
    }
    if (this.#closed) return;
    this.#countInbound();
    if (this.#readingPaused && !this.#draining && !this.#tooManyWaiting()) this.#resumeReading();
  }

  #mayStart(request: DispatchableRequest, requestBytes: number): boolean {
    if (this.#slots.length === 0) return true;
    return (
      request.pipelined &&
      this.#slots.length < MAX_PIPELINED_REQUESTS &&
      this.#handledBytes + requestBytes <= MAX_PIPELINED_BYTES &&
      this.#slots.every((slot) => slot.pipelined)
    );
  }

  #recognise(frame: Buffer): DispatchableRequest | undefined {
    try {
      const request = this.#options.dispatcher.recognise(frame);
      if ('run' in request) return request;
      this.#options.logger.debug('Refused a request', { client: this.#clientHost, reason: request.detail });
      this.close(request.close);
    } catch (error) {
      this.#fail(error);
    }
    return undefined;
  }

  #run(request: DispatchableRequest, requestBytes: number): void {
    const { pipelined } = request;
    this.#options.metrics.requests += 1;
    const slot: Slot = { pipelined, requestBytes, result: undefined, reservedBytes: 0 };
    this.#slots.push(slot);
    this.#handledBytes += requestBytes;
    const context = {
      clientHost: this.#clientHost,
      onDisconnect: (listener: () => void) => this.#onDisconnect(listener),
      reserveResponseBytes: (byteLength: number) => this.#grant(slot, byteLength),
    };
    request.run(context).then(
      (result) => {
        slot.result = result;
        this.#sendFinished();
        this.#start();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  /** Sends the answers that are complete, in the order of their requests. */
  #sendFinished(): void {
    while (!this.#closed) {
      const slot = this.#slots[0];
      if (slot?.result === undefined) break;
      this.#slots.shift();
      this.#handledBytes -= slot.requestBytes;
      const { result } = slot;
      if (result === 'no-response') this.#reserve(slot, 0);
      else if ('close' in result) this.close(result.close);
      else this.#send(slot, result);
    }
    if (this.#draining) this.#closeWhenDrained();
  }

  #send(slot: Slot, frame: ResponseFrame): void {
    const { metrics, settings, clock } = this.#options;
    this.#reserve(slot, frame.byteLength);
    // Fetch keeps within the budget by itself; this stops everything else, at a distance.
    if (metrics.outboundBytes > 2 * settings.maxOutboundBytes) {
      this.#reserve(slot, 0);
      this.close('outbound-memory');
      return;
    }
    metrics.sentBytes += frame.byteLength;
    const last = frame.pieces.length - 1;
    this.#socket.cork();
    frame.pieces.forEach((piece, index) => {
      // Called with an error too, when the socket is destroyed first.
      if (index === last) this.#socket.write(piece, () => this.#reserve(slot, 0));
      else this.#socket.write(piece);
    });
    this.#socket.uncork();
    if (this.#socket.writableNeedDrain && this.#responseTimer === undefined) {
      this.#responseTimer = clock.after(settings.responseTimeoutMs, () => this.close('response-timeout'));
    }
  }

  #drained(): void {
    this.#responseTimer?.cancel();
    this.#responseTimer = undefined;
    if (this.#draining) this.#closeWhenDrained();
    else this.#start();
  }

  #closeWhenDrained(): void {
    if (this.#closed || this.#slots.length > 0) return;
    // The answers reach the client before the end does; close() follows on the socket's close event.
    this.#socket.end(() => this.close('stopping'));
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    const reason = error instanceof BrokerError ? REASON_BY_CODE[error.code] : undefined;
    if (reason !== undefined && error instanceof BrokerError) {
      this.#options.logger.debug('Refused a request', { client: this.#clientHost, error: error.message });
      this.close(reason);
      return;
    }
    this.#options.logger.error('A request handler failed', {
      client: this.#clientHost,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    this.close('handler-failed');
  }

  #onDisconnect(listener: () => void): () => void {
    if (this.#closed || this.#draining) {
      // Not before the caller has what it registers for.
      queueMicrotask(listener);
      return () => undefined;
    }
    this.#disconnectListeners.add(listener);
    return () => this.#disconnectListeners.delete(listener);
  }

  #releaseWaiting(): void {
    const listeners = [...this.#disconnectListeners];
    this.#disconnectListeners.clear();
    for (const listener of listeners) listener();
  }

  #grant(slot: Slot, byteLength: number): number {
    const { metrics, settings } = this.#options;
    const free = settings.maxOutboundBytes - (metrics.outboundBytes - slot.reservedBytes);
    const granted = Math.max(0, Math.min(byteLength, free));
    this.#reserve(slot, this.#closed ? 0 : granted);
    return granted;
  }

  #reserve(slot: Slot, byteLength: number): void {
    this.#options.metrics.outboundBytes += byteLength - slot.reservedBytes;
    slot.reservedBytes = byteLength;
  }

  #countInbound(): void {
    const byteLength = this.#closed
      ? 0
      : this.#assembler.bufferedBytes + this.#waitingBytes + this.#handledBytes;
    this.#options.metrics.inboundBytes += byteLength - this.#countedInboundBytes;
    this.#countedInboundBytes = byteLength;
  }

  #tooManyWaiting(): boolean {
    return this.#waiting.length >= MAX_WAITING_REQUESTS || this.#waitingBytes >= MAX_WAITING_BYTES;
  }

  #pauseReading(): void {
    this.#readingPaused = true;
    this.#socket.pause();
    // It is the broker that does not read: the client is not to blame for a frame left incomplete.
    this.#stopFrameTimeout();
  }

  #resumeReading(): void {
    this.#readingPaused = false;
    this.#socket.resume();
    if (this.#assembler.bufferedBytes > 0) this.#startFrameTimeout();
  }

  /** Runs from the first byte of a frame; further bytes do not prolong it. */
  #startFrameTimeout(): void {
    if (this.#frameTimer !== undefined) return;
    const { clock, settings } = this.#options;
    this.#frameTimer = clock.after(settings.frameTimeoutMs, () => this.close('frame-timeout'));
  }

  #stopFrameTimeout(): void {
    this.#frameTimer?.cancel();
    this.#frameTimer = undefined;
  }
}
