const fieldsPerSlot = 3;
const shardCount = 64;
const firstCapacity = 64;
/** A shard is built anew when more than this part of its slots is taken... */
const fullAbove = 0.75;
/** ...with so much room that no more than this part is alive. */
const aliveAtMost = 0.6;

/** Not a generation: an entry that was taken back. */
const deleted = 0;

interface Shard {
  /** Low half, high half, generation; both halves 0 where the slot is free. */
  readonly slots: Uint32Array;
  readonly mask: number;
  /** Slots taken, by living and dead entries. */
  taken: number;
}

/**
 * 64-bit fingerprints, each with the number of its generation (1 and up); whole generations die at once. Open addressing
 * in typed arrays, 12 bytes a slot, in shards that grow and are swept one by one, so that no insertion keeps the event
 * loop for more than about a millisecond.
 */
export class FingerprintTable {
  readonly #shards: (Shard | undefined)[] = new Array(shardCount).fill(undefined);
  #oldestAlive = 1;

  /** False when it is there already, in a living generation: it stays as it is. */
  add(low: number, high: number, generation: number): boolean {
    const index = high & (shardCount - 1);
    const shard = this.#shards[index] ?? this.#replace(index, firstCapacity);
    const at = find(shard, low, high);
    const isTaken = shard.slots[at] !== 0 || shard.slots[at + 1] !== 0;
    if (isTaken && this.#isAlive(shard, at)) return false;
    shard.slots[at] = low;
    shard.slots[at + 1] = high;
    shard.slots[at + 2] = generation;
    if (isTaken) return true;
    shard.taken += 1;
    if (shard.taken > (shard.mask + 1) * fullAbove) this.#rebuild(index, shard);
    return true;
  }

  has(low: number, high: number): boolean {
    const shard = this.#shards[high & (shardCount - 1)];
    return shard !== undefined && this.#isAlive(shard, find(shard, low, high));
  }

  /** The generation it had, or null when it was not there. */
  delete(low: number, high: number): number | null {
    const shard = this.#shards[high & (shardCount - 1)];
    if (shard === undefined) return null;
    const at = find(shard, low, high);
    if (!this.#isAlive(shard, at)) return null;
    const generation = shard.slots[at + 2] ?? deleted;
    shard.slots[at + 2] = deleted;
    return generation;
  }

  /** Forgets every generation before this one; their slots are freed as they are needed. */
  retireBefore(generation: number): void {
    this.#oldestAlive = Math.max(this.#oldestAlive, generation);
  }

  /** Bytes of memory held. */
  get sizeBytes(): number {
    return this.#shards.reduce((sum, shard) => sum + (shard?.slots.byteLength ?? 0), 0);
  }

  #isAlive(shard: Shard, at: number): boolean {
    return (shard.slots[at + 2] ?? deleted) >= this.#oldestAlive;
  }

  #replace(index: number, capacity: number): Shard {
    const shard: Shard = { slots: new Uint32Array(capacity * fieldsPerSlot), mask: capacity - 1, taken: 0 };
    this.#shards[index] = shard;
    return shard;
  }

  #rebuild(index: number, full: Shard): void {
    const { slots } = full;
    let alive = 0;
    for (let at = 0; at < slots.length; at += fieldsPerSlot) if (this.#isAlive(full, at)) alive += 1;
    let capacity = firstCapacity;
    while (alive > capacity * aliveAtMost) capacity *= 2;
    const shard = this.#replace(index, capacity);
    for (let at = 0; at < slots.length; at += fieldsPerSlot) {
      if (!this.#isAlive(full, at)) continue;
      shard.slots.set(
        slots.subarray(at, at + fieldsPerSlot),
        find(shard, slots[at] ?? 0, slots[at + 1] ?? 0),
      );
      shard.taken += 1;
    }
  }
}

/** Where the entry is, or the free slot where it belongs: one is always free. */
function find({ slots, mask }: Shard, low: number, high: number): number {
  for (let slot = low & mask; ; slot = (slot + 1) & mask) {
    const at = slot * fieldsPerSlot;
    const slotLow = slots[at];
    const slotHigh = slots[at + 1];
    if ((slotLow === low && slotHigh === high) || (slotLow === 0 && slotHigh === 0)) return at;
  }
}
