/** The next offset to read of one partition, as Kafka commits it. */
export interface NextOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

interface Entry {
  readonly topic: string;
  readonly partition: number;
  next: string;
  committed: string | null;
}

/** What was handled and what of it is committed, by partition. */
export class OffsetLedger {
  readonly #entries = new Map<string, Entry>();
  #uncommittedRecords = 0;

  /** Records handled since the last commit. */
  get uncommittedRecords(): number {
    return this.#uncommittedRecords;
  }

  /** Everything up to and with `lastOffset` was handled. */
  handled(topic: string, partition: number, lastOffset: string, records: number): void {
    const next = (BigInt(lastOffset) + 1n).toString();
    const name = `${topic}/${partition}`;
    const entry = this.#entries.get(name);
    if (entry === undefined) this.#entries.set(name, { topic, partition, next, committed: null });
    else entry.next = next;
    this.#uncommittedRecords += records;
  }

  /** What is to be committed now. */
  pending(): NextOffset[] {
    return [...this.#entries.values()]
      .filter((entry) => entry.next !== entry.committed)
      .map(({ topic, partition, next }) => ({ topic, partition, offset: next }));
  }

  committed(offsets: readonly NextOffset[]): void {
    for (const { topic, partition, offset } of offsets) {
      const entry = this.#entries.get(`${topic}/${partition}`);
      if (entry !== undefined) entry.committed = offset;
    }
    this.#uncommittedRecords = 0;
  }

  /** Partitions may have moved to another member: what is not committed is theirs to handle again. */
  clear(): void {
    this.#entries.clear();
    this.#uncommittedRecords = 0;
  }
}
