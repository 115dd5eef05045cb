import { activeProfile } from '../../shared/active-profile.js';
import { deadLetterTopic } from '../../shared/dead-letter.js';
import type { Envelope } from '../../shared/envelope.js';
import { ResonanceError } from '../../shared/errors.js';
import type { NodeStatus } from '../../shared/feed.js';
import type { Message } from '../../shared/message.js';
import { createUuidV7 } from '../../shared/uuid.js';
import type { FailedMessage } from '../kafka/handler-registry.js';
import type { ResonanceProducer } from '../kafka/resonance-producer.js';
import type { FailedCopy, Outbox } from '../outbox/outbox.js';
import type { OutboxDeadLetter } from '../outbox/outbox-record.js';
import {
  type DeadLetterFacts,
  decodeDeadLetterFacts,
  encodeDeadLetterFacts,
  originOf,
} from './dead-letter-headers.js';
import type { PipelineContext } from './pipeline-context.js';

export interface DeadLettersOptions {
  readonly context: Pick<PipelineContext, 'config' | 'clock' | 'logger' | 'observer'>;
  /** Null until it is known where the brokers are. */
  readonly producer: () => ResonanceProducer | null;
  /** Null until it is open. */
  readonly outbox: () => Outbox | null;
}

const alertKey = 'messages.dead-letters';

/**
 * Keeps what could not be handled or delivered in the topic of dead letters, each with what it failed on in its headers.
 *
 * Rejected input (not JSON, a wrong shape) is none: it is in the log of rejections, and in its topic.
 */
export class DeadLetters {
  readonly #options: DeadLettersOptions;
  #total = 0;
  #lastAtMs: number | null = null;

  constructor(options: DeadLettersOptions) {
    this.#options = options;
  }

  /** Of this run. */
  get view(): NodeStatus['deadLetters'] {
    const waiting = this.#options.outbox()?.deadLetterCount ?? 0;
    return { total: this.#total, lastAtMs: this.#lastAtMs, waiting };
  }

  clearAlert(): void {
    this.#options.context.observer.clearAlert(alertKey);
  }

  /**
   * Keeps a message that its handlers failed on. Resolves once it will not be lost: acknowledged by all replicas for one from
   * Kafka, whose offset waits for it; on this node's disk, to be sent from there, for one from a WebSocket.
   */
  async keep(failed: FailedMessage): Promise<void> {
    const { context } = this.#options;
    const { envelope } = failed;
    if (activeProfile(context.config).readOnly) {
      const text = envelope.text.slice(0, 2_000);
      context.logger.error('not kept as a dead letter: the active profile is read-only', { text });
      return;
    }
    const facts = this.#factsOf(failed);
    if (envelope.transport === 'kafka') await this.#publish(envelope, facts);
    else await this.#queue(envelope.message, facts);
    this.#count(facts);
  }

  /** The dead letter of a copy that the outbox could not deliver. */
  createFor({ item, destination, error, attempts }: FailedCopy): OutboxDeadLetter {
    const { config, clock } = this.#options.context;
    const atMs = clock.wallMs();
    const facts: DeadLetterFacts = {
      id: createUuidV7(atMs),
      atMs,
      direction: 'out',
      node: config.node.name,
      failedBy: config.node.name,
      transport: destination.via,
      origin: destination.destination,
      causeCode: error.code,
      cause: error.message,
      tries: attempts,
      outboxId: item.id,
    };
    return asItem(item.message, facts);
  }

  /** Counts one of {@link createFor} that is on disk: until then the disk may refuse it, and another is made. */
  written({ deadLetter }: OutboxDeadLetter): void {
    const facts = decodeDeadLetterFacts(deadLetter);
    if (facts !== null) this.#count(facts);
  }

  #factsOf({ envelope, error, tries }: FailedMessage): DeadLetterFacts {
    const { config, clock } = this.#options.context;
    const atMs = clock.wallMs();
    return {
      id: createUuidV7(atMs),
      atMs,
      direction: 'in',
      node: envelope.node,
      failedBy: config.node.name,
      transport: envelope.transport,
      origin: originOf(envelope),
      causeCode: error.code,
      cause: error.message,
      tries,
    };
  }

  async #publish({ message, key, headers }: Envelope, facts: DeadLetterFacts): Promise<void> {
    const producer = this.#options.producer();
    if (producer === null)
      throw new ResonanceError('KAFKA_CLOSED', 'there is no producer', { retriable: true });
    const options = {
      topic: deadLetterTopic,
      headers: { ...headers, ...encodeDeadLetterFacts(facts) },
      ...(key == null ? {} : { key }),
    };
    try {
      await producer.publish(message, options);
    } catch (error) {
      // With its headers it is larger than it was in its own topic, where its origin says that it still is.
      if (!(error instanceof ResonanceError) || error.code !== 'KAFKA_MESSAGE_TOO_LARGE') throw error;
      await producer.publish(withoutBulk(message), options);
    }
  }

  async #queue(message: Message, facts: DeadLetterFacts): Promise<void> {
    const outbox = this.#options.outbox();
    if (outbox === null) throw new ResonanceError('SHUTTING_DOWN', 'the outbox is not open');
    await outbox.submitDeadLetter(asItem(message, facts));
  }

  #count({ origin, cause }: DeadLetterFacts): void {
    const { clock, observer } = this.#options.context;
    this.#total += 1;
    this.#lastAtMs = clock.wallMs();
    observer.raiseAlert({
      key: alertKey,
      severity: 'warning',
      message: `${this.#total} message${this.#total === 1 ? '' : 's'} could not be handled or delivered; the last: ${cause} (${origin})`,
      hint: 'Look at the dead letters under Delivery: mend the cause, then send them again or discard them.',
    });
    observer.onChange();
  }
}

function asItem(message: Message, facts: DeadLetterFacts): OutboxDeadLetter {
  return {
    id: facts.id,
    atMs: facts.atMs,
    target: null,
    message,
    destinations: [{ via: 'kafka', destination: deadLetterTopic }],
    deadLetter: encodeDeadLetterFacts(facts),
  };
}

const identifying = new Set([
  'type',
  'id',
  'timestamp',
  'source',
  'anchor',
  'event_type',
  'frequency',
  's_roi',
]);

/** What identifies the message, and makes it a valid one of its type. */
function withoutBulk(message: Message): Message {
  const kept = Object.entries(message).filter(([key]) => identifying.has(key));
  return { ...Object.fromEntries(kept), ...(message.type === 'state_update' ? { data: {} } : {}) } as Message;
}
