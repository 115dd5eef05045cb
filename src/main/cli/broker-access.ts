import { activeProfile } from '../../shared/active-profile.js';
import type { Config } from '../../shared/config.js';
import type { KafkaConnectionSettings } from '../kafka/connection-settings.js';
import { probeBrokers } from '../kafka/probe-brokers.js';
import { BrokerSelector } from '../pipeline/broker-selector.js';
import { readKafkaAccess } from '../pipeline/kafka-access.js';
import { createLocalBroker } from '../pipeline/local-broker.js';
import type { CommandContext } from './command-context.js';

/** Brokers for one command; `close` stops the embedded broker if it had to be started for it. */
export interface BrokerAccess {
  /** How to connect to them; give it a client id. */
  readonly connection: Omit<KafkaConnectionSettings, 'clientId'>;
  close(): Promise<void>;
}

/**
 * The brokers that the settings name, as the node itself would choose them: where none runs on this workstation the
 * embedded one is started for the command, so that what is sent is on disk for the node's next start.
 *
 * @throws ResonanceError `CONFIGURATION_INVALID`, `KAFKA_TLS_FAILED`, `BROKER_PORT_TAKEN`, `BROKER_FAILED`, `DATA_DIRECTORY_LOCKED`
 */
export async function openBrokerAccess(context: CommandContext, config: Config): Promise<BrokerAccess> {
  const { clock, dataDirectory, log } = context;
  const selector = new BrokerSelector({
    probe: (brokers) => probeBrokers(brokers),
    createBroker: (local) =>
      createLocalBroker({
        ...local,
        dataDirectory,
        clock,
        logger: log.logger.child('broker'),
      }),
    logger: log.logger,
  });
  const selected = await selector.select(config);
  if (selected.failure !== null) throw selected.failure;
  const access =
    selected.mode === 'embedded'
      ? { readOnly: activeProfile(config).readOnly }
      : await readKafkaAccess(config, context.secrets, clock);
  return { connection: { brokers: selected.brokers, ...access }, close: () => selector.stop(3_000) };
}
