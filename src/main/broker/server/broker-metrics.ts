/**
 * Why a connection ended.
 *
 * `client`: the client closed it or the network did; `stopping`: the broker stops; `produce-failed`: Produce with
 * acks=0 failed and this is how the client learns of it. The others are refusals: a frame of negative or too large length,
 * a body that does not follow the protocol, an API or version not served, a frame not completed or an answer not
 * taken in time, too much unprocessed or untaken data, a request whose answer would be too large, and a fault of the broker
 * itself (`handler-failed`).
 */
export type CloseReason =
  | 'client'
  | 'stopping'
  | 'produce-failed'
  | 'negative-length'
  | 'too-large'
  | 'malformed'
  | 'unknown-api'
  | 'unsupported-version'
  | 'frame-timeout'
  | 'response-timeout'
  | 'inbound-memory'
  | 'outbound-memory'
  | 'response-too-large'
  | 'handler-failed';

/** A snapshot of what the broker has done since it was started. */
export interface BrokerCounters {
  readonly openConnections: number;
  readonly acceptedConnections: number;
  /** Closed at once because `maxConnections` were open. */
  readonly refusedConnections: number;
  readonly closedConnections: Readonly<Partial<Record<CloseReason, number>>>;
  readonly requests: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** Held for incomplete frames and waiting requests now. */
  readonly inboundBytes: number;
  /** Set aside for answers that clients do not have yet. */
  readonly outboundBytes: number;
}

const NORMAL_REASONS: ReadonlySet<CloseReason> = new Set(['client', 'stopping']);

/** Counts for the operator, and the memory that all connections share. */
export class BrokerMetrics {
  acceptedConnections = 0;
  openConnections = 0;
  refusedConnections = 0;
  requests = 0;
  receivedBytes = 0;
  sentBytes = 0;
  inboundBytes = 0;
  outboundBytes = 0;
  readonly #closed = new Map<CloseReason, number>();

  /** Counts a closed connection; returns how many ended for the same abnormal reason, 0 for a normal one. */
  countClosed(reason: CloseReason): number {
    const count = (this.#closed.get(reason) ?? 0) + 1;
    this.#closed.set(reason, count);
    return NORMAL_REASONS.has(reason) ? 0 : count;
  }

  snapshot(): BrokerCounters {
    return {
      openConnections: this.openConnections,
      acceptedConnections: this.acceptedConnections,
      refusedConnections: this.refusedConnections,
      closedConnections: Object.fromEntries(this.#closed),
      requests: this.requests,
      receivedBytes: this.receivedBytes,
      sentBytes: this.sentBytes,
      inboundBytes: this.inboundBytes,
      outboundBytes: this.outboundBytes,
    };
  }
}
