import type { ClientRequest, IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { Clock, Timer } from '../../shared/clock.js';
import { ResonanceError } from '../../shared/errors.js';
import { maxMessageBytes } from '../../shared/parse-message.js';
import { afterNextPoll } from './after-next-poll.js';
import { type HandshakeFailure, handshakeError } from './handshake-error.js';

/** Bytes of a refusal's body that are read for its first line. */
const maxRefusalBytes = 1_024;
/** A peer that says nothing for so long while it is sent messages is probed, whenever the next ping is due. */
const suspiciousSilenceMs = 3_000;
/** Time that it then has. A quiet old peer still answers pings. */
const probeTimeoutMs = 5_000;

export interface PeerConnectionOptions {
  /** The peer's name, for messages. */
  readonly peer: string;
  readonly url: string;
  readonly handshakeTimeoutMs: number;
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
  readonly clock: Clock;
  readonly onOpen: () => void;
  readonly onFrame: (data: Buffer, isBinary: boolean) => void;
  readonly onRoundTrip: (roundTripMs: number) => void;
  /** Called exactly once: why it could not be opened, or how it was lost. */
  readonly onEnded: (error: ResonanceError) => void;
}

/**
 * One attempt to reach a peer's server, and the connection that comes of it. Probed by ping and pong; ends when the
 * peer is silent past the timeout.
 */
export class PeerConnection {
  readonly #options: PeerConnectionOptions;
  readonly #timers = new Set<Timer>();
  #ws: WebSocket | null = null;
  #isOpen = false;
  #hasEnded = false;
  #failure: HandshakeFailure | null = null;
  #lostBecause: ResonanceError | null = null;
  /** Frames of any kind, control frames included. */
  #framesHeard = 0;
  #framesHeardAtPing = 0;
  /** Monotonic, milliseconds. */
  #heardAtMs = 0;
  #wroteAtMs = 0;
  #isWatching = false;
  #pingSentAtMs: number | null = null;

  constructor(options: PeerConnectionOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#isOpen && this.#ws?.readyState === WebSocket.OPEN;
  }

  /** Bytes written that wait for the network. */
  get bufferedBytes(): number {
    return this.#ws?.bufferedAmount ?? 0;
  }

  open(): void {
    const { url, clock, handshakeTimeoutMs } = this.#options;
    let ws: WebSocket;
    try {
      ws = new WebSocket(url, { perMessageDeflate: false, maxPayload: maxMessageBytes });
    } catch (error) {
      this.#failure = { kind: 'error', error: error as Error };
      this.#end();
      return;
    }
    this.#ws = ws;
    // An own deadline: the option of ws counts idle time, so a server that trickles bytes would never be given up.
    const deadline = clock.after(handshakeTimeoutMs, () =>
      this.#failHandshake({ kind: 'timeout', timeoutMs: handshakeTimeoutMs }),
    );
    this.#timers.add(deadline);
    ws.on('open', () => {
      deadline.cancel();
      this.#onOpen(ws);
    });
    ws.on('unexpected-response', (request, response) => this.#onRefusal(request, response));
    ws.on('message', (data, isBinary) => {
      this.#heard();
      this.#options.onFrame(data as Buffer, isBinary);
    });
    ws.on('ping', () => {
      this.#heard();
    });
    ws.on('pong', () => this.#onPong());
    ws.on('error', (error) => this.#onError(error));
    ws.on('close', (code, reason) => this.#onClose(code, reason.toString()));
  }

  /** Writes a text frame. Only while open. */
  write(text: string): void {
    const ws = this.#ws;
    if (ws === null) return;
    ws.send(text);
    this.#watchForSigns(ws);
  }

  /** Ends the connection with 1001; cut off after `deadlineMs`. Resolves when the socket is gone. */
  close(deadlineMs: number): Promise<void> {
    const ws = this.#ws;
    if (ws === null || ws.readyState === WebSocket.CLOSED) return Promise.resolve();
    return new Promise((resolve) => {
      const deadline = this.#options.clock.after(deadlineMs, () => ws.terminate());
      ws.once('close', () => {
        deadline.cancel();
        resolve();
      });
      if (ws.readyState === WebSocket.CONNECTING) ws.terminate();
      else ws.close(1001, 'Resonance node is shutting down');
    });
  }

  #onOpen(ws: WebSocket): void {
    this.#isOpen = true;
    this.#heardAtMs = this.#options.clock.monotonicMs();
    this.#timers.add(this.#options.clock.every(this.#options.pingIntervalMs, () => this.#ping(ws)));
    this.#options.onOpen();
    this.#ping(ws);
  }

  #ping(ws: WebSocket): void {
    if (this.#pingSentAtMs !== null || ws.readyState !== WebSocket.OPEN) return;
    const { clock, pingTimeoutMs } = this.#options;
    this.#framesHeardAtPing = this.#framesHeard;
    this.#pingSentAtMs = clock.monotonicMs();
    ws.ping();
    this.#after(pingTimeoutMs, () =>
      afterNextPoll(() => {
        this.#pingSentAtMs = null;
        this.#judge(ws, this.#framesHeardAtPing, pingTimeoutMs);
      }),
    );
  }

  /** What is sent into a dead link stays unanswered long before the next ping would find out. */
  #watchForSigns(ws: WebSocket): void {
    this.#wroteAtMs = this.#options.clock.monotonicMs();
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#lookForSignsAfter(suspiciousSilenceMs, ws);
  }

  #lookForSignsAfter(delayMs: number, ws: WebSocket): void {
    this.#after(delayMs, () => {
      this.#isWatching = ws.readyState === WebSocket.OPEN && this.#wroteAtMs > this.#heardAtMs;
      if (!this.#isWatching) return;
      const silentMs = this.#options.clock.monotonicMs() - this.#heardAtMs;
      if (silentMs < suspiciousSilenceMs) {
        // Counted from the last sign and not from the write, or a link that dies just after one had twice the time.
        this.#lookForSignsAfter(suspiciousSilenceMs - silentMs, ws);
        return;
      }
      const framesHeard = this.#framesHeard;
      ws.ping();
      this.#after(probeTimeoutMs, () =>
        afterNextPoll(() => {
          this.#isWatching = false;
          this.#judge(ws, framesHeard, suspiciousSilenceMs + probeTimeoutMs);
        }),
      );
    });
  }

  #after(delayMs: number, action: () => void): void {
    const timer = this.#options.clock.after(delayMs, () => {
      this.#timers.delete(timer);
      action();
    });
    this.#timers.add(timer);
  }

  #judge(ws: WebSocket, framesHeardBefore: number, silentMs: number): void {
    if (this.#framesHeard !== framesHeardBefore || this.#hasEnded) return;
    const { peer } = this.#options;
    this.#lostBecause = new ResonanceError(
      'WEBSOCKET_TIMEOUT',
      `${peer} has not answered a ping for ${silentMs} ms.`,
      { retriable: true, hint: `Check the network and whether ${peer} still runs.` },
    );
    ws.terminate();
  }

  #heard(): void {
    this.#framesHeard += 1;
    this.#heardAtMs = this.#options.clock.monotonicMs();
  }

  #onPong(): void {
    this.#heard();
    if (this.#pingSentAtMs === null) return;
    this.#options.onRoundTrip(this.#options.clock.monotonicMs() - this.#pingSentAtMs);
  }

  /** Another status than 101: the body's first line often says why. */
  #onRefusal(request: ClientRequest, response: IncomingMessage): void {
    let body = '';
    const refuse = (): void => {
      this.#failHandshake({ kind: 'status', status: response.statusCode ?? 0, body });
      request.destroy();
    };
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      body += chunk;
      if (body.length >= maxRefusalBytes) refuse();
    });
    response.on('end', refuse);
    response.on('error', refuse);
  }

  #failHandshake(failure: HandshakeFailure): void {
    this.#failure ??= failure;
    this.#ws?.terminate();
  }

  #onError(error: NodeJS.ErrnoException): void {
    if (!this.#isOpen) {
      this.#failure ??= { kind: 'error', error };
      return;
    }
    const { peer } = this.#options;
    this.#lostBecause ??= new ResonanceError(
      'WEBSOCKET_FAILED',
      `The connection to ${peer} broke: ${error.message}`,
      {
        retriable: true,
        hint: `It will be tried again; if it goes on, look at the log of ${peer}.`,
        cause: error,
      },
    );
  }

  #onClose(code: number, reason: string): void {
    const { peer } = this.#options;
    const said = reason === '' ? `code ${code}` : `code ${code}: ${reason}`;
    this.#lostBecause ??= new ResonanceError(
      'WEBSOCKET_FAILED',
      code === 1006 ? `The connection to ${peer} was lost.` : `${peer} closed the connection (${said}).`,
      { retriable: true, hint: `It will be tried again; if it goes on, look at the log of ${peer}.` },
    );
    this.#end();
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    const { peer, url } = this.#options;
    const failure = this.#failure ?? { kind: 'error', error: new Error('closed during the handshake') };
    this.#options.onEnded(
      this.#isOpen && this.#lostBecause !== null ? this.#lostBecause : handshakeError(peer, url, failure),
    );
  }
}
