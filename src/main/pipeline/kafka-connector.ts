import { activeProfile } from '../../shared/active-profile.js';
import type { Config } from '../../shared/config.js';
import { type ErrorReport, toErrorReport } from '../../shared/errors.js';
import type { SecretSource } from '../settings/secret-store.js';
import type { SelectedBrokers } from './broker-selector.js';
import type { ConsumerDelivery } from './delivery.js';
import { type KafkaAccess, readKafkaAccess } from './kafka-access.js';
import { createKafkaSide, type KafkaSide } from './kafka-side.js';
import type { PipelineContext } from './pipeline-context.js';

/** Knows where the brokers are; outlives the pipelines that ask it. */
export interface BrokerSource {
  select(config: Pick<Config, 'kafka' | 'broker'>): Promise<SelectedBrokers>;
}

export interface KafkaConnectorOptions {
  readonly context: PipelineContext;
  readonly brokers: BrokerSource;
  readonly secrets: SecretSource;
  readonly delivery: ConsumerDelivery;
  /** Snapshots of group offsets are kept below it. */
  readonly dataDirectory: string;
  /** The pipeline has been told to stop: nothing more is to be made. */
  readonly isStopping: () => boolean;
}

const alertKeys = { broker: 'kafka.broker', security: 'kafka.security' } as const;

/** Makes a pipeline's Kafka connections: finds the brokers, reads what opens them, and says why where there are none. */
export class KafkaConnector {
  readonly #options: KafkaConnectorOptions;
  #side: KafkaSide | null = null;
  #error: ErrorReport | null = null;

  constructor(options: KafkaConnectorOptions) {
    this.#options = options;
  }

  /** Null until it is known where the brokers are. */
  get side(): KafkaSide | null {
    return this.#side;
  }

  /** Why there are none: certificates, passwords or tokens that are missing or wrong. */
  get error(): ErrorReport | null {
    return this.#error;
  }

  /** Resolves with the connections, still to be started; null when there can be none. */
  async connect(): Promise<KafkaSide | null> {
    const { context, brokers, delivery, dataDirectory, isStopping } = this.#options;
    const { config, observer } = context;
    const selected = await brokers.select(config);
    if (selected.failure === null) observer.clearAlert(alertKeys.broker);
    else this.#raise(alertKeys.broker, toErrorReport(selected.failure));
    if (isStopping()) return null;
    const access = await this.#readAccess(selected);
    if (access === null || isStopping()) return null;
    this.#side = createKafkaSide(selected, access, context, delivery, dataDirectory);
    return this.#side;
  }

  /** Null when a certificate, password or token is missing or wrong: said in the status and as an alert. */
  async #readAccess({ mode }: SelectedBrokers): Promise<KafkaAccess | null> {
    const { context, secrets } = this.#options;
    const { config, clock, logger, observer } = context;
    try {
      const access =
        mode === 'embedded'
          ? { readOnly: activeProfile(config).readOnly }
          : await readKafkaAccess(config, secrets, clock);
      observer.clearAlert(alertKeys.security);
      return access;
    } catch (error) {
      this.#error = toErrorReport(error);
      logger.error('the connection to Kafka cannot be made', { error: this.#error });
      this.#raise(alertKeys.security, this.#error);
      observer.onChange();
      return null;
    }
  }

  #raise(key: string, { message, hint }: ErrorReport): void {
    this.#options.context.observer.raiseAlert({ key, severity: 'error', message, hint: hint ?? null });
  }
}
