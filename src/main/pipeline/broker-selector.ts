import type { Config } from '../../shared/config.js';
import { describeError, ResonanceError, toErrorReport } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';

/** What the node uses of the embedded broker. */
export interface LocalBroker {
  start(): Promise<{ readonly brokers: readonly string[] }>;
  stop(options: { readonly deadlineMs: number }): Promise<void>;
}

/** Where the embedded broker listens, and what its topics keep. */
export interface LocalBrokerSettings {
  readonly host: string;
  readonly port: number;
  readonly retention: Config['broker'];
}

export interface BrokerSelectorOptions {
  /** Whether any of the addresses speaks Kafka, soon. */
  readonly probe: (brokers: readonly string[]) => Promise<boolean>;
  readonly createBroker: (options: LocalBrokerSettings) => LocalBroker;
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
 *
 * It outlives a change of settings: an embedded broker that still fits them goes on running.
 */
export class BrokerSelector {
  readonly #options: BrokerSelectorOptions;
  #running: {
    readonly broker: LocalBroker;
    readonly settings: string;
    readonly selected: SelectedBrokers;
  } | null = null;

  constructor(options: BrokerSelectorOptions) {
    this.#options = options;
  }

  async select(config: Pick<Config, 'kafka' | 'broker'>): Promise<SelectedBrokers> {
    const { kafka, broker: retention } = config;
    const settings = JSON.stringify([kafka.mode, kafka.brokers, retention]);
    if (this.#running?.settings === settings) return this.#running.selected;
    await this.stop(2_000);
    const external: SelectedBrokers = { mode: 'external', brokers: kafka.brokers, failure: null };
    if (await this.#isExternal(kafka)) return external;
    const local = kafka.brokers.map(parseBrokerAddress).find(({ host }) => isLoopback(host));
    const broker = this.#options.createBroker({ host: '127.0.0.1', port: local?.port ?? 9092, retention });
    try {
      const { brokers } = await broker.start();
      const selected: SelectedBrokers = { mode: 'embedded', brokers, failure: null };
      this.#running = { broker, settings, selected };
      this.#options.logger.info('the embedded broker serves this workstation', { brokers });
      return selected;
    } catch (error) {
      this.#options.logger.error('the embedded broker could not be started', { error: toErrorReport(error) });
      return { ...external, failure: asBrokerFailure(error) };
    }
  }

  /** Stops the embedded broker if it runs. Idempotent. */
  async stop(deadlineMs: number): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await running?.broker.stop({ deadlineMs });
  }

  async #isExternal({ mode, brokers, security }: Config['kafka']): Promise<boolean> {
    if (mode !== 'auto') return mode === 'external';
    // Who protects the connection means a cluster; the embedded broker would be a plain stand-in for it.
    if (security.protocol !== 'plaintext') return true;
    if (await this.#options.probe(brokers)) return true;
    const areAllLocal = brokers.every((address) => isLoopback(parseBrokerAddress(address).host));
    if (areAllLocal) return false;
    const message = 'no broker answers, and not all of them are on this machine: waiting for them';
    this.#options.logger.warn(message, { brokers });
    return true;
  }
}

function asBrokerFailure(error: unknown): ResonanceError {
  if (error instanceof ResonanceError) return error;
  return new ResonanceError('BROKER_FAILED', describeError(error), {
    hint: 'See the log; or set kafka.mode to external and name a broker.',
    cause: error,
  });
}

/** `HOST:PORT`, with `[::1]:9092` for IPv6. */
export function parseBrokerAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) };
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
