import { whyApacheKafkaIsMissing } from './apache-kafka-distribution.js';

/**
 * Before the integration tests: says in one line that they do not run on Apache Kafka here, or with
 * RESONANCE_REQUIRE_APACHE_KAFKA=1 fails because of it.
 */
export function setup(): void {
  const missing = whyApacheKafkaIsMissing();
  if (missing === null) return;
  if (process.env.RESONANCE_REQUIRE_APACHE_KAFKA === '1')
    throw new Error(`The tests must run on Apache Kafka here, and ${missing}.`);
  console.warn(`Not run on Apache Kafka, only on the embedded broker: ${missing}.`);
}
