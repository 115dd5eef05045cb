import type { Clock } from '../../shared/clock.js';
import type { Direction, Envelope, KafkaPosition, Transport } from '../../shared/envelope.js';
import type { MessageDetail, MessageFilter, MessagePage, MessageRow } from '../../shared/feed.js';
import type { MessageType } from '../../shared/message.js';
import { parseTimestamp } from '../../shared/timestamp.js';
import { compileFilter, type MessageMatcher } from './message-filter.js';
import { type CountedProfile, ProfileLedger } from './profile-ledger.js';
import { TimeSlices } from './time-slices.js';

/** Characters of the text that a row shows. */
const previewLength = 200;

/** What a kept message costs beside its text: the slot, the position, small strings. */
const slotBytes = 256;

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

/** A place in the ring, filled again and again: keeping a message makes no new object. The parsed message is not kept. */
class Slot {
  atMs = 0;
  direction: Direction = 'in';
  transport: Transport = 'local';
  type: MessageType = 'heartbeat';
  node: string | null = null;
  timestamp: string | undefined = undefined;
  kafka: KafkaPosition | null = null;
  profile: CountedProfile | null = null;
  byteLength = 0;
  accountedBytes = 0;
  text = '';
  key: string | null = null;
  headers: Readonly<Record<string, string>> | undefined = undefined;
  connection: string | undefined = undefined;
  isRepeat = false;

  clear(): void {
    this.node = null;
    this.timestamp = undefined;
    this.kafka = null;
    this.profile = null;
    this.text = '';
    this.key = null;
    this.headers = undefined;
    this.connection = undefined;
    this.accountedBytes = 0;
  }
}

/**
 * The last messages of all transports, bounded by count and by bytes, numbered from 1. Rows, previews and latencies
 * are made when somebody asks for them.
 */
export class MessageHistory {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #pause: (() => Promise<unknown>) | undefined;
  readonly #profiles = new ProfileLedger();
  #slots: Slot[] = [];
  #capacity: number;
  #maxBytes: number;
  /** Sequence that has the first slot, minus 1. */
  #base = 0;
  #newest = 0;
  #oldest = 1;
  #bytes = 0;

  constructor(options: MessageHistoryOptions) {
    this.#clock = options.clock;
    this.#pause = options.pause;
    this.#capacity = options.maxMessages;
    this.#maxBytes = options.maxBytes;
  }

  /** Sequence of the newest message, 0 before the first. */
  get newestSequence(): number {
    return this.#newest;
  }

  /** Sequence of the oldest message still kept. */
  get oldestSequence(): number {
    return this.#oldest;
  }

  /** Messages kept, their accounted bytes, and how many older ones made room for them. */
  get size(): { readonly messages: number; readonly bytes: number; readonly dropped: number } {
    return { messages: this.#newest - this.#oldest + 1, bytes: this.#bytes, dropped: this.#oldest - 1 };
  }

  /** Profiles whose Kafka messages are kept. */
  get profiles(): readonly string[] {
    return this.#profiles.names;
  }

  /** What came over the one profile came over the other. */
  renameProfile(from: string, to: string): void {
    this.#profiles.rename(from, to);
  }

  /** Takes over other bounds; what no longer fits is dropped, the oldest first. */
  resize(bounds: { readonly maxMessages: number; readonly maxBytes: number }): void {
    const { maxMessages, maxBytes } = bounds;
    if (maxMessages === this.#capacity && maxBytes === this.#maxBytes) return;
    while (this.#newest - this.#oldest >= maxMessages) this.#dropOldest();
    const kept: Slot[] = [];
    for (let sequence = this.#oldest; sequence <= this.#newest; sequence += 1)
      kept.push(this.#slot(sequence));
    this.#slots = kept;
    this.#base = this.#oldest - 1;
    this.#capacity = maxMessages;
    this.#maxBytes = maxBytes;
    this.#dropBeyondBytes();
  }

  /**
   * Keeps one message; returns its sequence.
   *
   * @param node the sender as the caller resolved it
   * @param profile in use when it came or went; kept of Kafka messages
   */
  append(envelope: Envelope, node: string | null, profile = ''): number {
    const sequence = this.#newest + 1;
    const index = (sequence - 1 - this.#base) % this.#capacity;
    let slot = this.#slots[index];
    if (slot === undefined) {
      slot = new Slot();
      this.#slots.push(slot);
    } else if (sequence - this.#oldest >= this.#capacity) {
      this.#release(slot);
      this.#oldest += 1;
    }
    const { headers, byteLength } = envelope;
    slot.atMs = envelope.atMs;
    slot.direction = envelope.direction;
    slot.transport = envelope.transport;
    slot.type = envelope.message.type;
    slot.node = node;
    slot.timestamp = envelope.message.timestamp;
    slot.kafka = envelope.kafka ?? null;
    slot.profile = envelope.transport === 'kafka' ? this.#profiles.keep(profile) : null;
    slot.byteLength = byteLength;
    slot.text = envelope.text;
    slot.key = envelope.key ?? null;
    slot.headers = headers;
    slot.connection = envelope.connection;
    slot.isRepeat = envelope.isRepeat === true;
    slot.accountedBytes = slotBytes + byteLength + (headers === undefined ? 0 : headerBytes(headers));
    this.#bytes += slot.accountedBytes;
    this.#newest = sequence;
    this.#dropBeyondBytes();
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
    const first = Math.max(after + 1, this.#oldest, this.#newest - maxScanned + 1);
    const rows: MessageRow[] = [];
    let omitted = Math.max(0, first - after - 1);
    if (matches === null) {
      const start = Math.max(first, this.#newest - limit + 1);
      omitted += start - first;
      for (let sequence = start; sequence <= this.#newest; sequence += 1) {
        rows.push(this.#row(this.#slot(sequence), sequence));
      }
      return { rows, omitted };
    }
    for (let sequence = this.#newest; sequence >= first; sequence -= 1) {
      const slot = this.#slot(sequence);
      if (!matches(slot)) continue;
      if (rows.length < limit) rows.push(this.#row(slot, sequence));
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
      before === null ? this.#newest : before - 1,
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
    if (sequence < this.#oldest || sequence > this.#newest) return null;
    const slot = this.#slot(sequence);
    return {
      row: this.#row(slot, sequence),
      text: slot.text,
      key: slot.key,
      headers: slot.headers ?? {},
      connection: slot.connection ?? null,
    };
  }

  async #scan(
    from: number,
    step: 1 | -1,
    matches: MessageMatcher | null,
    limit: number,
    slices: TimeSlices,
  ): Promise<MessageRow[]> {
    const rows: MessageRow[] = [];
    let sequence = step === 1 ? Math.max(from, this.#oldest) : Math.min(from, this.#newest);
    while (rows.length < limit) {
      // While the scan gave way, the history moved on.
      if (sequence < this.#oldest) {
        if (step === -1) break;
        sequence = this.#oldest;
      }
      if (sequence > this.#newest) break;
      const slot = this.#slot(sequence);
      if (matches === null || matches(slot)) rows.push(this.#row(slot, sequence));
      if (slices.isSpent(slot.byteLength)) await slices.giveWay();
      sequence += step;
    }
    return rows;
  }

  #slot(sequence: number): Slot {
    const slot = this.#slots[(sequence - 1 - this.#base) % this.#capacity];
    if (slot === undefined) throw new RangeError(`message ${sequence} is not in the history`);
    return slot;
  }

  /** The newest message stays whatever its size. */
  #dropBeyondBytes(): void {
    while (this.#bytes > this.#maxBytes && this.#oldest < this.#newest) this.#dropOldest();
  }

  #dropOldest(): void {
    const slot = this.#slot(this.#oldest);
    this.#release(slot);
    slot.clear();
    this.#oldest += 1;
  }

  #release(slot: Slot): void {
    this.#bytes -= slot.accountedBytes;
    if (slot.profile !== null) this.#profiles.drop(slot.profile);
  }

  #row(slot: Slot, sequence: number): MessageRow {
    const { kafka, timestamp } = slot;
    const sentAtMs = timestamp === undefined ? null : parseTimestamp(timestamp);
    return {
      sequence,
      atMs: slot.atMs,
      direction: slot.direction,
      transport: slot.transport,
      type: slot.type,
      node: slot.node,
      topic: kafka?.topic ?? null,
      partition: kafka?.partition ?? null,
      offset: kafka?.offset ?? null,
      byteLength: slot.byteLength,
      latencyMs: sentAtMs === null ? null : slot.atMs - sentAtMs,
      preview: slot.text.slice(0, previewLength),
      ...(slot.profile === null ? {} : { profile: slot.profile.name }),
      ...(slot.connection === undefined ? {} : { connection: slot.connection }),
      ...(slot.isRepeat ? { isRepeat: true } : {}),
    };
  }
}

function headerBytes(headers: Readonly<Record<string, string>>): number {
  let bytes = 0;
  for (const name in headers) bytes += name.length + (headers[name]?.length ?? 0);
  return bytes;
}
