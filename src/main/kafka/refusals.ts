import type { Clock, Timer } from '../../shared/clock.js';
import { type ResonanceError, toErrorReport } from '../../shared/errors.js';
import type { Refusal } from '../../shared/feed.js';

interface RefusedLane {
  readonly refusal: Refusal;
  /** Monotonic; since when its messages wait. */
  readonly sinceMs: number;
  /** Until it is forgotten; null while its messages are tried again. */
  timer: Timer | null;
}

/** A lane that was given up is tried again by whoever sends: the outbox pauses for 30 s at most. */
const forgottenAfterMs = 35_000;

/** Which lanes of a producer are refused just now, told as one: the one that has waited longest. */
export class Refusals {
  readonly #clock: Clock;
  readonly #onChange: (refusal: Refusal | null) => void;
  readonly #lanes = new Map<string, RefusedLane>();
  #told: Refusal | null = null;

  constructor(clock: Clock, onChange: (refusal: Refusal | null) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** An attempt failed, and another one follows. @param sinceMs monotonic; since when its messages wait */
  refused(lane: string, error: ResonanceError, sinceMs: number): void {
    const last = this.#lanes.get(lane);
    last?.timer?.cancel();
    const earliestMs = Math.min(sinceMs, last?.sinceMs ?? sinceMs);
    const waitedMs = Math.round(this.#clock.monotonicMs() - earliestMs);
    const refusal = { error: toErrorReport(error), waitedMs };
    this.#lanes.set(lane, { refusal, sinceMs: earliestMs, timer: null });
    this.#tell();
  }

  /** No attempt follows by itself: it counts as refused until it is tried again, or for a while. */
  givenUp(lane: string): void {
    const entry = this.#lanes.get(lane);
    if (entry !== undefined) entry.timer ??= this.#clock.after(forgottenAfterMs, () => this.taken(lane));
  }

  /** Its messages are taken. */
  taken(lane: string): void {
    this.#lanes.get(lane)?.timer?.cancel();
    if (this.#lanes.delete(lane)) this.#tell();
  }

  /** Forgets all of them. */
  close(): void {
    for (const lane of [...this.#lanes.keys()]) this.taken(lane);
  }

  #tell(): void {
    const [oldest] = [...this.#lanes.values()].sort((left, right) => left.sinceMs - right.sinceMs);
    const refusal = oldest?.refusal ?? null;
    if (refusal?.error.message === this.#told?.error.message) return;
    this.#told = refusal;
    this.#onChange(refusal);
  }
}
