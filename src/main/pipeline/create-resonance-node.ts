import type { Clock } from '../../shared/clock.js';
import { probeBrokers } from '../kafka/probe-brokers.js';
import { createLogger, type LogSink } from '../log/logger.js';
import { LogBuffer } from '../monitor/log-buffer.js';
import type { SecretStore } from '../settings/secret-store.js';
import type { SettingsStore } from '../settings/settings-store.js';
import { BrokerSelector } from './broker-selector.js';
import { createLocalBroker } from './local-broker.js';
import { ResonanceNode } from './resonance-node.js';
import { watchStorage } from './storage-alerts.js';

export interface CreateResonanceNodeOptions {
  /** Loaded already. */
  readonly settings: SettingsStore;
  readonly dataDirectory: string;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  /** Where the log goes, beside the lines that the node keeps for its window. */
  readonly logSinks: readonly LogSink[];
}

/** A node with its real parts, not yet started. */
export function createResonanceNode(options: CreateResonanceNodeOptions): ResonanceNode {
  const { settings, dataDirectory, secrets, clock } = options;
  const logs = new LogBuffer();
  const log = createLogger({ sinks: [logs, ...options.logSinks], clock });
  const brokers = new BrokerSelector({
    probe: (addresses) => probeBrokers(addresses),
    createBroker: (local) =>
      createLocalBroker({
        ...local,
        dataDirectory,
        clock,
        logger: log.logger.child('broker'),
        onStorageEvent: watchStorage('the embedded broker', 'broker', {
          raiseAlert: (alert) => node.monitor.alerts.raise(alert),
          clearAlert: (key) => node.monitor.alerts.clear(key),
        }),
      }),
    logger: log.logger,
  });
  const node = new ResonanceNode({ settings, dataDirectory, brokers, secrets, clock, log, logs });
  return node;
}
