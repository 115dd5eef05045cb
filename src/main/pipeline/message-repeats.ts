import type { Clock } from '../../shared/clock.js';
import type { Envelope } from '../../shared/envelope.js';
import { toErrorReport } from '../../shared/errors.js';
import type { NodeStatus } from '../../shared/feed.js';
import type { Logger } from '../../shared/logger.js';
import { isPeriodic } from '../../shared/message.js';
import { SeenMessages } from '../dedupe/seen-messages.js';
import type { RepeatFilter } from '../kafka/repeat-filter.js';
import { translateStorageError } from '../storage-errors.js';
import type { PipelineObserver } from './pipeline-observer.js';

export interface MessageRepeatsOptions {
  /** Folder of its own. */
  readonly directory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer: PipelineObserver;
}

const alertKey = 'storage.repeats';

/**
 * Makes a message have one effect, over whichever transports and however often it comes: by the `id` of messages that have
 * one (a UUIDv7). Messages of old nodes have none and are let through, counted.
 */
export class MessageRepeats implements RepeatFilter {
  readonly #options: MessageRepeatsOptions;
  #seen: SeenMessages | null = null;
  #dropped = 0;
  #withoutId = 0;
  #hasFailed = false;

  constructor(options: MessageRepeatsOptions) {
    this.#options = options;
  }

  /** Until then nothing is a repeat. @throws ResonanceError `STORAGE_FULL`, `STORAGE_FAILED` */
  async open(): Promise<void> {
    const { directory, clock, logger } = this.#options;
    try {
      this.#seen = await SeenMessages.open({ directory, clock, logger });
    } catch (error) {
      throw translateStorageError(error);
    }
  }

  get view(): NodeStatus['repeats'] {
    return { dropped: this.#dropped, withoutId: this.#withoutId, known: this.#seen?.size ?? 0 };
  }

  mark(envelope: Envelope): Envelope {
    const { message } = envelope;
    const verdict =
      message.id === undefined
        ? 'foreign'
        : this.#seen?.claim(message.id, isPeriodic(message) ? 'brief' : 'lasting');
    if (verdict === 'foreign') this.#withoutId += 1;
    if (verdict !== 'repeat') return envelope;
    this.#dropped += 1;
    return { ...envelope, isRepeat: true };
  }

  settle({ message, isRepeat }: Envelope): void {
    if (message.id === undefined || isRepeat === true || isPeriodic(message)) return;
    this.#seen?.settle(message.id);
  }

  release({ message, isRepeat }: Envelope): void {
    if (message.id === undefined || isRepeat === true) return;
    this.#seen?.release(message.id, isPeriodic(message) ? 'brief' : 'lasting');
  }

  /** Resolves once what was settled survives a restart. @throws ResonanceError `STORAGE_FULL`, `STORAGE_FAILED` */
  async persist(): Promise<void> {
    const { observer } = this.#options;
    try {
      await this.#seen?.persist();
    } catch (error) {
      const translated = translateStorageError(error);
      const { message, hint = null } = toErrorReport(translated);
      this.#hasFailed = true;
      observer.raiseAlert({ key: alertKey, severity: 'error', message, hint });
      throw translated;
    }
    if (this.#hasFailed) observer.clearAlert(alertKey);
    this.#hasFailed = false;
  }

  /** Idempotent, never rejects. */
  async close(): Promise<void> {
    await this.#seen?.close();
  }
}
