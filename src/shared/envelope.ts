import type { Message } from './message.js';

export const transports = ['kafka', 'websocket', 'local'] as const;
export type Transport = (typeof transports)[number];

export type Direction = 'in' | 'out';

/** Where in Kafka a record stands. `offset` is a decimal string: it may exceed 2^53. */
export interface KafkaPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/**
 * One message and where it came from (or went to): the only thing that travels through the hub.
 */
export interface Envelope {
  readonly message: Message;
  readonly direction: Direction;
  readonly transport: Transport;
  /** The sending node's name, as far as known: the peer of the connection, `source`, or the node known by that anchor. */
  readonly node: string | null;
  /** The JSON text as it was on the wire. */
  readonly text: string;
  readonly byteLength: number;
  /** Wall time of receipt or sending, milliseconds. */
  readonly atMs: number;
  readonly kafka?: KafkaPosition;
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** A message of this `id` has had its effect before: this copy is shown, and nothing else. */
  readonly isRepeat?: boolean;
  /** WebSocket: which connection, for example `server#12` or `peer:nexus`. */
  readonly connection?: string;
}
