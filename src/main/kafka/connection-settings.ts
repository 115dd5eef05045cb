import type { ConnectionOptions } from 'node:tls';
import type { Mechanism, SASLOptions } from 'kafkajs';

/** How to reach a Kafka cluster; everything in src/main/kafka connects through these. */
export interface KafkaConnectionSettings {
  /** Bootstrap servers, HOST:PORT each (`[::1]:9092` for IPv6). */
  readonly brokers: readonly string[];
  /** Shown in the brokers' logs. */
  readonly clientId: string;
  /** Longest wait for one TCP (and TLS) connection. Default {@link defaultConnectionTimeoutMs}. */
  readonly connectionTimeoutMs?: number;
  /** Longest wait for one answer; a connection that misses it is dropped. Default {@link defaultRequestTimeoutMs}. */
  readonly requestTimeoutMs?: number;
  /** TLS, where the listener wants it. */
  readonly ssl?: ConnectionOptions;
  /** Nothing may be sent, created, committed or changed on this cluster. Default false. */
  readonly readOnly?: boolean;
  readonly sasl?: SASLOptions | Mechanism;
}

export const defaultConnectionTimeoutMs = 3_000;

/** Below the ten seconds within which a dead link must be noticed. */
export const defaultRequestTimeoutMs = 8_000;

/** The bootstrap servers as the operator reads them. */
export function brokersAsText(settings: KafkaConnectionSettings): string {
  return settings.brokers.join(', ');
}
