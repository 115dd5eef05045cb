import { brokerAddress } from '../../../shared/kafka-config.js';
import type { KeyResult } from './client-file.js';
import { taken, unsupported } from './results.js';

const defaultPort = 9092;

/** `HOST:PORT,...`; librdkafka takes `sasl_ssl://HOST` too, and 9092 where there is no port. */
export function brokersRule(value: string): KeyResult {
  const brokers = value
    .split(',')
    .map((broker) => withPort(broker.trim().replace(/^[a-z_]+:\/\//i, '')))
    .filter((broker) => broker !== '');
  const wrong = brokers.find((broker) => !brokerAddress.safeParse(broker).success);
  if (brokers.length === 0) return unsupported('empty', 'Say which brokers, HOST:PORT each.');
  if (wrong !== undefined) {
    return unsupported(`${wrong} is no HOST:PORT`, 'Correct it, or enter the brokers in Resonance.');
  }
  return taken({ brokers: brokers.slice(0, 64) });
}

function withPort(broker: string): string {
  return broker === '' || /:\d+$/.test(broker) ? broker : `${broker}:${defaultPort}`;
}
