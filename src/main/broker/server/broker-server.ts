import { createServer, type Server, type Socket } from 'node:net';
import type { BrokerSettings } from '../broker-settings.js';
import type { BrokerClock, BrokerLogger } from '../environment.js';
import { BrokerError } from '../errors.js';
import { BrokerConnection } from './broker-connection.js';
import type { BrokerMetrics, CloseReason } from './broker-metrics.js';
import { isLoopback } from './loopback.js';
import type { RequestDispatcher } from './request-dispatcher.js';

export interface BrokerServerOptions {
  readonly settings: BrokerSettings;
  readonly clock: BrokerClock;
  readonly metrics: BrokerMetrics;
  readonly logger: BrokerLogger;
}

/** The TCP listener: accepts loopback connections up to a limit and ends them all when it is closed. */
export class BrokerServer {
  readonly #options: BrokerServerOptions;
  readonly #server: Server;
  readonly #connections = new Set<BrokerConnection>();
  #dispatcher: RequestDispatcher | undefined;
  #onLastClosed: (() => void) | undefined;

  constructor(options: BrokerServerOptions) {
    this.#options = options;
    const { metrics } = options;
    this.#server = createServer((socket) => this.#accept(socket));
    this.#server.maxConnections = options.settings.maxConnections;
    this.#server.on('drop', () => {
      metrics.refusedConnections += 1;
      this.#warnSparsely(metrics.refusedConnections, 'Refused a connection: too many are open');
    });
  }

  /**
   * Binds the port, 0 for any free one, and returns the port bound. Connections are taken once
   * {@link serve} has been called; before, they are ended at once.
   *
   * @throws BrokerError PORT_IN_USE, LISTEN_FAILED
   */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException): void => reject(listenError(error, host, port));
      this.#server.once('error', fail);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', fail);
        this.#server.on('error', (error) => {
          this.#options.logger.error('The broker cannot accept a connection', { error: error.message });
        });
        const address = this.#server.address();
        if (address === null || typeof address === 'string' || !isLoopback(address.address)) {
          reject(new BrokerError('HOST_NOT_LOOPBACK', `${host} is not a loopback address`));
          return;
        }
        resolve(address.port);
      });
    });
  }

  serve(dispatcher: RequestDispatcher): void {
    this.#dispatcher = dispatcher;
  }

  /** Stops accepting, lets requests being handled be answered for `drainMs`, then ends every connection. */
  async close(drainMs: number): Promise<void> {
    this.#server.close();
    for (const connection of [...this.#connections]) connection.drain();
    if (this.#connections.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = this.#options.clock.after(drainMs, () => {
        for (const connection of [...this.#connections]) connection.close('stopping');
      });
      this.#onLastClosed = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  #accept(socket: Socket): void {
    const { settings, clock, metrics, logger } = this.#options;
    if (this.#dispatcher === undefined) {
      socket.destroy();
      return;
    }
    metrics.acceptedConnections += 1;
    metrics.openConnections += 1;
    const connection: BrokerConnection = new BrokerConnection({
      socket,
      dispatcher: this.#dispatcher,
      settings,
      clock,
      metrics,
      logger,
      onClosed: (reason) => this.#forget(connection, reason),
    });
    this.#connections.add(connection);
  }

  #forget(connection: BrokerConnection, reason: CloseReason): void {
    const { metrics } = this.#options;
    this.#connections.delete(connection);
    metrics.openConnections -= 1;
    const repeated = metrics.countClosed(reason);
    this.#warnSparsely(repeated, `Closed a client connection: ${reason}`);
    if (this.#connections.size === 0) this.#onLastClosed?.();
  }

  /** Logs the 1st, 2nd, 4th, 8th, ... occurrence, so that a flood costs a handful of lines. */
  #warnSparsely(count: number, message: string): void {
    if (count > 0 && (count & (count - 1)) === 0) this.#options.logger.warn(message, { count });
  }
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): BrokerError {
  if (error.code === 'EADDRINUSE') {
    return new BrokerError(
      'PORT_IN_USE',
      `Port ${port} on ${host} is in use by another program: stop it, or give the embedded broker another port (0 for any free one)`,
      { cause: error },
    );
  }
  return new BrokerError('LISTEN_FAILED', `Cannot listen on ${host}:${port}: ${error.message}`, {
    cause: error,
  });
}
