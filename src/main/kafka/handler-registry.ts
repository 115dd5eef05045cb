import { type BackoffOptions, fullJitterMs } from '../../shared/backoff.js';
import type { Clock } from '../../shared/clock.js';
import type { Envelope } from '../../shared/envelope.js';
import { describeError, ResonanceError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import type { MessageOfType, MessageType } from '../../shared/message.js';
import { withDeadline } from './deadline.js';

/** The message counts as handled once the handler has returned, or its promise has ended. */
export type MessageHandler<T extends MessageType = MessageType> = (
  message: MessageOfType<T>,
  envelope: Envelope,
) => void | Promise<void>;

/** A message that a handler failed on for the last time. */
export interface FailedMessage {
  readonly envelope: Envelope;
  /** `HANDLER_FAILED`, with what the handler threw as its cause. */
  readonly error: ResonanceError;
  readonly tries: number;
}

/** How often a handler gets the same message, the first time included. */
export const handlerTries = 5;
const handlerTimeoutMs = 5_000;
const backoff: BackoffOptions = { baseMs: 50, capMs: 1_000 };

export interface HandlerRegistryOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** 0 <= x < 1. Default `Math.random`. */
  readonly random?: () => number;
  /** Called when a handler has failed on a message for the last time. */
  readonly onFailure?: (error: ResonanceError, envelope: Envelope) => void;
}

/**
 * Handlers by message type. One that throws, rejects or hangs is called again, four times at most, after a pause drawn
 * evenly between 0 and 50 ms x 2^n; the others that the message has are not called again for it.
 */
export class HandlerRegistry {
  readonly #options: HandlerRegistryOptions;
  readonly #handlers = new Map<MessageType, Set<MessageHandler>>();
  #failures = 0;

  constructor(options: HandlerRegistryOptions) {
    this.#options = options;
  }

  /** Failed tries so far. */
  get failures(): number {
    return this.#failures;
  }

  register<T extends MessageType>(type: T, handler: MessageHandler<T>): () => void {
    const handlers = this.#handlers.get(type) ?? new Set();
    this.#handlers.set(type, handlers);
    // Kept by its type, called with that type only.
    const entry = handler as unknown as MessageHandler;
    handlers.add(entry);
    return () => {
      handlers.delete(entry);
      if (handlers.size === 0 && this.#handlers.get(type) === handlers) this.#handlers.delete(type);
    };
  }

  /** Whether any handler waits for messages of this type. */
  has(type: MessageType): boolean {
    return this.#handlers.has(type);
  }

  /** Whether any handler waits for messages at all: the hot path asks once a batch. */
  get isEmpty(): boolean {
    return this.#handlers.size === 0;
  }

  /**
   * Runs the handlers of this message. A promise only where one of them returned one or failed: of the first handler's
   * last failure, or null when all went well in the end. Never rejects.
   */
  handle(envelope: Envelope): Promise<FailedMessage | null> | undefined {
    const handlers = this.#handlers.get(envelope.message.type);
    if (handlers === undefined) return undefined;
    let pending: Promise<FailedMessage | null>[] | undefined;
    for (const handler of handlers) {
      const outcome = this.#tryOnce(handler, envelope);
      if (outcome === undefined) continue;
      pending ??= [];
      pending.push(this.#persevere(handler, envelope, outcome));
    }
    if (pending === undefined) return undefined;
    return Promise.all(pending).then((outcomes) => outcomes.find((outcome) => outcome !== null) ?? null);
  }

  /** Undefined when it has ended well already; never rejects synchronously. */
  #tryOnce(handler: MessageHandler, envelope: Envelope): Promise<void> | undefined {
    try {
      const result = handler(envelope.message, envelope);
      if (!(result instanceof Promise)) return undefined;
      return withDeadline(result, handlerTimeoutMs, this.#options.clock, () => {
        return new Error(`not finished within ${handlerTimeoutMs} ms`);
      });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #persevere(
    handler: MessageHandler,
    envelope: Envelope,
    firstOutcome: Promise<void>,
  ): Promise<FailedMessage | null> {
    const { clock, random = Math.random, onFailure } = this.#options;
    let outcome: Promise<void> | undefined = firstOutcome;
    for (let tries = 1; ; tries += 1) {
      try {
        await outcome;
        return null;
      } catch (thrown) {
        const error = this.#failed(thrown, envelope, tries);
        if (tries === handlerTries) {
          onFailure?.(error, envelope);
          return { envelope, error, tries };
        }
      }
      const delayMs = fullJitterMs(tries - 1, { ...backoff, random });
      await new Promise<void>((resolve) => clock.after(delayMs, resolve));
      outcome = this.#tryOnce(handler, envelope);
    }
  }

  #failed(thrown: unknown, envelope: Envelope, tries: number): ResonanceError {
    this.#failures += 1;
    const { kafka, message } = envelope;
    const where = kafka === undefined ? '' : ` at ${kafka.topic}/${kafka.partition}/${kafka.offset}`;
    const error = new ResonanceError(
      'HANDLER_FAILED',
      `a handler of ${message.type} failed${where}: ${describeError(thrown)}`,
      { cause: thrown, hint: 'Mend what the handler needs, then send the dead letter again.' },
    );
    // The first failure and the end of it are news.
    const isNews = tries === 1 || tries === handlerTries;
    this.#options.logger[isNews ? 'error' : 'debug'](error.message, { tries, failures: this.#failures });
    return error;
  }
}
