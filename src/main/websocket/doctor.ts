import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import type { Clock } from '../../shared/clock.js';
import { ResonanceError } from '../../shared/errors.js';
import type { DoctorStep } from '../../shared/feed.js';
import type { Logger } from '../../shared/logger.js';
import { handshakeError } from './handshake-error.js';
import { PeerConnection } from './peer-connection.js';

export interface WebSocketDoctorOptions {
  /** The peer's name, for the sentences. */
  readonly peer: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For each step. Default 5,000 ms. */
  readonly timeoutMs?: number;
}

/** What a step found; it fails by throwing a {@link ResonanceError}. */
type StepAction = () => Promise<string>;

/**
 * Walks the way to a WebSocket server: name, TCP, handshake, welcome, round trip. Yields each step as `running` and
 * then again, under the same id, as `passed` or `failed` with what to do; what could not be tried is `skipped`.
 *
 * Ids are `websocket.PEER.dns`, `.tcp`, `.handshake`, `.welcome` and `.ping`.
 */
export async function* webSocketDoctorSteps(
  url: string,
  options: WebSocketDoctorOptions,
): AsyncGenerator<DoctorStep, void, void> {
  const { clock } = options;
  const visit = new DoctorVisit(url, options);
  const steps: readonly (readonly [key: string, title: string, action: StepAction])[] = [
    ['dns', `Find the address of ${visit.hostname}`, () => visit.resolveName()],
    ['tcp', `Reach ${visit.hostname} on port ${visit.port}`, () => visit.reach()],
    ['handshake', 'Open a WebSocket', () => visit.open()],
    ['welcome', 'Receive the welcome', () => visit.receiveWelcome()],
    ['ping', 'Ping and pong', () => visit.ping()],
  ];
  let hasFailed = false;
  try {
    for (const [key, title, action] of steps) {
      const base = { id: `websocket.${options.peer}.${key}`, title };
      if (hasFailed) {
        const detail = 'not tried, because an earlier step failed';
        yield { ...base, state: 'skipped', durationMs: null, detail, hint: null };
        continue;
      }
      yield { ...base, state: 'running', durationMs: null, detail: '', hint: null };
      const startedMs = clock.monotonicMs();
      try {
        const detail = await action();
        yield { ...base, state: 'passed', durationMs: clock.monotonicMs() - startedMs, detail, hint: null };
      } catch (error) {
        hasFailed = true;
        const { message, hint } = handshakeErrorOf(options.peer, url, error);
        const durationMs = clock.monotonicMs() - startedMs;
        yield { ...base, state: 'failed', durationMs, detail: message, hint: hint ?? null };
      }
    }
  } finally {
    await visit.leave();
  }
}

function handshakeErrorOf(peer: string, url: string, error: unknown): ResonanceError {
  if (error instanceof ResonanceError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  return handshakeError(peer, url, { kind: 'error', error: cause });
}

/** One connection, opened bit by bit. */
class DoctorVisit {
  readonly hostname: string;
  readonly port: number;
  readonly #url: string;
  readonly #options: WebSocketDoctorOptions;
  readonly #timeoutMs: number;
  readonly #welcome: Promise<string>;
  readonly #roundTrip: Promise<number>;
  readonly #opened: Promise<void>;
  readonly #connection: PeerConnection;

  constructor(url: string, options: WebSocketDoctorOptions) {
    const parsed = URL.canParse(url) ? new URL(url) : null;
    this.hostname = parsed?.hostname.replace(/^\[|\]$/g, '') ?? url;
    this.port = Number(parsed?.port || (parsed?.protocol === 'wss:' ? 443 : 80));
    this.#url = url;
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? 5_000;
    let onWelcome: (text: string) => void = () => undefined;
    let onRoundTrip: (roundTripMs: number) => void = () => undefined;
    let onOpen: () => void = () => undefined;
    let onEnded: (error: ResonanceError) => void = () => undefined;
    this.#welcome = new Promise((resolve) => {
      onWelcome = resolve;
    });
    this.#roundTrip = new Promise((resolve) => {
      onRoundTrip = resolve;
    });
    this.#opened = new Promise((resolve, reject) => {
      onOpen = resolve;
      onEnded = reject;
    });
    // A loss after the handshake is seen by the step that waits for something then, through its own deadline.
    this.#opened.catch((error: ResonanceError) =>
      options.logger.debug(error.message, { peer: options.peer }),
    );
    this.#connection = new PeerConnection({
      peer: options.peer,
      url,
      handshakeTimeoutMs: this.#timeoutMs,
      pingIntervalMs: 3_600_000,
      pingTimeoutMs: this.#timeoutMs,
      clock: options.clock,
      onOpen: () => onOpen(),
      onFrame: (data) => onWelcome(data.toString()),
      onRoundTrip: (roundTripMs) => onRoundTrip(roundTripMs),
      onEnded: (error) => onEnded(error),
    });
  }

  async resolveName(): Promise<string> {
    if (!URL.canParse(this.#url)) throw new SyntaxError('no URL');
    if (isIP(this.hostname) !== 0) return `${this.hostname} is an address`;
    const addresses = await this.#within(
      lookup(this.hostname, { all: true }),
      'name',
      'Check the name server.',
    );
    return `${this.hostname} is ${addresses.map(({ address }) => address).join(', ')}`;
  }

  async reach(): Promise<string> {
    const socket = connect({ host: this.hostname, port: this.port });
    try {
      const hint = `Check that ${this.#options.peer} is running and that a firewall lets port ${this.port} through.`;
      await this.#within(once(socket, 'connect'), 'connection', hint);
      return `connected to ${socket.remoteAddress} port ${socket.remotePort}`;
    } finally {
      socket.destroy();
    }
  }

  async open(): Promise<string> {
    this.#connection.open();
    await this.#opened;
    return 'the server speaks WebSocket';
  }

  async receiveWelcome(): Promise<string> {
    const hint =
      'A Resonance node greets each client: another WebSocket server may be listening at this address.';
    const text = await this.#within(this.#welcome, 'welcome', hint);
    return text.length > 200 ? `${text.slice(0, 197)}...` : text;
  }

  async ping(): Promise<string> {
    const hint = `Check the network and whether ${this.#options.peer} is overloaded.`;
    const roundTripMs = await this.#within(this.#roundTrip, 'pong', hint);
    return `round trip ${roundTripMs.toFixed(1)} ms`;
  }

  leave(): Promise<void> {
    return this.#connection.close(1_000);
  }

  #within<T>(promise: Promise<T>, what: string, hint: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = this.#options.clock.after(this.#timeoutMs, () => {
        const message = `No ${what} within ${this.#timeoutMs} ms.`;
        reject(new ResonanceError('WEBSOCKET_TIMEOUT', message, { retriable: true, hint }));
      });
      promise.then(resolve, reject).finally(() => timer.cancel());
    });
  }
}
