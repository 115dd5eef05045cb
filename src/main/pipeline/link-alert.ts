import type { Clock, Timer } from '../../shared/clock.js';
import type { Alert, LinkState } from '../../shared/feed.js';

export interface LinkAlertOptions {
  readonly clock: Clock;
  /** How long a link may be without a connection before that is worth an alert. */
  readonly graceMs: number;
  /** How long it must be open for the trouble to be over. */
  readonly settleMs: number;
  /** The trouble, in words for the operator. */
  readonly alertFor: (link: LinkState) => Omit<Alert, 'atMs'>;
  readonly raise: (alert: Omit<Alert, 'atMs'>) => void;
  readonly clear: () => void;
}

/**
 * The alert about one link. Raised when there was no lasting connection for a while, cleared when there is one again: a
 * link that comes and goes is one lasting trouble, and one that is back at once is none.
 */
export class LinkAlert {
  readonly #options: LinkAlertOptions;
  #grace: { readonly timer: Timer; readonly endsMs: number } | null = null;
  #settling: Timer | null = null;
  #isOverdue = false;
  #isRaised = false;
  /** What it was when it last was not open. */
  #trouble: LinkState | null = null;

  constructor(options: LinkAlertOptions) {
    this.#options = options;
  }

  /**
   * Tells what the link is now; may be told again and again.
   *
   * @param lastedMs how long its trouble has lasted already
   */
  update(link: LinkState, lastedMs = 0): void {
    const { clock, settleMs } = this.#options;
    if (link.phase === 'off') {
      this.close();
      return;
    }
    if (link.phase === 'open') {
      const isSound = this.#grace === null && !this.#isOverdue;
      if (!isSound) this.#settling ??= clock.after(settleMs, () => this.close());
      return;
    }
    this.#settling?.cancel();
    this.#settling = null;
    this.#trouble = link;
    if (this.#isOverdue) this.#raise();
    else this.#beginGrace(lastedMs);
  }

  /** No trouble, or nothing to watch any more. */
  close(): void {
    this.#grace?.timer.cancel();
    this.#settling?.cancel();
    this.#grace = null;
    this.#settling = null;
    this.#isOverdue = false;
    if (!this.#isRaised) return;
    this.#isRaised = false;
    this.#options.clear();
  }

  #beginGrace(lastedMs: number): void {
    const { clock, graceMs } = this.#options;
    const delayMs = Math.max(0, graceMs - lastedMs);
    const endsMs = clock.monotonicMs() + delayMs;
    if (this.#grace !== null && this.#grace.endsMs <= endsMs) return;
    this.#grace?.timer.cancel();
    this.#grace = { timer: clock.after(delayMs, () => this.#endGrace()), endsMs };
  }

  #endGrace(): void {
    this.#grace = null;
    this.#isOverdue = true;
    // One that is open just now has until it settles, or fails again.
    if (this.#settling === null) this.#raise();
  }

  #raise(): void {
    if (this.#trouble === null) return;
    // Between two attempts there is more to say than during one.
    if (this.#isRaised && this.#trouble.phase === 'connecting') return;
    this.#isRaised = true;
    this.#options.raise(this.#options.alertFor(this.#trouble));
  }
}
