import { join } from 'node:path';
import type { Clock } from '../../shared/clock.js';
import { ResonanceError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import { BrokerError, type BrokerStorageEvent, EmbeddedBroker } from '../broker/index.js';
import type { LocalBroker, LocalBrokerSettings } from './broker-selector.js';

export interface LocalBrokerOptions extends LocalBrokerSettings {
  /** The node's data folder; the broker keeps its own below it. */
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Damage, a cut tail, a failing disk: for the operator. */
  readonly onStorageEvent?: (event: BrokerStorageEvent) => void;
}

/** The embedded broker in the node's terms: its clock, its log, its errors. */
export function createLocalBroker(options: LocalBrokerOptions): LocalBroker {
  const { dataDirectory, host, port, clock, logger, onStorageEvent } = options;
  const broker = new EmbeddedBroker({
    dataDirectory: join(dataDirectory, 'broker'),
    host,
    port,
    clock,
    logger,
    topicDefaults: {
      'retention.ms': String(options.retention.retentionMs),
      'retention.bytes': String(options.retention.retentionBytes),
    },
    ...(onStorageEvent === undefined ? {} : { onStorageEvent }),
  });
  return {
    async start() {
      try {
        return await broker.start();
      } catch (error) {
        throw translateBrokerError(error, host, port);
      }
    },
    stop: (stopOptions) => broker.stop(stopOptions),
  };
}

function translateBrokerError(error: unknown, host: string, port: number): unknown {
  if (!(error instanceof BrokerError)) return error;
  switch (error.code) {
    case 'PORT_IN_USE':
      return new ResonanceError('BROKER_PORT_TAKEN', `Another program listens on ${host}:${port}`, {
        hint: 'Stop it, or set kafka.brokers to another port of this machine.',
        cause: error,
      });
    case 'DATA_DIRECTORY_LOCKED':
      return new ResonanceError('DATA_DIRECTORY_LOCKED', error.message, {
        hint: 'Close the other instance, or give this one its own folder with --data-dir.',
        cause: error,
      });
    default:
      return new ResonanceError('BROKER_FAILED', error.message, {
        hint: 'Mend what the message names; or set kafka.mode to external and name a broker.',
        cause: error,
      });
  }
}
