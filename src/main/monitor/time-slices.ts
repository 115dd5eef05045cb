import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../shared/clock.js';

/** How long a scan may hold the event loop at a time. */
const sliceMs = 5;

/** Work between two looks at the clock. */
const messagesPerLook = 256;
const bytesPerLook = 262_144;

/** Lets a long scan give way to everything else every few milliseconds. */
export class TimeSlices {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #pause: () => Promise<unknown>;
  #startedMs: number;
  #messages = 0;
  #bytes = 0;

  /** @param pause ends once other work had its turn */
  constructor(clock: Pick<Clock, 'monotonicMs'>, pause: () => Promise<unknown> = () => setImmediate()) {
    this.#clock = clock;
    this.#pause = pause;
    this.#startedMs = clock.monotonicMs();
  }

  /** Accounts for one message looked at; true when it is time to {@link giveWay}. */
  isSpent(byteLength: number): boolean {
    this.#messages += 1;
    this.#bytes += byteLength;
    if (this.#messages < messagesPerLook && this.#bytes < bytesPerLook) return false;
    this.#messages = 0;
    this.#bytes = 0;
    return this.#clock.monotonicMs() - this.#startedMs >= sliceMs;
  }

  async giveWay(): Promise<void> {
    await this.#pause();
    this.#startedMs = this.#clock.monotonicMs();
  }
}
