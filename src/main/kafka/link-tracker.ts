import type { Clock } from '../../shared/clock.js';
import { type ResonanceError, toErrorReport } from '../../shared/errors.js';
import type { LinkState, Refusal } from '../../shared/feed.js';

export type LinkListener = (state: LinkState) => void;

/** Keeps one connection's {@link LinkState} and tells listeners of each change. */
export class LinkTracker {
  readonly #clock: Clock;
  readonly #listeners = new Set<LinkListener>();
  #state: LinkState;

  constructor(endpoint: string, clock: Clock) {
    this.#clock = clock;
    this.#state = {
      phase: 'off',
      endpoint,
      sinceMs: clock.wallMs(),
      attempt: 0,
      nextAttemptAtMs: null,
      lastError: null,
    };
  }

  get state(): LinkState {
    return this.#state;
  }

  onChange(listener: LinkListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  connecting(error?: ResonanceError): void {
    if (this.#state.phase === 'connecting') return;
    this.#set({
      phase: 'connecting',
      nextAttemptAtMs: null,
      ...(error === undefined ? {} : { lastError: toErrorReport(error) }),
    });
  }

  open(): void {
    if (this.#state.phase === 'open') return;
    this.#set({ phase: 'open', attempt: 0, nextAttemptAtMs: null, lastError: null });
  }

  backoff(error: ResonanceError, delayMs: number): void {
    this.#set({
      phase: 'backoff',
      attempt: this.#state.attempt + 1,
      nextAttemptAtMs: this.#clock.wallMs() + delayMs,
      lastError: toErrorReport(error),
    });
  }

  off(): void {
    if (this.#state.phase === 'off') return;
    this.#set({ phase: 'off', attempt: 0, nextAttemptAtMs: null });
  }

  /** What is sent is not taken, or null: it is again. Says nothing of the connection itself. */
  refused(refusal: Refusal | null): void {
    const { refusal: _last, ...connection } = this.#state;
    this.#state = refusal === null ? connection : { ...connection, refusal };
    this.announce();
  }

  /** Tells the listeners again: what goes with the link (an assignment) has changed. */
  announce(): void {
    for (const listener of this.#listeners) listener(this.#state);
  }

  #set(change: Partial<LinkState>): void {
    this.#state = { ...this.#state, ...change, sinceMs: this.#clock.wallMs() };
    this.announce();
  }
}
