import type { Clock } from '../../shared/clock.js';
import type { Envelope } from '../../shared/envelope.js';
import { describeError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import { type FailedMessage, HandlerRegistry } from '../kafka/handler-registry.js';
import type { RepeatFilter } from '../kafka/repeat-filter.js';

export interface MessageHandlersOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly repeats: RepeatFilter;
  /** Keeps a message that a handler failed on for the last time. */
  readonly keep: (failed: FailedMessage) => Promise<void>;
}

/**
 * The program's handlers, over both transports: WebSocket messages are handled here, Kafka's by the consumer, which
 * shares the registry and commits after it.
 */
export class MessageHandlers {
  readonly registry: HandlerRegistry;
  readonly #options: MessageHandlersOptions;

  constructor(options: MessageHandlersOptions) {
    const { clock, logger, random } = options;
    this.#options = options;
    this.registry = new HandlerRegistry({ clock, logger, random });
  }

  /** A message that came over WebSocket, and is no repeat. */
  take(envelope: Envelope): void {
    const pending = this.registry.handle(envelope);
    if (pending === undefined) this.#options.repeats.settle(envelope);
    else void this.#finish(envelope, pending);
  }

  /** Runs the handlers of a message once more, at the operator's wish; null when all went well. */
  async handleAgain(envelope: Envelope): Promise<FailedMessage | null> {
    return (await this.registry.handle(envelope)) ?? null;
  }

  async #finish(envelope: Envelope, pending: Promise<FailedMessage | null>): Promise<void> {
    const { repeats, keep, logger } = this.#options;
    const failed = await pending;
    try {
      if (failed !== null) await keep(failed);
      repeats.settle(envelope);
    } catch (error) {
      // Its sender has its ack already and sends no other copy, except over Kafka.
      repeats.release(envelope);
      logger.error('a dead letter could not be kept', {
        error: describeError(error),
        text: envelope.text.slice(0, 2_000),
      });
    }
  }
}
