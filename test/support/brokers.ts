import { ApacheKafka } from './apache-kafka.js';
import { whyApacheKafkaIsMissing } from './apache-kafka-distribution.js';
import { startTestBroker } from './embedded-broker.js';

/** A running broker of either kind, as the suites that must hold for both see it; faults/broker-processes.ts has those to kill. */
export interface TestBroker {
  readonly brokers: readonly string[];
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

export interface StartTestBrokerOptions {
  /** The host that clients are told to connect to: a fault proxy's. */
  readonly advertisedHost?: string;
}

export interface BrokerProvider {
  readonly name: string;
  readonly start: (options?: StartTestBrokerOptions) => Promise<TestBroker>;
}

const apacheKafka: BrokerProvider = {
  name: 'Apache Kafka',
  start: (options) => ApacheKafka.start(options),
};

const embedded: BrokerProvider = {
  name: 'the embedded broker',
  start: (options) => startTestBroker(options),
};

/**
 * The brokers that the Kafka suites run on: the embedded one always, Apache Kafka wherever Java and Maven are. With
 * RESONANCE_REQUIRE_APACHE_KAFKA=1 its absence is a failure.
 */
export function brokerProviders(): BrokerProvider[] {
  const missing = whyApacheKafkaIsMissing();
  if (missing === null) return [embedded, apacheKafka];
  if (process.env.RESONANCE_REQUIRE_APACHE_KAFKA === '1')
    throw new Error(`Apache Kafka is required, but ${missing}`);
  return [embedded];
}

/** Whether suites that only Apache Kafka can serve run here; see say-where-kafka-is-missing.ts. */
export function needsApacheKafka(): boolean {
  return brokerProviders().includes(apacheKafka);
}
