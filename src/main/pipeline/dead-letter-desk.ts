import { join } from 'node:path';
import { type DeadLetterView, deadLetterTopic } from '../../shared/dead-letter.js';
import type { Envelope } from '../../shared/envelope.js';
import { ResonanceError } from '../../shared/errors.js';
import type { Receipt } from '../../shared/feed.js';
import { isReply, type Message } from '../../shared/message.js';
import { parseMessage } from '../../shared/parse-message.js';
import { createUuidV7 } from '../../shared/uuid.js';
import { TopicTap } from '../kafka/topic-tap.js';
import type { Outbox } from '../outbox/outbox.js';
import { KeyValueLog } from '../storage/key-value-log.js';
import { translateStorageError } from '../storage-errors.js';
import { type DeadLetterFacts, decodeDeadLetterFacts, viewOf } from './dead-letter-headers.js';
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
}

type Settlement = 'resent' | 'discarded';

interface Letter {
  readonly facts: DeadLetterFacts;
  readonly envelope: Envelope;
}

const lettersShown = 200;
const readTimeoutMs = 5_000;
const settlementsKept = 10_000;

/** Shows the operator the dead letters, and takes what is to become of them. Which are settled is this node's own note. */
export class DeadLetterDesk {
  readonly #options: DeadLetterDeskOptions;
  readonly #letters = new Map<string, Letter>();
  #settlements: Promise<KeyValueLog<Settlement>> | null = null;

  constructor(options: DeadLetterDeskOptions) {
    this.#options = options;
  }

  /**
   * The newest 200 that are not settled, newest first, as the topic has them now.
   *
   * @throws ResonanceError of a `KAFKA_` or `STORAGE_` code
   */
  async list(): Promise<DeadLetterView[]> {
    const settlements = await this.#openSettlements();
    const letters = await this.#read();
    this.#letters.clear();
    for (const letter of letters) {
      if (settlements.get(letter.facts.id) === undefined) this.#letters.set(letter.facts.id, letter);
    }
    return [...this.#letters.values()].reverse().map(({ facts, envelope }) => viewOf(facts, envelope));
  }

  /**
   * Hands a message to the handlers again, or sends it to where it could not be delivered.
   *
   * @param text the message as the operator changed it, or null for as it was
   * @throws ResonanceError `NOT_FOUND`, `MESSAGE_INVALID`, `HANDLER_FAILED`, and those of the outbox; it is settled only when
   *   none of them is thrown
   */
  async resend(id: string, text: string | null): Promise<void> {
    const { facts, envelope } = await this.#find(id);
    const message = text === null ? envelope.message : readMessage(text);
    if (facts.direction === 'in') await this.#handleAgain(envelope, message, text);
    else await this.#sendAgain(facts, message);
    await this.#settle(id, 'resent');
  }

  /** Puts a changed message in the place of a failed one of the outbox. @throws ResonanceError `NOT_FOUND`, `MESSAGE_INVALID` */
  async replaceFailed(outboxId: string, text: string): Promise<Receipt> {
    return this.#options.outbox().replace(outboxId, this.#renewed(readMessage(text)));
  }

  /** Takes a letter off the list; the topic keeps it for as long as it keeps anything. @throws ResonanceError `NOT_FOUND` */
  async discard(id: string): Promise<void> {
    const { facts } = await this.#find(id);
    const { outboxId } = facts;
    const outbox = this.#options.outbox();
    const entry = outboxId === undefined ? null : outbox.receipt(outboxId);
    if (entry?.deliveries.some(({ phase }) => phase === 'failed') === true) await outbox.discard(entry.id);
    await this.#settle(id, 'discarded');
  }

  /** Idempotent. */
  async close(): Promise<void> {
    const settlements = this.#settlements;
    this.#settlements = null;
    await (await settlements)?.close();
  }

  async #handleAgain(envelope: Envelope, message: Message, text: string | null): Promise<void> {
    const again: Envelope = {
      ...envelope,
      message,
      text: text ?? envelope.text,
      transport: 'local',
      atMs: this.#options.context.clock.wallMs(),
    };
    const failed = await this.#options.handlers.handleAgain(again);
    if (failed !== null) throw failed.error;
  }

  async #sendAgain(facts: DeadLetterFacts, message: Message): Promise<void> {
    const outbox = this.#options.outbox();
    const change = this.#renewed(message);
    const entry = facts.outboxId === undefined ? null : outbox.receipt(facts.outboxId);
    const isStillFailed = entry?.deliveries.some(({ phase }) => phase === 'failed') === true;
    if (facts.outboxId !== undefined && isStillFailed) {
      await outbox.replace(facts.outboxId, change);
      return;
    }
    const via = facts.transport === 'websocket' ? 'websocket' : 'kafka';
    await outbox.submit({ ...change, target: null, destinations: [{ via, destination: facts.origin }] });
  }

  /** With a new id: receivers may have seen the old one, with the old content. */
  #renewed(message: Message): { message: Message; id: string; atMs: number } {
    const atMs = this.#options.context.clock.wallMs();
    const id = createUuidV7(atMs);
    return { message: { ...message, id }, id, atMs };
  }

  async #find(id: string): Promise<Letter> {
    if (!this.#letters.has(id)) await this.list();
    const letter = this.#letters.get(id);
    if (letter !== undefined) return letter;
    throw new ResonanceError('NOT_FOUND', `No dead letter ${id} waits`, {
      hint: 'It was settled already, or is older than what the topic keeps.',
    });
  }

  async #settle(id: string, settlement: Settlement): Promise<void> {
    this.#letters.delete(id);
    const settlements = await this.#openSettlements();
    const known = [...settlements.entries()];
    // Ids sort by time.
    const tooOld = known
      .map(([key]) => key)
      .sort()
      .slice(0, Math.max(0, known.length + 1 - settlementsKept));
    try {
      await settlements.write([[id, settlement], ...tooOld.map((key) => [key, null] as const)]);
    } catch (error) {
      throw translateStorageError(error);
    }
  }

  async #openSettlements(): Promise<KeyValueLog<Settlement>> {
    const directory = join(this.#options.dataDirectory, 'dead-letters');
    this.#settlements ??= KeyValueLog.open<Settlement>({
      directory,
      onEvent: ({ level, message, details }) => this.#options.context.logger[level](message, details),
    });
    try {
      return await this.#settlements;
    } catch (error) {
      this.#settlements = null;
      throw translateStorageError(error);
    }
  }

  /** The newest letters of the topic as it is now, oldest first. */
  async #read(): Promise<Letter[]> {
    const { admin, connection } = this.#options.kafka();
    const { clock, logger } = this.#options.context;
    const [topic] = await admin.describeTopics([deadLetterTopic]);
    const ends = new Map<number, bigint>();
    for (const { partition, lowOffset, highWatermark } of topic?.partitions ?? []) {
      if (BigInt(highWatermark) > BigInt(lowOffset)) ends.set(partition, BigInt(highWatermark) - 1n);
    }
    const letters: Letter[] = [];
    if (ends.size === 0) return letters;
    const tap = new TopicTap({
      connection,
      topics: [deadLetterTopic],
      from: 'beginning',
      admin,
      clock,
      logger,
    });
    // The last offsets may be those of records that no consumer sees.
    const deadline = clock.after(readTimeoutMs, () => void tap.close());
    try {
      for await (const item of tap.items()) {
        const position = 'envelope' in item ? item.envelope.kafka : item.rejected;
        const facts = 'envelope' in item ? decodeDeadLetterFacts(item.envelope.headers ?? {}) : null;
        if ('envelope' in item && facts !== null) letters.push({ facts, envelope: item.envelope });
        if (letters.length > lettersShown) letters.shift();
        if (position === undefined) continue;
        const end = ends.get(position.partition);
        if (end !== undefined && BigInt(position.offset) >= end) ends.delete(position.partition);
        if (ends.size === 0) break;
      }
    } finally {
      deadline.cancel();
    }
    return letters.sort((a, b) => (a.facts.id < b.facts.id ? -1 : 1));
  }
}

function readMessage(text: string): Message {
  const result = parseMessage(text, Buffer.byteLength(text));
  const detail = result.ok ? 'an answer is no message' : result.rejection.detail;
  if (!result.ok || isReply(result.message)) {
    throw new ResonanceError('MESSAGE_INVALID', detail, { hint: 'Correct it; nothing was sent.' });
  }
  return result.message;
}
