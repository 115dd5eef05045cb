import type { AckMessage } from '../../shared/message.js';

/** A message on its way to a server that will answer it. */
export interface Awaited {
  readonly type: string;
  readonly id: string | undefined;
  /** Told once what became of it; absent for a message that nobody waits for. */
  readonly settle?: ((outcome: AckOutcome) => void) | undefined;
}

/** Acknowledged, refused by the server with its words, or never to be answered because the connection is gone. */
export type AckOutcome =
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'refused'; readonly answer: string }
  | { readonly kind: 'lost' };

/**
 * Which message an answer belongs to. Servers answer in the order of arrival. An ack of ours carries the message's id;
 * an old node's only the type, so it belongs to the oldest message of that type; an error names nothing, so it belongs
 * to the oldest message. Messages that nobody waits for are kept too, or their answers would be taken for others'.
 *
 * Bounded: beyond the limit the oldest is forgotten: its answer, if it comes, then matches the next of its type, and who waits for it needs a deadline.
 */
export class Acknowledgements {
  readonly #limit: number;
  #awaited: Awaited[] = [];

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#awaited.length;
  }

  /** Notes a message just written. */
  expect(awaited: Awaited): void {
    this.#awaited.push(awaited);
    if (this.#awaited.length > this.#limit) this.#awaited.shift();
  }

  /** Settles the message that this ack belongs to; false when it belongs to none. */
  onAck(ack: AckMessage): boolean {
    let index = ack.id === undefined ? -1 : this.#awaited.findIndex(({ id }) => id === ack.id);
    if (index < 0) index = this.#awaited.findIndex(({ type }) => type === ack.original_type);
    return this.#settleAt(index, { kind: 'acknowledged' });
  }

  /** Settles the oldest message as refused; false when there is none. */
  onError(answer: string): boolean {
    return this.#settleAt(0, { kind: 'refused', answer });
  }

  /** Settles the oldest heartbeat: a server answers it with a heartbeat instead of an ack. */
  onHeartbeat(): boolean {
    return this.#settleAt(
      this.#awaited.findIndex(({ type }) => type === 'heartbeat'),
      { kind: 'acknowledged' },
    );
  }

  /** Settles everything as lost: over a new connection no answer to an old message will come. */
  onLost(): void {
    const lost = this.#awaited;
    this.#awaited = [];
    for (const { settle } of lost) settle?.({ kind: 'lost' });
  }

  #settleAt(index: number, outcome: AckOutcome): boolean {
    const [awaited] = index < 0 ? [] : this.#awaited.splice(index, 1);
    awaited?.settle?.(outcome);
    return awaited !== undefined;
  }
}
