import type { Clock, Timer } from '../../shared/clock.js';
import { ResonanceError } from '../../shared/errors.js';
import type { LinkState, Refusal } from '../../shared/feed.js';
import type { SendingCompression } from '../../shared/kafka-config.js';
import type { Logger } from '../../shared/logger.js';
import { reconnectDelayMs } from './backoff.js';
import { brokersAsText, type KafkaConnectionSettings } from './connection-settings.js';
import { withDeadline } from './deadline.js';
import { type LinkListener, LinkTracker } from './link-tracker.js';
import { ProducerSession } from './producer-session.js';
import { translateKafkaError } from './translate-error.js';
import { TroubleLog } from './trouble-log.js';
import { Wakeup } from './wakeup.js';

export interface ProducerConnectionOptions {
  readonly connection: KafkaConnectionSettings;
  readonly compression: SendingCompression;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Waiter {
  /** There is none yet, for this reason. */
  readonly tell: (error: ResonanceError) => void;
  readonly resolve: (session: ProducerSession) => void;
  readonly reject: (error: ResonanceError) => void;
  readonly timer: Timer;
  /** Until it is told that there is none, where no reason was seen. */
  readonly patience: Timer;
}

const connectTimeoutMs = 10_000;
/** Connecting takes less, unless something is wrong. */
const silenceMs = 3_000;

/** Keeps one {@link ProducerSession} connected for as long as it lives, and says how that goes. */
export class ProducerConnection {
  readonly #options: ProducerConnectionOptions;
  readonly #link: LinkTracker;
  readonly #endpoint: string;
  readonly #waiters = new Set<Waiter>();
  readonly #wakeup: Wakeup;
  readonly #trouble: TroubleLog;
  #session: ProducerSession | undefined;
  #isOpen = false;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: ProducerConnectionOptions) {
    this.#options = options;
    this.#endpoint = brokersAsText(options.connection);
    this.#link = new LinkTracker(this.#endpoint, options.clock);
    this.#wakeup = new Wakeup(options.clock);
    this.#trouble = new TroubleLog(options.logger);
  }

  get link(): LinkState {
    return this.#link.state;
  }

  onLinkChange(listener: LinkListener): () => void {
    return this.#link.onChange(listener);
  }

  /** Begins to connect, and goes on for ever; idempotent. */
  start(): void {
    if (this.#closed) return;
    this.#running ??= this.#keepConnected();
  }

  /**
   * An open session; rejects when there is none by `deadlineMs` (monotonic), or at once when waiting is no use.
   *
   * @param onWaiting called with the reason, and again with each new one, while there is none; within three seconds
   */
  session(
    deadlineMs: number,
    onWaiting: (error: ResonanceError) => void = () => undefined,
  ): Promise<ProducerSession> {
    if (this.#closed) return Promise.reject(closedError());
    this.start();
    if (this.#session !== undefined && this.#isOpen) return Promise.resolve(this.#session);
    return new Promise((resolve, reject) => {
      const waitMs = Math.max(0, deadlineMs - this.#options.clock.monotonicMs());
      const waiter: Waiter = {
        tell: onWaiting,
        resolve,
        reject,
        timer: this.#options.clock.after(waitMs, () => {
          this.#waiters.delete(waiter);
          waiter.patience.cancel();
          reject(this.#notOpenError());
        }),
        patience: this.#options.clock.after(silenceMs, () => onWaiting(this.#notOpenError())),
      };
      this.#waiters.add(waiter);
      if (this.#link.state.lastError !== null) onWaiting(this.#notOpenError());
    });
  }

  /** Goes with the link: connected or not, messages wait because they are not taken; null: they are. */
  refused(refusal: Refusal | null): void {
    this.#link.refused(refusal);
  }

  /** A batch was given up: its sequence numbers are void, so a new producer id takes over. */
  giveUp(session: ProducerSession, error: ResonanceError): void {
    session.retire();
    if (this.#session !== session) return;
    this.#session = undefined;
    this.#isOpen = false;
    if (!this.#closed) this.#link.connecting(error);
    this.#wakeup.wake();
  }

  /** Ends the connection and every wait; idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const session = this.#session;
    this.#session = undefined;
    for (const waiter of this.#waiters) this.#settle(waiter, () => waiter.reject(closedError()));
    this.#wakeup.wake();
    await session?.disconnect();
    this.#link.off();
  }

  async #keepConnected(): Promise<void> {
    let attempt = 0;
    while (!this.#closed) {
      this.#session ??= this.#createSession();
      const session = this.#session;
      this.#link.connecting();
      try {
        await withDeadline(session.connect(), connectTimeoutMs, this.#options.clock, () =>
          this.#silentError(),
        );
      } catch (error) {
        if (this.#closed) return;
        await this.#waitToRetry(session, error, attempt);
        attempt += 1;
        continue;
      }
      if (this.#closed || this.#session !== session) continue;
      attempt = 0;
      this.#isOpen = true;
      this.#link.open();
      this.#trouble.over('the producer is connected again');
      for (const waiter of this.#waiters) this.#settle(waiter, () => waiter.resolve(session));
      await this.#wakeup.wait();
    }
  }

  async #waitToRetry(session: ProducerSession, error: unknown, attempt: number): Promise<void> {
    const translated = translateKafkaError(error, 'connecting the producer', this.#endpoint);
    const delayMs = reconnectDelayMs(attempt, translated);
    this.#link.backoff(translated, delayMs);
    this.#trouble.failed(translated, { attempt: attempt + 1, delayMs });
    this.#endWhenIdle(session);
    for (const waiter of this.#waiters) {
      if (translated.retriable) waiter.tell(this.#notOpenError());
      else this.#settle(waiter, () => waiter.reject(translated));
    }
    await this.#wakeup.wait(delayMs);
  }

  /** A batch under way is tried again under its own sequence numbers: its session must live. Any other is begun anew. */
  #endWhenIdle(session: ProducerSession): void {
    if (!session.isIdle || this.#session !== session) return;
    this.#session = undefined;
    session.close();
  }

  #createSession(): ProducerSession {
    const session = new ProducerSession({
      ...this.#options,
      onDisconnected: () => {
        if (this.#session !== session || this.#closed || !this.#isOpen) return;
        this.#isOpen = false;
        this.#link.connecting();
        this.#endWhenIdle(session);
        this.#wakeup.wake();
      },
    });
    return session;
  }

  #settle(waiter: Waiter, settle: () => void): void {
    waiter.timer.cancel();
    waiter.patience.cancel();
    this.#waiters.delete(waiter);
    settle();
  }

  #silentError(): ResonanceError {
    return new ResonanceError('KAFKA_TIMEOUT', `${this.#endpoint} accepts connections but does not answer`, {
      retriable: true,
      hint: 'The broker hangs or is still starting, the port is no Kafka listener, or the network swallows packets.',
    });
  }

  #notOpenError(): ResonanceError {
    const last = this.#link.state.lastError;
    return new ResonanceError(
      last?.code ?? 'KAFKA_UNREACHABLE',
      `not sent: ${last?.message ?? `no connection to ${this.#endpoint}`}`,
      { retriable: true, hint: last?.hint ?? 'Check that the broker runs.' },
    );
  }
}

function closedError(): ResonanceError {
  return new ResonanceError('KAFKA_CLOSED', 'the producer is closed');
}
