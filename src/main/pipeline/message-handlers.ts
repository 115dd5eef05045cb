import type { Envelope } from '../../shared/envelope.js';
import { describeError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import type { Message, MessageOfType, MessageType } from '../../shared/message.js';

/** What a program does with messages of one type; may be asynchronous, may fail. */
export type MessageHandler<T extends MessageType> = (
  message: MessageOfType<T>,
  envelope: Envelope,
) => void | Promise<void>;

type AnyHandler = (message: Message, envelope: Envelope) => void | Promise<void>;

/** The Kafka consumer's side of handling: it awaits them, and commits the offset after they ran. */
export interface HandlerRegistry {
  registerHandler(type: MessageType, handler: AnyHandler): () => void;
}

interface Registration {
  readonly type: MessageType;
  readonly handler: AnyHandler;
  withdraw: () => void;
}

/**
 * The program's handlers, over both transports: WebSocket messages are handled here, Kafka's by the consumer, as soon
 * as there is one. One that throws or rejects is counted and logged, and stops nothing.
 */
export class MessageHandlers {
  readonly #registrations = new Set<Registration>();
  readonly #logger: Logger;
  #consumer: HandlerRegistry | null = null;
  #failures = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Failures of handlers of WebSocket messages. */
  get failures(): number {
    return this.#failures;
  }

  /** Returns the unregister function. */
  register<T extends MessageType>(type: T, handler: MessageHandler<T>): () => void {
    // Only messages of its own type reach it.
    const registration: Registration = { type, handler: handler as AnyHandler, withdraw: () => undefined };
    this.#registrations.add(registration);
    if (this.#consumer !== null) this.#hand(registration, this.#consumer);
    return () => {
      this.#registrations.delete(registration);
      registration.withdraw();
    };
  }

  /** From now on the consumer calls the handlers for what comes over Kafka. */
  attach(consumer: HandlerRegistry): void {
    this.#consumer = consumer;
    for (const registration of this.#registrations) this.#hand(registration, consumer);
  }

  take(envelope: Envelope): void {
    if (envelope.transport === 'kafka') return;
    for (const { type, handler } of this.#registrations) {
      if (type !== envelope.message.type) continue;
      try {
        const result = handler(envelope.message, envelope);
        if (result instanceof Promise) result.catch((error: unknown) => this.#failed(envelope, error));
      } catch (error) {
        this.#failed(envelope, error);
      }
    }
  }

  #hand(registration: Registration, consumer: HandlerRegistry): void {
    registration.withdraw = consumer.registerHandler(registration.type, registration.handler);
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
