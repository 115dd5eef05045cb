import type { ResonanceError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';

/**
 * Says a connection's trouble once, and once that it is over: what the next attempts say in the same words goes to the
 * debug level. The link's state shows every attempt anyway.
 */
export class TroubleLog {
  readonly #logger: Logger;
  #lastSaid: string | null = null;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  failed({ message }: ResonanceError, fields: Readonly<Record<string, unknown>>): void {
    this.#logger[message === this.#lastSaid ? 'debug' : 'warn'](message, fields);
    this.#lastSaid = message;
  }

  over(message: string): void {
    if (this.#lastSaid === null) return;
    this.#lastSaid = null;
    this.#logger.info(message);
  }
}
