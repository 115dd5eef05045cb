import type { CountedProfile } from './profile-ledger.js';

/** Messages in a page. */
export const pageMessages = 1_024;

/** Fields of so many messages, each in a column of its own. What is text is in the ring, but for names that many share. */
export class MessagePage {
  readonly atMs = new Float64Array(pageMessages);
  /** Where the message's texts begin: key, rest, text. */
  readonly position = new Float64Array(pageMessages);
  readonly offset = new Float64Array(pageMessages);
  readonly partition = new Int32Array(pageMessages);
  readonly byteLength = new Uint32Array(pageMessages);
  readonly keyLength = new Uint32Array(pageMessages);
  readonly restLength = new Uint32Array(pageMessages);
  readonly textLength = new Uint32Array(pageMessages);
  /** Where in the text the timestamp is to be read; its length is 0 where it is not. */
  readonly timestampAt = new Uint32Array(pageMessages);
  readonly timestampLength = new Uint8Array(pageMessages);
  readonly type = new Uint8Array(pageMessages);
  readonly transport = new Uint8Array(pageMessages);
  readonly flags = new Uint8Array(pageMessages);
  readonly node = new Array<string | null>(pageMessages).fill(null);
  readonly topic = new Array<string | null>(pageMessages).fill(null);
  readonly profile = new Array<CountedProfile | null>(pageMessages).fill(null);
  readonly connection = new Array<string | null>(pageMessages).fill(null);
}

/** Bits of {@link MessagePage.flags}. */
export const messageFlags = {
  isOutgoing: 1,
  isRepeat: 2,
  hasKey: 4,
  /** Two bytes a character. */
  isKeyWide: 8,
  isRestWide: 16,
  isTextWide: 32,
} as const;

/** What few messages have, as JSON between key and text. */
export interface MessageRest {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** One that is no number as JavaScript writes it. */
  readonly offset?: string | undefined;
  /** One that the text has in another spelling. */
  readonly timestamp?: string | undefined;
}
