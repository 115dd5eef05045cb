import { FingerprintTable } from './fingerprint-table.js';

export interface SeenSetOptions {
  /** Never more than this many; at least seven eighths of the newest so many are known. */
  readonly maxIds: number;
  /** How long an id is kept, milliseconds of running time. */
  readonly retentionMs: number;
}

/** Ids of about the same time: they are forgotten together. */
interface Generation {
  readonly number: number;
  readonly startedMs: number;
  ids: number;
}

const generationsInTime = 7 * 24;
/** No generation holds more than this part, so that forgetting one for want of room leaves most of the others' ids. */
const generationsInRoom = 16;

/**
 * Which ids were seen, for so long and so many. Time is whatever the caller counts: it must only never go back.
 */
export class SeenSet {
  readonly #options: SeenSetOptions;
  readonly #table = new FingerprintTable();
  #generations: Generation[] = [];
  #size = 0;

  constructor(options: SeenSetOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#size;
  }

  get sizeBytes(): number {
    return this.#table.sizeBytes;
  }

  /** Number of the oldest generation that is kept; 1 at the beginning. */
  get oldestGeneration(): number {
    return this.#generations[0]?.number ?? 1;
  }

  /** Number of the generation that new ids belong to. */
  get currentGeneration(): number {
    return this.#generations.at(-1)?.number ?? 1;
  }

  /** False when it was there. */
  add(low: number, high: number, nowMs: number): boolean {
    const generation = this.#generationAt(nowMs);
    if (!this.#table.add(low, high, generation.number)) return false;
    generation.ids += 1;
    this.#size += 1;
    return true;
  }

  /** Puts back what was stored, oldest generation first. */
  restore(low: number, high: number, generation: number, startedMs: number): void {
    let last = this.#generations.at(-1);
    if (last === undefined || last.number < generation) {
      last = { number: generation, startedMs, ids: 0 };
      this.#generations.push(last);
    }
    if (!this.#table.add(low, high, last.number)) return;
    last.ids += 1;
    this.#size += 1;
  }

  has(low: number, high: number): boolean {
    return this.#table.has(low, high);
  }

  delete(low: number, high: number): void {
    const number = this.#table.delete(low, high);
    const generation = this.#generations.find((candidate) => candidate.number === number);
    if (generation === undefined) return;
    generation.ids -= 1;
    this.#size -= 1;
  }

  /** Forgets what is too old or too much. Happens by itself when a new generation begins. */
  retire(nowMs: number): void {
    const { maxIds, retentionMs } = this.#options;
    const room = maxIds - maxIds / generationsInRoom;
    for (;;) {
      const [oldest, next] = this.#generations;
      if (oldest === undefined || next === undefined) return;
      // All of the oldest one's ids came before the next one began.
      if (nowMs - next.startedMs <= retentionMs && this.#size <= room) return;
      this.#generations = this.#generations.slice(1);
      this.#size -= oldest.ids;
      this.#table.retireBefore(next.number);
    }
  }

  #generationAt(nowMs: number): Generation {
    const { maxIds, retentionMs } = this.#options;
    const current = this.#generations.at(-1);
    if (
      current !== undefined &&
      nowMs - current.startedMs < retentionMs / generationsInTime &&
      current.ids < maxIds / generationsInRoom
    ) {
      return current;
    }
    const generation = { number: (current?.number ?? 0) + 1, startedMs: nowMs, ids: 0 };
    this.#generations.push(generation);
    this.retire(nowMs);
    return generation;
  }
}
