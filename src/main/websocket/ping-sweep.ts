import type { Clock, Timer } from '../../shared/clock.js';
import { afterNextPoll } from './after-next-poll.js';
import type { ServerConnection } from './server-connection.js';

export interface PingSweepOptions {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Those to ping; read at each sweep. */
  readonly connections: ReadonlySet<ServerConnection>;
  /** Nothing at all came from this client since it was pinged. */
  readonly onSilent: (connection: ServerConnection) => void;
}

/** Finds the clients that are gone without a word: one timer for all of them, and nothing else while all is quiet. */
export class PingSweep {
  readonly #options: PingSweepOptions;
  #timer: Timer | null = null;
  #deadline: Timer | null = null;

  constructor(options: PingSweepOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = this.#options.clock.every(this.#options.intervalMs, () => this.#pingAll());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#deadline?.cancel();
  }

  /** The next sweep waits until this one's deadline has passed. */
  #pingAll(): void {
    const { clock, connections, timeoutMs } = this.#options;
    if (this.#deadline !== null || connections.size === 0) return;
    const pinged: ServerConnection[] = [];
    for (const connection of connections) {
      if (!connection.isOpen) continue;
      connection.wasHeard = false;
      connection.ws.ping();
      pinged.push(connection);
    }
    this.#deadline = clock.after(timeoutMs, () => afterNextPoll(() => this.#judge(pinged)));
  }

  #judge(pinged: readonly ServerConnection[]): void {
    this.#deadline = null;
    for (const connection of pinged) {
      if (!connection.wasHeard && this.#options.connections.has(connection))
        this.#options.onSilent(connection);
    }
  }
}
