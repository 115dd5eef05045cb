import type { Clock } from '../../shared/clock.js';
import type { Envelope } from '../../shared/envelope.js';
import type { MessageDetail, MessageFilter, MessagePage, MessageRow } from '../../shared/feed.js';
import { compileFilter, type MessageMatcher } from './message-filter.js';
import { MessageStore } from './message-store.js';
import { TimeSlices } from './time-slices.js';

export interface MessageHistoryOptions {
  readonly maxMessages: number;
  /** Memory for the kept messages: their texts and headers plus a fixed amount for each. */
  readonly maxBytes: number;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Lets other work have its turn during a long search. Default: one turn of the event loop. */
  readonly pause?: () => Promise<unknown>;
}

export interface MessagePageRequest {
  readonly filter: MessageFilter;
  /** Only rows older than this sequence; `null` for the newest. */
  readonly before: number | null;
  /** Only rows newer than this sequence, the nearest ones; wins over `before`. */
  readonly after: number | null;
  readonly limit: number;
}

/**
 * The last messages of all transports, bounded by count and by bytes, numbered from 1. Rows, previews and latencies
 * are made when somebody asks for them.
 */
export class MessageHistory {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #pause: (() => Promise<unknown>) | undefined;
  readonly #store = new MessageStore();
  #maxMessages: number;
  #maxBytes: number;

  constructor(options: MessageHistoryOptions) {
    this.#clock = options.clock;
    this.#pause = options.pause;
    this.#maxMessages = options.maxMessages;
    this.#maxBytes = options.maxBytes;
  }

  /** Sequence of the newest message, 0 before the first. */
  get newestSequence(): number {
    return this.#store.newest;
  }

  /** Sequence of the oldest message still kept. */
  get oldestSequence(): number {
    return this.#store.oldest;
  }

  /** Messages kept, their accounted bytes, and how many older ones made room for them. */
  get size(): { readonly messages: number; readonly bytes: number; readonly dropped: number } {
    const { count, bytes, oldest } = this.#store;
    return { messages: count, bytes, dropped: oldest - 1 };
  }

  /** Profiles whose Kafka messages are kept. */
  get profiles(): readonly string[] {
    return this.#store.profiles.names;
  }

  /** What came over the one profile came over the other. */
  renameProfile(from: string, to: string): void {
    this.#store.profiles.rename(from, to);
  }

  /** Takes over other bounds; what no longer fits is dropped, the oldest first. */
  resize(bounds: { readonly maxMessages: number; readonly maxBytes: number }): void {
    this.#maxMessages = bounds.maxMessages;
    this.#maxBytes = bounds.maxBytes;
    this.#dropBeyondBounds();
  }

  /**
   * Keeps one message; returns its sequence.
   *
   * @param node the sender as the caller resolved it
   * @param profile in use when it came or went; kept of Kafka messages
   */
  append(envelope: Envelope, node: string | null, profile = ''): number {
    const sequence = this.#store.append(envelope, node, profile);
    this.#dropBeyondBounds();
    return sequence;
  }

  /**
   * The newest rows after a sequence, oldest first, and how many matching ones before them were left out. Looks at
   * `maxScanned` messages at most; older ones count as left out.
   */
  collect(
    after: number,
    matches: MessageMatcher | null,
    limit: number,
    maxScanned: number,
  ): { readonly rows: readonly MessageRow[]; readonly omitted: number } {
    const { newest } = this.#store;
    const first = Math.max(after + 1, this.#store.oldest, newest - maxScanned + 1);
    const rows: MessageRow[] = [];
    let omitted = Math.max(0, first - after - 1);
    if (matches === null) {
      const start = Math.max(first, newest - limit + 1);
      omitted += start - first;
      for (let sequence = start; sequence <= newest; sequence += 1) {
        rows.push(this.#store.at(sequence).row);
      }
      return { rows, omitted };
    }
    for (let sequence = newest; sequence >= first; sequence -= 1) {
      const message = this.#store.at(sequence);
      if (!matches(message)) continue;
      if (rows.length < limit) rows.push(message.row);
      else omitted += 1;
    }
    return { rows: rows.reverse(), omitted };
  }

  /** One page of matching rows. A long search gives way to other work; what is dropped meanwhile is not found. */
  async page(request: MessagePageRequest): Promise<MessagePage> {
    const matches = compileFilter(request.filter);
    const { before, after, limit } = request;
    const slices = new TimeSlices(this.#clock, this.#pause);
    if (after !== null) {
      const found = await this.#scan(after + 1, 1, matches, limit + 1, slices);
      const older = await this.#scan(after, -1, matches, 1, slices);
      return { rows: found.slice(0, limit), hasOlder: older.length > 0, hasNewer: found.length > limit };
    }
    const found = await this.#scan(
      before === null ? this.#store.newest : before - 1,
      -1,
      matches,
      limit + 1,
      slices,
    );
    const newer = before === null ? [] : await this.#scan(before, 1, matches, 1, slices);
    return {
      rows: found.slice(0, limit).reverse(),
      hasOlder: found.length > limit,
      hasNewer: newer.length > 0,
    };
  }

  /** One message in full; `null` once it is dropped. */
  detail(sequence: number): MessageDetail | null {
    if (sequence < this.#store.oldest || sequence > this.#store.newest) return null;
    return this.#store.at(sequence).detail;
  }

  async #scan(
    from: number,
    step: 1 | -1,
    matches: MessageMatcher | null,
    limit: number,
    slices: TimeSlices,
  ): Promise<MessageRow[]> {
    const store = this.#store;
    const rows: MessageRow[] = [];
    let sequence = step === 1 ? Math.max(from, store.oldest) : Math.min(from, store.newest);
    while (rows.length < limit) {
      // While the scan gave way, the history moved on.
      if (sequence < store.oldest) {
        if (step === -1) break;
        sequence = store.oldest;
      }
      if (sequence > store.newest) break;
      const message = store.at(sequence);
      if (matches === null || matches(message)) rows.push(message.row);
      if (slices.isSpent(message.byteLength)) await slices.giveWay();
      sequence += step;
    }
    return rows;
  }

  /** The newest message stays whatever its size. */
  #dropBeyondBounds(): void {
    const store = this.#store;
    while (store.count > this.#maxMessages || (store.bytes > this.#maxBytes && store.count > 1))
      store.dropOldest();
  }
}
