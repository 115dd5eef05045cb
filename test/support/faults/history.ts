import type { HistoryEvent, Position } from '../history-checker.js';
import { Waiter } from '../waiter.js';

/** What the clients of one run saw, written down as it happens, to be waited on and checked afterwards. */
export class History {
  readonly #events: HistoryEvent[] = [];
  readonly #attemptedAtMs = new Map<string, number>();
  readonly #acknowledged = new Set<string>();
  readonly #applied = new Map<string, Set<string>>();
  readonly #missing = new Map<string, Set<string>>();
  readonly #waiter = new Waiter();

  /** @param receivers who must apply every acknowledged message */
  constructor(receivers: readonly string[]) {
    for (const receiver of receivers) {
      this.#applied.set(receiver, new Set());
      this.#missing.set(receiver, new Set());
    }
  }

  get events(): readonly HistoryEvent[] {
    return this.#events;
  }

  get receivers(): string[] {
    return [...this.#missing.keys()];
  }

  get acknowledged(): number {
    return this.#acknowledged.size;
  }

  appliedBy(receiver: string): number {
    return this.#applied.get(receiver)?.size ?? 0;
  }

  record(event: HistoryEvent): void {
    this.#events.push(event);
    if (event.kind === 'attempted') this.#attemptedAtMs.set(event.id, performance.now());
    if (event.kind === 'acknowledged') this.#note(event.id);
    if (event.kind === 'applied') {
      this.#applied.get(event.receiver)?.add(event.id);
      this.#missing.get(event.receiver)?.delete(event.id);
    }
    this.#waiter.check();
  }

  /** Resolves when the condition holds; looked at after each event. */
  until(condition: () => boolean): Promise<void> {
    return this.#waiter.until(condition);
  }

  /** Resolves once so many further messages were acknowledged. */
  untilAcknowledged(further: number): Promise<void> {
    const enough = this.#acknowledged.size + further;
    return this.until(() => this.#acknowledged.size >= enough);
  }

  /** Resolves once every receiver has applied whatever was acknowledged. */
  untilApplied(): Promise<void> {
    return this.until(() => [...this.#missing.values()].every(({ size }) => size === 0));
  }

  /** Resolves with the first event from now on that is about a message sent after now. */
  async next(matches: (event: HistoryEvent) => boolean): Promise<void> {
    const startedAtMs = performance.now();
    let looked = this.#events.length;
    await this.until(() => {
      for (; looked < this.#events.length; looked += 1) {
        const event = this.#events[looked];
        const isRecent = (this.#attemptedAtMs.get(event?.id ?? '') ?? 0) >= startedAtMs;
        if (event !== undefined && isRecent && matches(event)) return true;
      }
      return false;
    });
  }

  /** As {@link next}, for an acknowledgement of one partition. */
  nextAcknowledgedIn({ topic, partition }: Pick<Position, 'topic' | 'partition'>): Promise<void> {
    return this.next(
      (event) =>
        event.kind === 'acknowledged' &&
        event.position?.topic === topic &&
        event.position.partition === partition,
    );
  }

  #note(id: string): void {
    this.#acknowledged.add(id);
    for (const [receiver, missing] of this.#missing) {
      if (this.#applied.get(receiver)?.has(id) !== true) missing.add(id);
    }
  }
}
