import type { Envelope } from '../../shared/envelope.js';
import { describeError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';

/** A part of the node that takes every message. */
export interface EnvelopeSink {
  /** For the log, when it fails. */
  readonly name: string;
  /** Whether messages that had their effect before go here too. */
  readonly takesRepeats: boolean;
  take(envelope: Envelope): void;
}

/**
 * The one place that every message passes, whichever transport brought it. Sinks take it in a fixed order; one that
 * throws is counted and logged, and the others still get the message.
 */
export class MessageHub {
  readonly #sinks: readonly EnvelopeSink[];
  readonly #logger: Logger;
  #failures = 0;

  constructor(sinks: readonly EnvelopeSink[], logger: Logger) {
    this.#sinks = sinks;
    this.#logger = logger;
  }

  get failures(): number {
    return this.#failures;
  }

  dispatch(envelope: Envelope): void {
    for (const sink of this.#sinks) {
      if (envelope.isRepeat === true && !sink.takesRepeats) continue;
      try {
        sink.take(envelope);
      } catch (error) {
        this.#failures += 1;
        this.#logger.error('a part of the node failed on a message', {
          part: sink.name,
          type: envelope.message.type,
          error: describeError(error),
        });
      }
    }
  }

  dispatchAll(envelopes: readonly Envelope[]): void {
    for (const envelope of envelopes) this.dispatch(envelope);
  }
}
