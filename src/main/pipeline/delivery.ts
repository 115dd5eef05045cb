import { join } from 'node:path';
import type { ResonanceConsumerOptions } from '../kafka/resonance-consumer.js';
import type { Outbox } from '../outbox/outbox.js';
import { DeadLetterDesk } from './dead-letter-desk.js';
import { DeadLetters } from './dead-letters.js';
import type { KafkaSide } from './kafka-side.js';
import { MessageHandlers } from './message-handlers.js';
import { MessageRepeats } from './message-repeats.js';
import { notRunning } from './operator-desk.js';
import type { PipelineContext } from './pipeline-context.js';

export interface DeliveryOptions {
  readonly context: PipelineContext;
  readonly dataDirectory: string;
  readonly kafka: () => KafkaSide | null;
  readonly outbox: () => Outbox | null;
  /** Resolves once the state that was merged is on disk. */
  readonly stateSaved: () => Promise<void>;
}

/** What of a consumer makes delivery provable. */
export type ConsumerDelivery = Pick<
  ResonanceConsumerOptions,
  'handlers' | 'onGivenUp' | 'repeats' | 'beforeCommit'
>;

/** One effect a message, and none lost: repeats, handlers and dead letters of one pipeline. */
export class Delivery {
  readonly repeats: MessageRepeats;
  readonly handlers: MessageHandlers;
  readonly deadLetters: DeadLetters;
  readonly desk: DeadLetterDesk;
  readonly #options: DeliveryOptions;

  constructor(options: DeliveryOptions) {
    const { context, dataDirectory, kafka, outbox } = options;
    const { clock, observer, random, logger } = context;
    this.#options = options;
    this.repeats = new MessageRepeats({
      directory: join(dataDirectory, 'seen'),
      clock,
      observer,
      logger: logger.child('repeats'),
    });
    this.deadLetters = new DeadLetters({ context, outbox, producer: () => kafka()?.producer ?? null });
    this.handlers = new MessageHandlers({
      clock,
      random,
      logger: logger.child('handlers'),
      repeats: this.repeats,
      keep: (failed) => this.deadLetters.keep(failed),
    });
    this.desk = new DeadLetterDesk({
      context,
      dataDirectory,
      handlers: this.handlers,
      kafka: () => required(kafka()),
      outbox: () => required(outbox()),
      total: () => this.deadLetters.view.total,
      onNoneLeft: () => this.deadLetters.clearAlert(),
    });
  }

  get forConsumer(): ConsumerDelivery {
    return {
      handlers: this.handlers.registry,
      repeats: this.repeats,
      onGivenUp: (failed) => this.deadLetters.keep(failed),
      beforeCommit: async () => {
        await Promise.all([this.repeats.persist(), this.#options.stateSaved()]);
      },
    };
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await Promise.all([this.repeats.close(), this.desk.close()]);
  }
}

function required<T>(part: T | null): T {
  if (part === null) throw notRunning();
  return part;
}
