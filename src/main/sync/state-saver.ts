import { describeError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import type { RegisterMap } from './register-map.js';
import { type StateStore, toPersistedState } from './state-store.js';

/**
 * Keeps the stored state up with the present one: one write at a time, and what changed during it is written by the
 * next, so that any burst of changes costs two writes. A failed write is logged and made good by the next change.
 */
export class StateSaver {
  readonly #store: StateStore;
  readonly #logger: Logger;
  #pending: RegisterMap | null = null;
  #running: Promise<void> | null = null;

  constructor(store: StateStore, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  save(registers: RegisterMap): void {
    this.#pending = registers;
    this.#running ??= this.#drain();
  }

  /** Ends when nothing is left to write. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #drain(): Promise<void> {
    while (this.#pending !== null) {
      const registers = this.#pending;
      this.#pending = null;
      try {
        await this.#store.save(toPersistedState(registers));
      } catch (error) {
        this.#logger.warn('the state could not be saved', { error: describeError(error) });
      }
    }
    this.#running = null;
  }
}
