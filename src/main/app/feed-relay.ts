import type { Clock, Timer } from '../../shared/clock.js';
import type { Alert, FeedBatch } from '../../shared/feed.js';
import type { FeedStart } from '../../shared/ipc.js';

/** A window that nobody sees gets what is new once in so long. */
const hiddenIntervalMs = 1_000;
/** How long the window's own notices stay. */
const noticeMs = 120_000;

export interface FeedRelayOptions {
  readonly clock: Clock;
  /** Carries one batch, as JSON, to the page. */
  readonly send: (batchJson: string) => void;
}

/**
 * Carries the node's feed to the page: one JSON string a batch, slower while the window is hidden. The node keeps at
 * most two batches unacknowledged, which bounds what is held back here.
 *
 * Notices about the window itself (it crashed and came back) travel as alerts of the feed, so that the page has one
 * list to show.
 */
export class FeedRelay {
  readonly #options: FeedRelayOptions;
  #isVisible = true;
  #held: FeedBatch[] = [];
  #flush: Timer | undefined;
  #nodeAlerts: readonly Alert[] = [];
  #notices: Alert[] = [];

  constructor(options: FeedRelayOptions) {
    this.#options = options;
  }

  /** What the page starts with, notices included. What was held back for longer belongs to the page before it. */
  start(picture: FeedStart): FeedStart {
    this.#held = this.#held.filter(({ sequence }) => sequence > picture.batch.sequence);
    return { ...picture, batch: this.#withNotices(picture.batch) };
  }

  relay(batch: FeedBatch): void {
    this.#held.push(this.#withNotices(batch));
    if (this.#isVisible) this.#sendHeld();
    else this.#flush ??= this.#options.clock.after(hiddenIntervalMs, () => this.#sendHeld());
  }

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    if (isVisible) this.#sendHeld();
  }

  /** Adds a notice, or replaces the one with the same key; it shows with the next batch and goes after two minutes. */
  notify(notice: Omit<Alert, 'atMs'>): void {
    const atMs = this.#options.clock.wallMs();
    this.#notices = [...this.#notices.filter(({ key }) => key !== notice.key), { ...notice, atMs }];
  }

  close(): void {
    this.#flush?.cancel();
    this.#flush = undefined;
    this.#held = [];
  }

  #sendHeld(): void {
    this.#flush?.cancel();
    this.#flush = undefined;
    const batches = this.#held;
    this.#held = [];
    for (const batch of batches) this.#options.send(JSON.stringify(batch));
  }

  #withNotices(batch: FeedBatch): FeedBatch {
    if (batch.alerts !== undefined) this.#nodeAlerts = batch.alerts;
    if (this.#notices.length === 0) return batch;
    const oldestMs = this.#options.clock.wallMs() - noticeMs;
    this.#notices = this.#notices.filter(({ atMs }) => atMs > oldestMs);
    return { ...batch, alerts: [...this.#notices, ...this.#nodeAlerts] };
  }
}
