export type { BrokerSettings } from './broker-settings.js';
export { type BrokerAddress, EmbeddedBroker, type EmbeddedBrokerOptions } from './embedded-broker.js';
export { BrokerError } from './errors.js';
export type { BrokerStorageEvent } from './log/broker-storage.js';
