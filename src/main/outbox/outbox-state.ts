import type { ErrorReport } from '../../shared/errors.js';
import type { Delivery, DeliveryPhase, Receipt } from '../../shared/feed.js';
import type { DeliveryProof, OutboxDeadLetter, OutboxItem, OutboxRecord } from './outbox-record.js';

interface Copy {
  phase: DeliveryPhase;
  attempts: number;
  proof: DeliveryProof;
  error: ErrorReport | undefined;
}

interface Entry {
  readonly item: OutboxItem;
  readonly copies: readonly Copy[];
}

/** One copy that waits to be sent. */
export interface PendingCopy {
  readonly item: OutboxItem;
  readonly index: number;
}

/** The name of the queue that keeps copies for one destination in order. */
export type LaneName = `kafka:${string}` | `websocket:${string}`;

/**
 * What is in the outbox: the journal's records applied in order, plus what is under way right now. Pure bookkeeping;
 * outbox.ts does the sending.
 */
export class OutboxState {
  readonly #entries = new Map<string, Entry>();
  #deadLetterCount = 0;

  /** Applies a record; one that fits nothing (a lost beginning, a repeat) is ignored. Returns whether it changed anything. */
  apply(record: OutboxRecord): boolean {
    if (record.kind === 'queued') {
      if (this.#entries.has(record.item.id)) return false;
      const copies = record.item.destinations.map(() => freshCopy());
      this.#entries.set(record.item.id, { item: record.item, copies });
      if (record.item.deadLetter !== undefined) this.#deadLetterCount += 1;
      return true;
    }
    const entry = this.#entries.get(record.id);
    if (entry === undefined) return false;
    switch (record.kind) {
      case 'discarded':
        this.#remove(entry);
        return true;
      case 'requeued':
        for (const copy of entry.copies) if (copy.phase === 'failed') Object.assign(copy, freshCopy());
        return true;
      case 'delivered':
      case 'failed': {
        const copy = entry.copies[record.index];
        if (copy === undefined) return false;
        if (record.kind === 'delivered')
          Object.assign(copy, { phase: 'delivered', proof: record.proof, error: undefined });
        else Object.assign(copy, { phase: 'failed', error: record.error });
        return true;
      }
    }
  }

  /**
   * Notes that a copy is being sent, or waits again after a failed try, whose reason stays until it is delivered; nothing of
   * this is durable.
   */
  note(id: string, index: number, phase: 'sending' | 'queued', error?: ErrorReport): void {
    const copy = this.#entries.get(id)?.copies[index];
    if (copy === undefined) return;
    copy.phase = phase;
    copy.error = error ?? copy.error;
    if (phase === 'sending') copy.attempts += 1;
  }

  /**
   * Notes why a copy that is being sent was not taken; it is tried again at once. Returns whether that is news: it is told each
   * time that the reason is another one.
   */
  noteRefused(id: string, index: number, error: ErrorReport): boolean {
    const copy = this.#entries.get(id)?.copies[index];
    if (copy?.phase !== 'sending') return false;
    const isNews = copy.error?.message !== error.message;
    copy.error = error;
    return isNews;
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  item(id: string): OutboxItem | null {
    return this.#entries.get(id)?.item ?? null;
  }

  /** How often a copy was tried since it was queued or this run began. */
  attempts(id: string, index: number): number {
    return this.#entries.get(id)?.copies[index]?.attempts ?? 0;
  }

  /** Null for a dead letter too. */
  receipt(id: string): Receipt | null {
    const entry = this.#entries.get(id);
    return entry === undefined || isDeadLetter(entry) ? null : receiptOf(entry);
  }

  receipts(): Receipt[] {
    return [...this.#entries.values()].filter((entry) => !isDeadLetter(entry)).map(receiptOf);
  }

  get deadLetterCount(): number {
    return this.#deadLetterCount;
  }

  deadLetters(): OutboxDeadLetter[] {
    return [...this.#entries.values()]
      .map(({ item }) => item)
      .filter((item): item is OutboxDeadLetter => item.deadLetter !== undefined);
  }

  ids(): string[] {
    return [...this.#entries.keys()];
  }

  /** Forgets an entry whose every copy was delivered. */
  forgetDelivered(id: string): boolean {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.copies.some((copy) => copy.phase !== 'delivered')) return false;
    this.#remove(entry);
    return true;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The oldest copy of a lane that still has to go. */
  nextPending(lane: LaneName): PendingCopy | null {
    for (const { item, copies } of this.#entries.values()) {
      for (const [index, destination] of item.destinations.entries()) {
        const phase = copies[index]?.phase;
        if (laneOf(destination) === lane && (phase === 'queued' || phase === 'sending'))
          return { item, index };
      }
    }
    return null;
  }

  lanes(): Set<LaneName> {
    const lanes = new Set<LaneName>();
    for (const { item } of this.#entries.values())
      for (const destination of item.destinations) lanes.add(laneOf(destination));
    return lanes;
  }

  counts(): { queued: number; inFlight: number; failed: number } {
    const counts = { queued: 0, inFlight: 0, failed: 0 };
    for (const entry of this.#entries.values()) {
      const { copies } = entry;
      if (isDeadLetter(entry)) continue;
      if (copies.some((copy) => copy.phase === 'sending')) counts.inFlight += 1;
      else if (copies.some((copy) => copy.phase === 'queued')) counts.queued += 1;
      else if (copies.some((copy) => copy.phase === 'failed')) counts.failed += 1;
    }
    return counts;
  }

  #remove({ item }: Entry): void {
    this.#entries.delete(item.id);
    if (item.deadLetter !== undefined) this.#deadLetterCount -= 1;
  }

  /** The shortest journal that gives this state back. */
  snapshot(): OutboxRecord[] {
    return [...this.#entries.values()].flatMap(({ item, copies }) => [
      { kind: 'queued', item } as const,
      ...copies.flatMap((copy, index): OutboxRecord[] => {
        if (copy.phase === 'delivered') return [{ kind: 'delivered', id: item.id, index, proof: copy.proof }];
        if (copy.phase === 'failed' && copy.error !== undefined) {
          return [{ kind: 'failed', id: item.id, index, error: copy.error }];
        }
        return [];
      }),
    ]);
  }
}

export function laneOf(destination: { via: 'kafka' | 'websocket'; destination: string }): LaneName {
  return `${destination.via}:${destination.destination}`;
}

function isDeadLetter({ item }: Entry): boolean {
  return item.deadLetter !== undefined;
}

function freshCopy(): Copy {
  return { phase: 'queued', attempts: 0, proof: {}, error: undefined };
}

function receiptOf({ item, copies }: Entry): Receipt {
  const deliveries = item.destinations.map(({ via, destination }, index): Delivery => {
    const copy = copies[index] ?? freshCopy();
    return {
      via,
      destination,
      phase: copy.phase,
      attempts: copy.attempts,
      ...copy.proof,
      ...(copy.error === undefined ? {} : { error: copy.error }),
    };
  });
  return { id: item.id, type: item.message.type, atMs: item.atMs, target: item.target, deliveries };
}
