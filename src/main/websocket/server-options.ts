import type { Clock } from '../../shared/clock.js';
import type { Envelope } from '../../shared/envelope.js';
import type { Logger } from '../../shared/logger.js';
import type { RefusalReason } from './handshake-gate.js';
import type { RejectedFrame } from './rejected-frame.js';
import type { NodeIdentity } from './replies.js';
import type { BacklogLimits } from './write-backlog.js';

export interface WebSocketServerLimits {
  /** Clients at once; one more is refused with 503. Default 1,000. */
  readonly maxConnections?: number;
  /** Messages a second from one client, with bursts of a second's worth. Default 5,000. */
  readonly maxMessagesPerSecond?: number;
  /** Bytes of one message; a longer one closes the connection with 1009. Default 1 MiB. */
  readonly maxPayloadBytes?: number;
  /** Time from TCP connect to the end of the handshake. Default 10,000 ms. */
  readonly handshakeTimeoutMs?: number;
  /** When a client that does not read is closed with 1013. */
  readonly backlog?: Partial<BacklogLimits>;
}

export interface WebSocketServerOptions {
  /** Address to listen on. Default 127.0.0.1: this machine only. */
  readonly host?: string;
  /** Default 8765; 0 takes any free port. */
  readonly port?: number;
  readonly identity: NodeIdentity;
  /** This node's values for the welcome. */
  readonly readState: () => { readonly frequency: number; readonly s_roi: number };
  readonly limits?: WebSocketServerLimits;
  /** Default 20,000 ms. */
  readonly pingIntervalMs?: number;
  /** Default 10,000 ms. */
  readonly pingTimeoutMs?: number;
  /** Origins of web pages that may connect, beside loopback pages. */
  readonly allowedOrigins?: readonly string[];
  /** Names that clients may use for this server, beside loopback names and the listen address. */
  readonly allowedHosts?: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Every valid message of the five types, after it was relayed and answered. */
  readonly onEnvelope: (envelope: Envelope) => void;
  readonly onRejected?: (rejected: RejectedFrame) => void;
  /** While true, messages are taken but neither relayed nor answered: a node that hangs. Default: never. */
  readonly isMute?: () => boolean;
  /** A client came, went, or turned out to be another node. */
  readonly onConnectionsChange?: () => void;
}

/** One client, as the operator sees it. */
export interface ConnectionView {
  readonly id: string;
  /** Null until one of its messages named its `source`. */
  readonly node: string | null;
  readonly remoteAddress: string;
  readonly connectedAtMs: number;
  readonly messagesIn: number;
  readonly bytesOut: number;
}

/** Counters since the start. Bytes are those of messages (in) and frames (out). */
export interface WebSocketServerStats {
  readonly connections: number;
  readonly connectionsAccepted: number;
  readonly messagesIn: number;
  readonly bytesIn: number;
  /** Frames queued for clients: relayed messages count once for each client that gets them. */
  readonly messagesOut: number;
  readonly bytesOut: number;
  readonly rejected: number;
  readonly rateLimited: number;
  readonly slowReadersClosed: number;
  readonly pingTimeouts: number;
  readonly refused: Readonly<Record<RefusalReason, number>>;
}
