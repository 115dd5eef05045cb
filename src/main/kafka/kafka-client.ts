import { Kafka, type LogEntry, logLevel, type RetryOptions } from 'kafkajs';
import type { Logger } from '../../shared/logger.js';
import {
  defaultConnectionTimeoutMs,
  defaultRequestTimeoutMs,
  type KafkaConnectionSettings,
} from './connection-settings.js';
import { mendHeartbeatClock } from './faults/heartbeat-clock.js';
import { mendIdleTimer } from './faults/idle-timer.js';
import { encodeBroker } from './faults/ipv6-address.js';
import { mendLeaderlessPartitions } from './faults/leaderless-partition.js';
import { forgetPartialAnswers } from './faults/partial-answer.js';
import { mendRequestTimeout } from './faults/request-timeout.js';
import { stopFetchersOfStoppedConsumer } from './faults/stopped-fetcher.js';
import { mendFetchAnswers } from './faults/undecodable-batch.js';
import { SocketRegistry } from './socket-registry.js';

/** One kafkajs client and the sockets that it opened. */
export interface KafkaClient {
  readonly kafka: Kafka;
  readonly sockets: SocketRegistry;
}

export interface KafkaClientOptions {
  /** Called when the last open connection is gone. */
  readonly onDisconnected?: () => void;
  readonly retry?: RetryOptions;
}

/**
 * kafkajs' own retries, inside one attempt of ours: short, so that a dead broker shows as such within seconds and the
 * caller's backoff decides.
 */
export const attemptRetry: RetryOptions = { initialRetryTime: 100, maxRetryTime: 500, retries: 2 };

/**
 * A kafkajs client with its known faults mended (src/main/kafka/faults) and its log in ours.
 *
 * A client is thrown away, not repaired: whoever loses one closes its sockets and creates the next.
 */
export function createKafka(
  settings: KafkaConnectionSettings,
  logger: Logger,
  options: KafkaClientOptions = {},
): KafkaClient {
  if (mendFetchAnswers() === 'unknown shape') logger.warn('kafkajs changed: batches are decoded as it can');
  if (mendHeartbeatClock() === 'unknown shape')
    logger.warn('kafkajs changed: heartbeats go by the wall clock');
  if (stopFetchersOfStoppedConsumer() === 'unknown shape')
    logger.warn('kafkajs changed: fetchers of a stopped consumer may go on');
  if (mendIdleTimer() === 'unknown shape') logger.warn('kafkajs changed: its idle timer was not checked');
  if (forgetPartialAnswers() === 'unknown shape')
    logger.warn('kafkajs changed: parts of lost answers are not forgotten');
  if (mendLeaderlessPartitions() === 'unknown shape')
    logger.warn('kafkajs changed: one partition without a leader may hide the whole cluster');
  if (mendRequestTimeout() === 'unknown shape') {
    logger.warn('kafkajs changed: its request timeouts were not checked');
  }
  const sockets = new SocketRegistry({ ...options, readOnly: settings.readOnly ?? false });
  const kafka = new Kafka({
    brokers: settings.brokers.map(encodeBroker),
    clientId: settings.clientId,
    connectionTimeout: settings.connectionTimeoutMs ?? defaultConnectionTimeoutMs,
    requestTimeout: settings.requestTimeoutMs ?? defaultRequestTimeoutMs,
    enforceRequestTimeout: true,
    retry: options.retry ?? attemptRetry,
    socketFactory: sockets.open,
    ...(settings.ssl === undefined ? {} : { ssl: settings.ssl }),
    ...(settings.sasl === undefined ? {} : { sasl: { ...settings.sasl } }),
    // INFO and DEBUG of kafkajs describe its own workings and build their text even when nobody reads it.
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => forward(logger, entry),
  });
  return { kafka, sockets };
}

/**
 * kafkajs calls every failed attempt an error, even those that it mends itself. What matters to the operator is said
 * by our own parts (link states, translated errors), so its words are kept for debugging.
 */
function forward(logger: Logger, { namespace, log }: LogEntry): void {
  const { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...fields } = log;
  logger.debug(`${namespace}: ${message}`, fields);
}
