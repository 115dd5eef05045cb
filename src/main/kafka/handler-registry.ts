import type { Clock } from '../../shared/clock.js';
import type { Envelope } from '../../shared/envelope.js';
import { describeError, ResonanceError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import type { MessageOfType, MessageType } from '../../shared/message.js';
import { withDeadline } from './deadline.js';

/** The offset is committed once the handler has returned, or its promise has ended. */
export type MessageHandler<T extends MessageType = MessageType> = (
  message: MessageOfType<T>,
  envelope: Envelope,
) => void | Promise<void>;

/** Below the broker's patience with a member that does not ask for more. */
const handlerTimeoutMs = 5_000;

export interface HandlerRegistryOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onFailure?: (error: ResonanceError, envelope: Envelope) => void;
}

/** Handlers by message type. One that throws, rejects or hangs is counted and logged, and stops nothing. */
export class HandlerRegistry {
  readonly #options: HandlerRegistryOptions;
  readonly #handlers = new Map<MessageType, Set<MessageHandler>>();
  #failures = 0;

  constructor(options: HandlerRegistryOptions) {
    this.#options = options;
  }

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

  /** Whether any handler waits for messages at all: the hot path asks once a batch. */
  get isEmpty(): boolean {
    return this.#handlers.size === 0;
  }

  /** Runs the handlers of this message; a promise only where one of them returned one. Never rejects. */
  handle(envelope: Envelope): Promise<void> | undefined {
    const handlers = this.#handlers.get(envelope.message.type);
    if (handlers === undefined) return undefined;
    let pending: Promise<void>[] | undefined;
    for (const handler of handlers) {
      try {
        const result = handler(envelope.message, envelope);
        if (result instanceof Promise) {
          pending ??= [];
          pending.push(this.#await(result, envelope));
        }
      } catch (error) {
        this.#fail(error, envelope);
      }
    }
    return pending === undefined ? undefined : Promise.all(pending).then(() => undefined);
  }

  async #await(result: Promise<void>, envelope: Envelope): Promise<void> {
    try {
      await withDeadline(result, handlerTimeoutMs, this.#options.clock, () => {
        return new Error(`not finished within ${handlerTimeoutMs} ms`);
      });
    } catch (error) {
      this.#fail(error, envelope);
    }
  }

  #fail(error: unknown, envelope: Envelope): void {
    this.#failures += 1;
    const { kafka, message } = envelope;
    const where = kafka === undefined ? '' : ` at ${kafka.topic}/${kafka.partition}/${kafka.offset}`;
    const failure = new ResonanceError(
      'HANDLER_FAILED',
      `a handler of ${message.type} failed${where}: ${describeError(error)}`,
      { cause: error },
    );
    this.#options.logger.error(failure.message, { failures: this.#failures });
    this.#options.onFailure?.(failure, envelope);
  }
}
