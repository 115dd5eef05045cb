import { type Direction, type Transport, transports } from '../../shared/envelope.js';
import type { MessageDetail, MessageRow } from '../../shared/feed.js';
import { type MessageType, messageTypes } from '../../shared/message.js';
import { parseTimestamp } from '../../shared/timestamp.js';
import type { FilterableMessage } from './message-filter.js';
import { MessagePage, type MessageRest, messageFlags } from './message-page.js';
import type { CountedProfile } from './profile-ledger.js';
import type { TextRing } from './text-ring.js';

/** Characters of the text that a row shows. */
const previewLength = 200;

/** One of the messages kept, as long as no other is asked for. */
export class StoredMessage implements FilterableMessage {
  readonly #texts: TextRing;
  #page: MessagePage = noPage;
  #at = 0;
  #sequence = 0;

  constructor(texts: TextRing) {
    this.#texts = texts;
  }

  moveTo(page: MessagePage, at: number, sequence: number): void {
    this.#page = page;
    this.#at = at;
    this.#sequence = sequence;
  }

  get type(): MessageType {
    return messageTypes[this.#page.type[this.#at] ?? 0] ?? 'heartbeat';
  }

  get transport(): Transport {
    return transports[this.#page.transport[this.#at] ?? 0] ?? 'local';
  }

  get node(): string | null {
    return this.#page.node[this.#at] ?? null;
  }

  get topic(): string | null {
    return this.#page.topic[this.#at] ?? null;
  }

  get profile(): CountedProfile | null {
    return this.#page.profile[this.#at] ?? null;
  }

  get byteLength(): number {
    return this.#page.byteLength[this.#at] ?? 0;
  }

  get text(): string {
    return this.#text(0, this.#page.textLength[this.#at] ?? 0);
  }

  get row(): MessageRow {
    const { topic, profile } = this;
    const direction: Direction = this.#has(messageFlags.isOutgoing) ? 'out' : 'in';
    const atMs = this.#page.atMs[this.#at] ?? 0;
    const sentAtMs = parseTimestamp(this.#timestamp());
    const connection = this.#page.connection[this.#at] ?? null;
    return {
      sequence: this.#sequence,
      atMs,
      direction,
      transport: this.transport,
      type: this.type,
      node: this.node,
      topic,
      partition: topic === null ? null : (this.#page.partition[this.#at] ?? 0),
      offset: topic === null ? null : this.#offset(),
      byteLength: this.byteLength,
      latencyMs: sentAtMs === null ? null : atMs - sentAtMs,
      preview: this.#text(0, Math.min(previewLength, this.#page.textLength[this.#at] ?? 0)),
      ...(profile === null ? {} : { profile: profile.name }),
      ...(connection === null ? {} : { connection }),
      ...(this.#has(messageFlags.isRepeat) ? { isRepeat: true } : {}),
    };
  }

  get detail(): MessageDetail {
    return {
      row: this.row,
      text: this.text,
      key: this.#has(messageFlags.hasKey) ? this.#key() : null,
      headers: this.#rest().headers ?? {},
    };
  }

  #offset(): string {
    const offset = this.#page.offset[this.#at] ?? 0;
    return offset < 0 ? (this.#rest().offset ?? '') : String(offset);
  }

  #key(): string {
    const { position, keyLength } = this.#page;
    return this.#texts.read(
      position[this.#at] ?? 0,
      keyLength[this.#at] ?? 0,
      this.#width(messageFlags.isKeyWide),
    );
  }

  #rest(): MessageRest {
    const { restLength } = this.#page;
    const text = this.#texts.read(
      this.#restAt,
      restLength[this.#at] ?? 0,
      this.#width(messageFlags.isRestWide),
    );
    return text === '' ? {} : (JSON.parse(text) as MessageRest);
  }

  /** Empty where there is none that could be read. */
  #timestamp(): string {
    const length = this.#page.timestampLength[this.#at] ?? 0;
    if (length > 0) return this.#text(this.#page.timestampAt[this.#at] ?? 0, length);
    return this.#rest().timestamp ?? '';
  }

  /** So many characters of the text, from one on. */
  #text(start: number, length: number): string {
    const { restLength } = this.#page;
    const position = this.#restAt + (restLength[this.#at] ?? 0) * this.#width(messageFlags.isRestWide);
    const width = this.#width(messageFlags.isTextWide);
    return this.#texts.read(position + start * width, length, width);
  }

  get #restAt(): number {
    const { position, keyLength } = this.#page;
    return (position[this.#at] ?? 0) + (keyLength[this.#at] ?? 0) * this.#width(messageFlags.isKeyWide);
  }

  #width(wideFlag: number): 1 | 2 {
    return this.#has(wideFlag) ? 2 : 1;
  }

  #has(flag: number): boolean {
    return ((this.#page.flags[this.#at] ?? 0) & flag) !== 0;
  }
}

const noPage = new MessagePage();
