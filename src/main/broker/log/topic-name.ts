import { BrokerLogError } from './broker-log-error.js';

const MAX_TOPIC_NAME_LENGTH = 249;
const LEGAL_NAME = /^[a-zA-Z0-9._-]+$/;

/**
 * Apache Kafka's rules for a topic's name (org.apache.kafka.common.internals.Topic).
 *
 * @throws BrokerLogError INVALID_TOPIC_EXCEPTION
 */
export function checkTopicName(name: string): void {
  if (name.length === 0) throw invalid('A topic needs a name');
  if (name === '.' || name === '..') throw invalid(`A topic can't be named ${name}`);
  if (name.length > MAX_TOPIC_NAME_LENGTH) {
    throw invalid(`A topic's name has at most ${MAX_TOPIC_NAME_LENGTH} characters, not ${name.length}`);
  }
  if (!LEGAL_NAME.test(name)) {
    throw invalid(`A topic's name may hold letters, digits, '.', '_' and '-' only: ${JSON.stringify(name)}`);
  }
}

/** Apache Kafka refuses names that differ in '.' and '_' only, since its metrics can't tell them apart. */
export function topicNamesCollide(one: string, other: string): boolean {
  return one.replaceAll('.', '_') === other.replaceAll('.', '_');
}

function invalid(message: string): BrokerLogError {
  return new BrokerLogError('INVALID_TOPIC_EXCEPTION', message);
}
