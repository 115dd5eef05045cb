import type { Direction, Transport } from './envelope.js';
import type { ErrorReport } from './errors.js';
import type { MessageType } from './message.js';

/** Where messages go that could not be handled or delivered, whatever was tried. */
export const deadLetterTopic = 'resonance.dead-letter';

/** One dead letter as the operator sees it. */
export interface DeadLetterView {
  /** Its own id, another than the message's. */
  readonly id: string;
  readonly atMs: number;
  /** `in`: a handler failed on it. `out`: it could not be delivered. */
  readonly direction: Direction;
  readonly type: MessageType;
  /** The message's sender, as far as known. */
  readonly node: string | null;
  /** The node that gave the message up. */
  readonly failedBy: string;
  readonly transport: Transport;
  /** `topic/partition@offset` or the connection it came from; the topic or peer it was for. */
  readonly origin: string;
  readonly causeCode: string;
  readonly cause: string;
  readonly tries: number;
  /** The message as JSON. */
  readonly text: string;
  /** On this node's disk, but not in the topic yet. */
  readonly isWaiting: boolean;
}

/** What waits for the operator's decision. */
export interface DeadLetterList {
  /** Newest first, bounded by count and bytes. */
  readonly letters: readonly DeadLetterView[];
  /** The topic may hold more unsettled ones than these, all of them older. */
  readonly hasOlder: boolean;
  /** Why the topic could not be read; `letters` are then only those that still wait on this node's disk. */
  readonly unread: ErrorReport | null;
}
