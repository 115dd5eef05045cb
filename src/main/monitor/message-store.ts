import { type Envelope, transports } from '../../shared/envelope.js';
import type { MessageType } from '../../shared/message.js';
import { MessagePage, type MessageRest, messageFlags, pageMessages } from './message-page.js';
import { PieceQueue } from './piece-queue.js';
import { ProfileLedger } from './profile-ledger.js';
import { StoredMessage } from './stored-message.js';
import { TextRing } from './text-ring.js';

/** What a kept message costs beside its texts: its fields in a page, and its part of names that it shares. */
export const fieldBytes = 128;

/**
 * The messages of the history in columns and chunks of bytes, numbered from 1: for the garbage collector a handful of
 * objects, however many messages there are. What a row shows is put together when somebody asks for it.
 */
export class MessageStore {
  /** Profiles whose Kafka messages are kept. */
  readonly profiles = new ProfileLedger();
  readonly #pages = new PieceQueue(() => new MessagePage());
  readonly #texts = new TextRing();
  readonly #view = new StoredMessage(this.#texts);
  #newest = 0;
  #oldest = 1;
  #bytes = 0;

  /** Sequence of the newest message, 0 before the first. */
  get newest(): number {
    return this.#newest;
  }

  /** Sequence of the oldest message still kept; past the newest when there is none. */
  get oldest(): number {
    return this.#oldest;
  }

  get count(): number {
    return this.#newest - this.#oldest + 1;
  }

  /** Of all messages kept: their texts as they are stored, and {@link fieldBytes} for each. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Keeps one message; returns its sequence. The parsed message is not kept.
   *
   * @param profile kept of Kafka messages
   */
  append(envelope: Envelope, node: string | null, profile: string): number {
    const { message, kafka, text, byteLength } = envelope;
    const sequence = this.#newest + 1;
    const page = this.#pages.reach(pageOf(sequence));
    const at = indexOf(sequence);
    const key = envelope.key ?? null;
    const offset = kafka === undefined ? 0 : plainNumber(kafka.offset);
    const timestamp = readable(message.timestamp);
    const timestampAt = timestamp === undefined ? 0 : text.indexOf(timestamp);
    const rest = restOf(
      envelope.headers,
      offset < 0 ? kafka?.offset : undefined,
      timestampAt < 0 ? timestamp : undefined,
    );
    const position = this.#texts.end;
    let flags: number = envelope.direction === 'out' ? messageFlags.isOutgoing : 0;
    if (envelope.isRepeat === true) flags |= messageFlags.isRepeat;
    if (key !== null) flags |= messageFlags.hasKey;
    if (key !== null && this.#texts.append(key) === 2) flags |= messageFlags.isKeyWide;
    if (rest !== '' && this.#texts.append(rest) === 2) flags |= messageFlags.isRestWide;
    if (this.#texts.append(text) === 2) flags |= messageFlags.isTextWide;
    page.atMs[at] = envelope.atMs;
    page.position[at] = position;
    page.offset[at] = offset;
    page.partition[at] = kafka === undefined ? 0 : kafka.partition;
    page.byteLength[at] = byteLength;
    page.keyLength[at] = key === null ? 0 : key.length;
    page.restLength[at] = rest.length;
    page.textLength[at] = text.length;
    page.timestampAt[at] = Math.max(0, timestampAt);
    page.timestampLength[at] = timestamp === undefined || timestampAt < 0 ? 0 : timestamp.length;
    page.type[at] = codeOfType(message.type);
    page.transport[at] = transports.indexOf(envelope.transport);
    page.flags[at] = flags;
    page.node[at] = node;
    page.topic[at] = kafka === undefined ? null : kafka.topic;
    page.connection[at] = envelope.connection ?? null;
    page.profile[at] = envelope.transport === 'kafka' ? this.profiles.keep(profile) : null;
    this.#newest = sequence;
    this.#bytes += fieldBytes + this.#texts.end - position;
    return sequence;
  }

  /**
   * One message that is kept, to be read at once: the next call gives the same object for another message.
   *
   * @throws RangeError
   */
  at(sequence: number): StoredMessage {
    if (sequence < this.#oldest || sequence > this.#newest)
      throw new RangeError(`message ${sequence} is not kept`);
    this.#view.moveTo(this.#pages.at(pageOf(sequence)), indexOf(sequence), sequence);
    return this.#view;
  }

  /** There must be one. */
  dropOldest(): void {
    const end = this.#oldest === this.#newest ? this.#texts.end : this.#positionOf(this.#oldest + 1);
    this.#bytes -= fieldBytes + end - this.#positionOf(this.#oldest);
    const profile = this.#pages.at(pageOf(this.#oldest)).profile[indexOf(this.#oldest)] ?? null;
    if (profile !== null) this.profiles.drop(profile);
    this.#oldest += 1;
    this.#texts.releaseBefore(end);
    this.#pages.releaseBefore(pageOf(this.#oldest));
  }

  #positionOf(sequence: number): number {
    return this.#pages.at(pageOf(sequence)).position[indexOf(sequence)] ?? 0;
  }
}

function pageOf(sequence: number): number {
  return Math.floor((sequence - 1) / pageMessages);
}

function indexOf(sequence: number): number {
  return (sequence - 1) % pageMessages;
}

/** Where in {@link messageTypes}. By hand, since most types are too long for strings that V8 compares by their address. */
function codeOfType(type: MessageType): number {
  switch (type) {
    case 'state_update':
      return 0;
    case 'frequency_sync':
      return 1;
    case 's_roi_update':
      return 2;
    case 'repository_event':
      return 3;
    case 'heartbeat':
      return 4;
  }
}

const zero = 48;
const maxPlainDigits = 15;

/** The number that JavaScript writes just so, or -1: an offset beyond 2^53, or one written in another way. */
function plainNumber(digits: string): number {
  const { length } = digits;
  if (length === 0 || length > maxPlainDigits || (length > 1 && digits.charCodeAt(0) === zero)) return -1;
  let value = 0;
  for (let at = 0; at < length; at += 1) {
    const digit = digits.charCodeAt(at) - zero;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

const longestTimestamp = 40;

/** The timestamp, unless its length alone shows that it is none. */
function readable(timestamp: string | undefined): string | undefined {
  return timestamp === undefined || timestamp === '' || timestamp.length > longestTimestamp
    ? undefined
    : timestamp;
}

/** Empty, or JSON. */
function restOf(
  headers: Envelope['headers'],
  offset: string | undefined,
  timestamp: string | undefined,
): string {
  if (headers !== undefined && Object.keys(headers).length > 0)
    return JSON.stringify({ headers, offset, timestamp } satisfies MessageRest);
  if (offset === undefined && timestamp === undefined) return '';
  return JSON.stringify({ offset, timestamp } satisfies MessageRest);
}
