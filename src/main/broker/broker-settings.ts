/** What can be set about a broker; every value has a default in {@link defaultBrokerSettings}. */
export interface BrokerSettings {
  /** Create a topic that a Metadata request names and does not know, when the client allows it too. */
  readonly autoCreateTopics: boolean;
  /** Partitions of a topic created without a count. */
  readonly defaultPartitions: number;
  /** Partitions all topics may have together; one more is refused with POLICY_VIOLATION. */
  readonly maxPartitions: number;
  /** How long the first rebalance of an empty group waits for further members, in milliseconds. */
  readonly initialRebalanceDelayMs: number;
  /** Session timeouts outside these bounds are refused with INVALID_SESSION_TIMEOUT, in milliseconds. */
  readonly minSessionTimeoutMs: number;
  readonly maxSessionTimeoutMs: number;
  /** Groups with members or given-out member ids at one time. */
  readonly maxGroups: number;
  readonly maxGroupMembers: number;
  /** Subscriptions and assignments of all group members together, in bytes; more is refused with POLICY_VIOLATION. */
  readonly maxGroupBytes: number;
  /** Groups that may have committed offsets; one more is refused with POLICY_VIOLATION. */
  readonly maxCommittedGroups: number;
  /** Largest committed-offset metadata, in characters. */
  readonly maxOffsetMetadataLength: number;
  /** Largest request frame in bytes; a larger one closes its connection. */
  readonly maxRequestBytes: number;
  /** Largest record data in one Fetch response in bytes, whatever the client asks for. */
  readonly maxFetchBytes: number;
  /** Connections open at one time; one more is closed at once. */
  readonly maxConnections: number;
  /** Bytes of incomplete frames and waiting requests that all connections may hold together; past it the one that adds more is closed. */
  readonly maxInboundBytes: number;
  /** Bytes of Fetch responses being read or not yet taken by clients, all connections together; past it a response holds one batch. */
  readonly maxOutboundBytes: number;
  /** A frame that began must be complete within this time, and a new connection must send its first, in milliseconds. */
  readonly frameTimeoutMs: number;
  /** A client that has not taken a response within this time is disconnected, in milliseconds. */
  readonly responseTimeoutMs: number;
}

/**
 * The defaults. Where Apache Kafka has the same setting the value is Kafka's, with these exceptions, made
 * for one workstation: a first rebalance waits 100 ms instead of 3 s (consumers that start together on
 * one machine join within milliseconds, and an operator waits for the first message); requests are
 * limited to 32 MiB instead of 100 MiB (batches are limited to 1 MiB each, so that is thirty full
 * partitions in one request); at most 1,000 connections (each application holds two or three).
 */
export const defaultBrokerSettings: BrokerSettings = {
  autoCreateTopics: true,
  defaultPartitions: 1,
  maxPartitions: 10_000,
  initialRebalanceDelayMs: 100,
  minSessionTimeoutMs: 6_000,
  maxSessionTimeoutMs: 1_800_000,
  maxGroups: 2_000,
  maxGroupMembers: 500,
  maxGroupBytes: 64 * 1024 * 1024,
  maxCommittedGroups: 10_000,
  maxOffsetMetadataLength: 4_096,
  maxRequestBytes: 32 * 1024 * 1024,
  maxFetchBytes: 8 * 1024 * 1024,
  maxConnections: 1_000,
  maxInboundBytes: 128 * 1024 * 1024,
  maxOutboundBytes: 128 * 1024 * 1024,
  frameTimeoutMs: 30_000,
  responseTimeoutMs: 30_000,
};
