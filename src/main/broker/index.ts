export { type BrokerSettings, defaultBrokerSettings } from './broker-settings.js';
export {
  type BrokerAddress,
  type BrokerStopOptions,
  EmbeddedBroker,
  type EmbeddedBrokerOptions,
} from './embedded-broker.js';
export type { BrokerClock, BrokerLogger } from './environment.js';
export { BrokerError, type BrokerErrorCode } from './errors.js';
export type { BrokerStorageEvent } from './log/broker-storage.js';
export type { BrokerCounters, CloseReason } from './server/broker-metrics.js';
