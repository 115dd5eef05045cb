import type { Config } from '../../shared/config.js';
import { describeError, ResonanceError, toErrorReport } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';

/** What the node uses of the embedded broker. */
export interface LocalBroker {
  start(): Promise<{ readonly brokers: readonly string[] }>;
  stop(options: { readonly deadlineMs: number }): Promise<void>;
}

export interface BrokerSelectorOptions {
  /** Whether any of the addresses speaks Kafka, soon. */
  readonly probe: (brokers: readonly string[]) => Promise<boolean>;
  readonly createBroker: (address: { readonly host: string; readonly port: number }) => LocalBroker;
  readonly logger: Logger;
}

export interface SelectedBrokers {
  readonly mode: 'external' | 'embedded';
  readonly brokers: readonly string[];
  /** Why the embedded broker could not be started, when it should have been. */
  readonly failure: ResonanceError | null;
}

/**
 * Decides which brokers the node uses: `external` and `embedded` as the setting says; `auto` takes the configured ones if
 * they answer, and starts the embedded broker only when none answers and all of them are on this machine.
 */
export class BrokerSelector {
  readonly #options: BrokerSelectorOptions;
  #broker: LocalBroker | null = null;

  constructor(options: BrokerSelectorOptions) {
    this.#options = options;
  }

  async select({ mode, brokers }: Pick<Config['kafka'], 'mode' | 'brokers'>): Promise<SelectedBrokers> {
    const { logger } = this.#options;
    const external: SelectedBrokers = { mode: 'external', brokers, failure: null };
    if (mode === 'external') return external;
    const local = brokers.map(parseBrokerAddress).find(({ host }) => isLoopback(host));
    if (mode === 'auto') {
      if (await this.#options.probe(brokers)) return external;
      const areAllLocal = brokers.every((address) => isLoopback(parseBrokerAddress(address).host));
      if (!areAllLocal) {
        logger.warn('no broker answers, and not all of them are on this machine: waiting for them', {
          brokers,
        });
        return external;
      }
    }
    const address = { host: '127.0.0.1', port: local?.port ?? 9092 };
    try {
      const broker = this.#options.createBroker(address);
      const started = await broker.start();
      this.#broker = broker;
      logger.info('the embedded broker serves this workstation', { brokers: started.brokers });
      return { mode: 'embedded', brokers: started.brokers, failure: null };
    } catch (error) {
      logger.error('the embedded broker could not be started', { error: toErrorReport(error) });
      const failure =
        error instanceof ResonanceError
          ? error
          : new ResonanceError('BROKER_FAILED', describeError(error), {
              hint: 'See the log; or set kafka.mode to external and name a broker.',
              cause: error,
            });
      return { ...external, failure };
    }
  }

  /** Stops the embedded broker if it runs. Idempotent. */
  async stop(deadlineMs: number): Promise<void> {
    const broker = this.#broker;
    this.#broker = null;
    await broker?.stop({ deadlineMs });
  }
}

/** `HOST:PORT`, with `[::1]:9092` for IPv6. */
export function parseBrokerAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) };
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
