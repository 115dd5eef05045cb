/** What a ring keeps: numbered from 1 in the order of arrival. */
export interface Sequenced {
  readonly sequence: number;
}

/** The last so many items; older ones are overwritten, and their number tells that they were there. */
export class SequencedRing<T extends Sequenced> {
  readonly #capacity: number;
  readonly #items: T[] = [];
  #newestSequence = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Sequence of the newest item, 0 when there was none. */
  get newestSequence(): number {
    return this.#newestSequence;
  }

  /** Sequence of the oldest item still kept. */
  get oldestSequence(): number {
    return this.#newestSequence - this.#items.length + 1;
  }

  get size(): number {
    return this.#items.length;
  }

  /** Items overwritten so far. */
  get dropped(): number {
    return this.#newestSequence - this.#items.length;
  }

  /** @param create is given the new item's sequence */
  add(create: (sequence: number) => T): T {
    this.#newestSequence += 1;
    const item = create(this.#newestSequence);
    this.#items[(this.#newestSequence - 1) % this.#capacity] = item;
    return item;
  }

  get(sequence: number): T | undefined {
    if (sequence < this.oldestSequence || sequence > this.#newestSequence) return undefined;
    return this.#items[(sequence - 1) % this.#capacity];
  }

  /** Items newer than `sequence`, oldest first, at most `limit` of them. */
  since(sequence: number, limit: number): readonly T[] {
    const first = Math.max(sequence + 1, this.oldestSequence);
    const items: T[] = [];
    for (let at = first; at <= this.#newestSequence && items.length < limit; at += 1) {
      const item = this.get(at);
      if (item !== undefined) items.push(item);
    }
    return items;
  }

  /** The newest items, oldest first. */
  newest(limit: number): readonly T[] {
    return this.since(this.#newestSequence - limit, limit);
  }
}
