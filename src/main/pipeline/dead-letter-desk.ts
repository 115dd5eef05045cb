import { join } from 'node:path';
import type { DeadLetterList, DeadLetterView } from '../../shared/dead-letter.js';
import type { Envelope } from '../../shared/envelope.js';
import { type ErrorReport, ResonanceError, toErrorReport } from '../../shared/errors.js';
import type { Receipt } from '../../shared/feed.js';
import { isReply, type Message } from '../../shared/message.js';
import { parseMessage } from '../../shared/parse-message.js';
import { createUuidV7 } from '../../shared/uuid.js';
import type { Outbox } from '../outbox/outbox.js';
import { type DeadLetterFacts, decodeDeadLetterFacts } from './dead-letter-headers.js';
import { type DeadLetter, type DeadLettersRead, readDeadLetters } from './dead-letter-reader.js';
import { DeadLetterSettlements } from './dead-letter-settlements.js';
import type { KafkaSide } from './kafka-side.js';
import type { MessageHandlers } from './message-handlers.js';
import type { PipelineContext } from './pipeline-context.js';

export interface DeadLetterDeskOptions {
  readonly context: Pick<PipelineContext, 'config' | 'clock' | 'logger'>;
  /** Of the node; the desk has a folder below it. */
  readonly dataDirectory: string;
  readonly handlers: MessageHandlers;
  readonly kafka: () => KafkaSide;
  readonly outbox: () => Outbox;
  /** Dead letters of this run so far. */
  readonly total: () => number;
  /** The operator has settled all there are. */
  readonly onNoneLeft: () => void;
}

/** Shows the operator the dead letters, and takes what is to become of them. Which are settled is this node's own note. */
export class DeadLetterDesk {
  readonly #options: DeadLetterDeskOptions;
  readonly #settlements: DeadLetterSettlements;
  #letters: ReadonlyMap<string, DeadLetter> = new Map();
  /** Dead letters of this run when they were last listed. */
  #listedTotal = -1;
  #listing: Promise<DeadLetterList> | null = null;

  constructor(options: DeadLetterDeskOptions) {
    this.#options = options;
    this.#settlements = new DeadLetterSettlements({
      directory: join(options.dataDirectory, 'dead-letters'),
      onEvent: ({ level, message, details }) => options.context.logger[level](message, details),
    });
  }

  /**
   * The newest that are not settled: those of the topic as it is now, and those on this node's disk on their way there.
   *
   * @throws ResonanceError of a `STORAGE_` code
   */
  list(): Promise<DeadLetterList> {
    this.#listing ??= this.#list().finally(() => {
      this.#listing = null;
    });
    return this.#listing;
  }

  /**
   * Hands a message to the handlers again, or sends it to where it could not be delivered.
   *
   * @param text the message as the operator changed it, or null for as it was
   * @throws ResonanceError `NOT_FOUND`, `MESSAGE_INVALID`, `HANDLER_FAILED`, and those of the outbox; it is settled only when
   *   none of them is thrown
   */
  async resend(id: string, text: string | null): Promise<void> {
    const letter = await this.#find(id);
    const message = text === null ? letter.message : readMessage(text);
    if (letter.facts.direction === 'in') await this.#handleAgain(letter, message, text ?? letter.text);
    else await this.#sendAgain(letter.facts, message);
    await this.#settlements.settle(id, 'resent');
    this.#forget(id);
    // One that has not reached its topic need not.
    const outbox = this.#options.outbox();
    if (outbox.deadLetters().some((item) => item.id === id)) await outbox.discard(id);
  }

  /** Takes a letter off the list; the topic keeps it for as long as it keeps anything. @throws ResonanceError `NOT_FOUND` */
  async discard(id: string): Promise<void> {
    const { facts } = await this.#find(id);
    const { outboxId } = facts;
    await this.#settlements.settle(id, 'discarded');
    this.#forget(id);
    if (outboxId !== undefined && this.#hasFailed(outboxId)) await this.#options.outbox().discard(outboxId);
  }

  /** Takes a discard back. What failed in the outbox is sent anew when the letter is. */
  async restore(id: string): Promise<void> {
    await this.#settlements.reopen(id);
  }

  /** Tries the failed copies of an outbox entry again. @throws ResonanceError `NOT_FOUND` */
  async retryFailed(outboxId: string): Promise<void> {
    await this.#settleEntry(outboxId);
    await this.#options.outbox().retry(outboxId);
  }

  /** Gives an outbox entry up. @throws ResonanceError `NOT_FOUND` */
  async discardEntry(outboxId: string): Promise<void> {
    await this.#settleEntry(outboxId);
    await this.#options.outbox().discard(outboxId);
  }

  /** Puts a changed message in the place of a failed one of the outbox. @throws ResonanceError `NOT_FOUND`, `MESSAGE_INVALID` */
  async replaceFailed(outboxId: string, text: string): Promise<Receipt> {
    const change = this.#renewed(readMessage(text));
    await this.#settleEntry(outboxId);
    return this.#options.outbox().replace(outboxId, change);
  }

  /** The message of an outbox entry as JSON, null once it is delivered or discarded. */
  entryText(outboxId: string): string | null {
    const message = this.#options.outbox().message(outboxId);
    return message === null ? null : JSON.stringify(message);
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await this.#settlements.close();
  }

  async #list(): Promise<DeadLetterList> {
    const total = this.#options.total();
    const isSettled = await this.#settlements.reader();
    const waitingBefore = this.#options.outbox().deadLetters();
    let read: DeadLettersRead = { letters: [], hasOlder: false };
    let unread: ErrorReport | null = null;
    try {
      const { clock, logger } = this.#options.context;
      read = await readDeadLetters({ kafka: this.#options.kafka(), isSettled, clock, logger });
    } catch (error) {
      unread = toErrorReport(error);
    }
    const letters = new Map<string, DeadLetter>();
    const views: DeadLetterView[] = [];
    const add = (letter: DeadLetter, isWaiting: boolean): void => {
      // While the topic was read, the operator may have settled some.
      if (isSettled(letter.facts) || letters.has(letter.facts.id)) return;
      letters.set(letter.facts.id, letter);
      views.push(viewOf(letter, isWaiting));
    };
    for (const letter of read.letters) add(letter, false);
    const waiting = this.#options.outbox().deadLetters();
    const waitingIds = new Set(waiting.map(({ id }) => id));
    // One that reached the topic after its end was asked for is in neither of the other two.
    for (const { id, deadLetter, message } of [...waiting, ...waitingBefore]) {
      const facts = decodeDeadLetterFacts(deadLetter);
      if (facts !== null) add({ facts, message, text: JSON.stringify(message) }, waitingIds.has(id));
    }
    this.#letters = letters;
    this.#listedTotal = unread === null && !read.hasOlder ? total : -1;
    this.#tellWhenNoneIsLeft();
    return { letters: views.sort((a, b) => (a.id < b.id ? 1 : -1)), hasOlder: read.hasOlder, unread };
  }

  #forget(id: string): void {
    this.#letters = new Map([...this.#letters].filter(([key]) => key !== id));
    this.#tellWhenNoneIsLeft();
  }

  #tellWhenNoneIsLeft(): void {
    if (this.#letters.size === 0 && this.#listedTotal === this.#options.total()) this.#options.onNoneLeft();
  }

  async #handleAgain({ facts }: DeadLetter, message: Message, text: string): Promise<void> {
    if (!this.#options.handlers.registry.has(message.type)) {
      throw new ResonanceError('NOT_FOUND', `This node has no handler for a ${message.type}`, {
        hint: `${facts.failedBy} gave it up: have it handled there, or discard it.`,
      });
    }
    const again: Envelope = {
      message,
      text,
      direction: 'in',
      transport: 'local',
      node: facts.node,
      byteLength: Buffer.byteLength(text),
      atMs: this.#options.context.clock.wallMs(),
    };
    const failed = await this.#options.handlers.handleAgain(again);
    if (failed !== null) throw failed.error;
  }

  async #sendAgain(facts: DeadLetterFacts, message: Message): Promise<void> {
    const outbox = this.#options.outbox();
    const change = this.#renewed(message);
    if (facts.outboxId !== undefined && this.#hasFailed(facts.outboxId)) {
      await outbox.replace(facts.outboxId, change);
      return;
    }
    const via = facts.transport === 'websocket' ? 'websocket' : 'kafka';
    await outbox.submit({ ...change, target: null, destinations: [{ via, destination: facts.origin }] });
  }

  #hasFailed(outboxId: string): boolean {
    const receipt = this.#options.outbox().receipt(outboxId);
    return receipt?.deliveries.some(({ phase }) => phase === 'failed') === true;
  }

  /** The letters of what the operator has just taken care of in the outbox itself. */
  async #settleEntry(outboxId: string): Promise<void> {
    if (!this.#hasFailed(outboxId)) return;
    await this.#settlements.settleEntry(outboxId, this.#options.context.clock.wallMs());
  }

  /** With a new id: receivers may have seen the old one, with the old content. */
  #renewed(message: Message): { message: Message; id: string; atMs: number } {
    const atMs = this.#options.context.clock.wallMs();
    const id = createUuidV7(atMs);
    return { message: { ...message, id }, id, atMs };
  }

  async #find(id: string): Promise<DeadLetter> {
    if (!this.#letters.has(id)) await this.list();
    const letter = this.#letters.get(id);
    const isSettled = await this.#settlements.reader();
    if (letter !== undefined && !isSettled(letter.facts)) return letter;
    throw new ResonanceError('NOT_FOUND', `No dead letter ${id} waits`, {
      hint: 'It was settled already, or is older than what the topic keeps.',
    });
  }
}

function viewOf({ facts, message, text }: DeadLetter, isWaiting: boolean): DeadLetterView {
  const { outboxId: _outboxId, ...rest } = facts;
  return { ...rest, type: message.type, text, isWaiting };
}

function readMessage(text: string): Message {
  const result = parseMessage(text, Buffer.byteLength(text));
  const detail = result.ok ? 'an answer is no message' : result.rejection.detail;
  if (!result.ok || isReply(result.message)) {
    throw new ResonanceError('MESSAGE_INVALID', detail, { hint: 'Correct it; nothing was sent.' });
  }
  return result.message;
}
