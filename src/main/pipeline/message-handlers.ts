import type { Envelope } from '../../shared/envelope.js';
import { describeError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import type { MessageOfType, MessageType } from '../../shared/message.js';

/** What a program does with messages of one type; may be asynchronous, may fail. */
export type MessageHandler<T extends MessageType> = (
  message: MessageOfType<T>,
  envelope: Envelope,
) => void | Promise<void>;

type AnyHandler = (message: Envelope['message'], envelope: Envelope) => void | Promise<void>;

/** Handlers by message type. One that throws or rejects is counted and logged, and stops nothing. */
export class MessageHandlers {
  readonly #handlers = new Map<MessageType, Set<AnyHandler>>();
  readonly #logger: Logger;
  #failures = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  get failures(): number {
    return this.#failures;
  }

  /** Returns the unregister function. */
  register<T extends MessageType>(type: T, handler: MessageHandler<T>): () => void {
    const handlers = this.#handlers.get(type) ?? new Set();
    this.#handlers.set(type, handlers);
    // The map's key is the message's type, so the handler only ever gets messages of its own type.
    const entry = handler as AnyHandler;
    handlers.add(entry);
    return () => handlers.delete(entry);
  }

  /** Calls the handlers of the message's type; what asynchronous ones still do is theirs. */
  take(envelope: Envelope): void {
    const handlers = this.#handlers.get(envelope.message.type);
    if (handlers === undefined) return;
    for (const handler of handlers) {
      try {
        const result = handler(envelope.message, envelope);
        if (result instanceof Promise) result.catch((error: unknown) => this.#failed(envelope, error));
      } catch (error) {
        this.#failed(envelope, error);
      }
    }
  }

  #failed(envelope: Envelope, error: unknown): void {
    this.#failures += 1;
    this.#logger.error('a message handler failed', {
      type: envelope.message.type,
      node: envelope.node,
      error: describeError(error),
    });
  }
}
