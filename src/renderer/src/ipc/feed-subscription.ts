import type { FeedBatch } from '../../../shared/feed.js';
import type { FeedStart } from '../../../shared/ipc.js';
import type { ResonanceClient } from './client.js';

export interface FeedHandlers {
  /** The first picture. */
  onStart(start: FeedStart): void;
  onBatch(batch: FeedBatch): void;
  /** An acknowledgement that did not get through: main stops sending, so the operator must know. */
  onError(error: unknown): void;
}

/** Runs `action` once React has rendered what a batch changed. */
export type AfterRender = (action: () => void) => void;

/**
 * The feed, with its push-back: a batch is acknowledged only after it has been applied and rendered, so a window that
 * cannot keep up gets fewer and fuller batches instead of a growing queue.
 */
export class FeedSubscription {
  readonly #client: ResonanceClient;
  readonly #handlers: FeedHandlers;
  readonly #afterRender: AfterRender;
  /** Batches that overtook the answer to `feed.start`; main sends two at most before an acknowledgement. */
  #early: FeedBatch[] | null = null;
  #unsubscribe: (() => void) | null = null;

  constructor(client: ResonanceClient, handlers: FeedHandlers, afterRender: AfterRender) {
    this.#client = client;
    this.#handlers = handlers;
    this.#afterRender = afterRender;
  }

  /** @throws {ResonanceError} when main does not start the feed; may be called again then */
  async start(): Promise<void> {
    this.stop();
    this.#early = [];
    this.#unsubscribe = this.#client.onFeed((batch) => this.#receive(batch));
    const start = await this.#client.call('feed.start');
    const early = this.#early ?? [];
    this.#early = null;
    this.#handlers.onStart(start);
    this.#acknowledge(start.batch.sequence);
    for (const batch of early) {
      if (batch.sequence > start.batch.sequence) this.#apply(batch);
    }
  }

  /** Idempotent. */
  stop(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    this.#early = null;
  }

  #receive(batch: FeedBatch): void {
    if (this.#early !== null) this.#early.push(batch);
    else this.#apply(batch);
  }

  #apply(batch: FeedBatch): void {
    this.#handlers.onBatch(batch);
    this.#acknowledge(batch.sequence);
  }

  #acknowledge(sequence: number): void {
    this.#afterRender(() => {
      this.#client
        .call('feed.acknowledge', sequence)
        .catch((error: unknown) => this.#handlers.onError(error));
    });
  }
}
