import type { Clock, Timer } from '../../shared/clock.js';
import { ResonanceError, toErrorReport } from '../../shared/errors.js';
import type { Receipt } from '../../shared/feed.js';
import type { Logger } from '../../shared/logger.js';
import type { Message } from '../../shared/message.js';
import type { DeliveryProof, OutboxItem, OutboxRecord } from './outbox-record.js';
import { type LaneName, laneOf, OutboxState, type PendingCopy } from './outbox-state.js';

/** Durable, ordered records; an `append` resolves once they are on disk. */
export interface OutboxJournal {
  append(records: readonly OutboxRecord[]): Promise<void>;
  /** Everything there is, oldest first. */
  read(): Promise<OutboxRecord[]>;
  /** Replaces everything, atomically. */
  rewrite(records: readonly OutboxRecord[]): Promise<void>;
  close(): Promise<void>;
}

/** Sends one copy; resolves with the receiver's proof, rejects with a `ResonanceError`. */
export type SendCopy = (message: Message, destination: string) => Promise<DeliveryProof>;

export interface OutboxOptions {
  readonly journal: OutboxJournal;
  readonly send: { readonly kafka: SendCopy; readonly websocket: SendCopy };
  readonly clock: Clock;
  /** 0 <= x < 1, for the jitter of the backoff. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly onReceipt: (receipt: Receipt) => void;
  /** Entries that may wait at once, failed ones included. Default 10,000. */
  readonly maxEntries?: number;
  /** How long a copy for a peer may wait for its connection, milliseconds. Default 300,000. */
  readonly webSocketLifetimeMs?: number;
}

interface Lane {
  busy: boolean;
  failures: number;
  timer: Timer | null;
}

const firstBackoffMs = 250;
const longestBackoffMs = 30_000;
/** The journal is rewritten once it holds so many records more than the state needs. */
const compactionSlack = 2_000;
const receiptsKept = 200;

/**
 * Operator's messages on their way: on disk before they count as queued, gone only once the broker (acks=all) or the
 * peer (`ack`) has confirmed every copy. Each destination has a lane that keeps its order and retries with full-jitter
 * backoff; what can't succeed is marked failed and waits for the operator.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #state = new OutboxState();
  readonly #lanes = new Map<LaneName, Lane>();
  readonly #delivered = new Map<string, Receipt>();
  readonly #settled = new Map<string, ((receipt: Receipt) => void)[]>();
  #journalRecords = 0;
  #closed = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Reads the journal back and begins to send what was left. */
  async open(): Promise<void> {
    const records = await this.#options.journal.read();
    this.#journalRecords = records.length;
    for (const record of records) this.#state.apply(record);
    for (const { id } of this.#state.receipts()) this.#state.forgetDelivered(id);
    if (this.#state.size > 0) {
      this.#options.logger.info('messages of the last run wait to be sent', this.#state.counts());
    }
    for (const lane of this.#state.lanes()) this.kick(lane);
  }

  /**
   * Takes a message. Resolves once it is on disk, with its receipt so far.
   *
   * @throws ResonanceError `QUEUE_FULL`, `STORAGE_FULL`, `STORAGE_FAILED`, `SHUTTING_DOWN`
   */
  async submit(item: OutboxItem): Promise<Receipt> {
    this.#refuseWhenClosed();
    const { maxEntries = 10_000, journal } = this.#options;
    if (this.#state.size >= maxEntries) {
      throw new ResonanceError('QUEUE_FULL', `${maxEntries} messages wait already`, {
        retriable: true,
        hint: 'Discard failed messages, or wait until the broker takes them.',
      });
    }
    const record: OutboxRecord = { kind: 'queued', item };
    await journal.append([record]);
    this.#applied(record, item.id);
    for (const destination of item.destinations) this.kick(laneOf(destination));
    return this.#receipt(item.id);
  }

  /** The receipt once every copy is delivered or failed. @throws ResonanceError `NOT_FOUND` */
  settled(id: string): Promise<Receipt> {
    const receipt = this.receipt(id);
    if (receipt === null) return Promise.reject(notFound(id));
    if (isSettled(receipt)) return Promise.resolve(receipt);
    return new Promise((resolve) => {
      this.#settled.set(id, [...(this.#settled.get(id) ?? []), resolve]);
    });
  }

  /** Sends the failed copies of a message again. @throws ResonanceError `NOT_FOUND` */
  async retry(id: string): Promise<void> {
    await this.#record({ kind: 'requeued', id });
    const receipt = this.#state.receipt(id);
    for (const delivery of receipt?.deliveries ?? []) this.kick(laneOf(delivery));
  }

  /** Gives a message up. @throws ResonanceError `NOT_FOUND` */
  async discard(id: string): Promise<void> {
    await this.#record({ kind: 'discarded', id });
  }

  /** Tries a lane at once: its destination has just become reachable. */
  kick(name: LaneName): void {
    const lane = this.#lanes.get(name) ?? { busy: false, failures: 0, timer: null };
    this.#lanes.set(name, lane);
    lane.timer?.cancel();
    lane.timer = null;
    if (!lane.busy && !this.#closed) void this.#drain(name, lane);
  }

  /** Tries every lane of one transport at once. */
  kickAll(via: 'kafka' | 'websocket'): void {
    for (const lane of this.#state.lanes()) if (lane.startsWith(`${via}:`)) this.kick(lane);
  }

  /** The present receipt of a message that waits or was delivered lately, or null. */
  receipt(id: string): Receipt | null {
    return this.#state.receipt(id) ?? this.#delivered.get(id) ?? null;
  }

  /** Receipts of what waits and of what was delivered lately, oldest first. */
  receipts(): Receipt[] {
    return [...this.#delivered.values(), ...this.#state.receipts()].sort((a, b) => a.atMs - b.atMs);
  }

  counts(): { queued: number; inFlight: number; failed: number } {
    const { queued, inFlight, failed } = this.#state.counts();
    return { queued, inFlight, failed };
  }

  /** Stops sending; what is unsent stays in the journal for the next run. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const lane of this.#lanes.values()) lane.timer?.cancel();
    await this.#options.journal.close();
  }

  async #drain(name: LaneName, lane: Lane): Promise<void> {
    lane.busy = true;
    try {
      for (;;) {
        const next = this.#state.nextPending(name);
        if (next === null || this.#closed) return;
        const goesOn = await this.#deliver(next, lane);
        if (!goesOn) {
          this.#scheduleRetry(name, lane);
          return;
        }
      }
    } catch (error) {
      // The journal refused a record: the copy stays pending, and is tried again as after any failed send.
      this.#options.logger.error('the outbox could not record a delivery', { error: toErrorReport(error) });
      this.#scheduleRetry(name, lane);
    } finally {
      lane.busy = false;
    }
  }

  /** Tries one copy; false when the lane has to wait before its next try. */
  async #deliver({ item, index }: PendingCopy, lane: Lane): Promise<boolean> {
    const destination = item.destinations[index];
    if (destination === undefined) return true;
    this.#state.note(item.id, index, 'sending');
    this.#tell(item.id);
    let proof: DeliveryProof;
    try {
      proof = await this.#options.send[destination.via](item.message, destination.destination);
    } catch (error) {
      const report = toErrorReport(error);
      if (this.#closed) return false;
      if (report.retriable && !this.#hasExpired(item, destination.via)) {
        this.#state.note(item.id, index, 'queued', report);
        this.#tell(item.id);
        lane.failures += 1;
        return false;
      }
      lane.failures = 0;
      await this.#record({ kind: 'failed', id: item.id, index, error: report });
      return true;
    }
    lane.failures = 0;
    if (this.#closed) return false;
    await this.#record({ kind: 'delivered', id: item.id, index, proof });
    return true;
  }

  #scheduleRetry(name: LaneName, lane: Lane): void {
    if (this.#closed) return;
    const ceilingMs = Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.min(lane.failures, 16));
    lane.timer = this.#options.clock.after(this.#options.random() * ceilingMs, () => this.kick(name));
  }

  #hasExpired(item: OutboxItem, via: 'kafka' | 'websocket'): boolean {
    const { webSocketLifetimeMs = 300_000, clock } = this.#options;
    return via === 'websocket' && clock.wallMs() - item.atMs > webSocketLifetimeMs;
  }

  async #record(record: Exclude<OutboxRecord, { kind: 'queued' }>): Promise<void> {
    if (!this.#state.has(record.id)) throw notFound(record.id);
    await this.#options.journal.append([record]);
    this.#applied(record, record.id);
    const receipt = this.#state.receipt(record.id);
    const isDelivered = this.#state.forgetDelivered(record.id);
    if (isDelivered && receipt !== null) this.#remember(receipt);
    if (isDelivered || record.kind === 'discarded') await this.#compactWhenWorthwhile();
  }

  #remember(receipt: Receipt): void {
    this.#delivered.set(receipt.id, receipt);
    const oldest = this.#delivered.keys().next().value;
    if (this.#delivered.size > receiptsKept && oldest !== undefined) this.#delivered.delete(oldest);
  }

  #applied(record: OutboxRecord, id: string): void {
    this.#journalRecords += 1;
    const before = this.#state.receipt(id);
    this.#state.apply(record);
    this.#tell(id, before);
  }

  async #compactWhenWorthwhile(): Promise<void> {
    if (this.#journalRecords < this.#state.size * 2 + compactionSlack) return;
    const snapshot = this.#state.snapshot();
    await this.#options.journal.rewrite(snapshot);
    this.#journalRecords = snapshot.length;
  }

  /** Reports the receipt's present state, and wakes whoever waits for it to settle. */
  #tell(id: string, before: Receipt | null = null): void {
    const receipt = this.#state.receipt(id) ?? before;
    if (receipt === null) return;
    this.#options.onReceipt(receipt);
    const isGone = !this.#state.has(id);
    if (!isSettled(receipt) && !isGone) return;
    for (const resolve of this.#settled.get(id) ?? []) resolve(receipt);
    this.#settled.delete(id);
  }

  #receipt(id: string): Receipt {
    const receipt = this.#state.receipt(id) ?? this.#delivered.get(id);
    if (receipt === undefined) throw notFound(id);
    return receipt;
  }

  #refuseWhenClosed(): void {
    if (this.#closed) {
      throw new ResonanceError('SHUTTING_DOWN', 'The node is stopping', {
        hint: 'Send it again after the restart.',
      });
    }
  }
}

function isSettled(receipt: Receipt): boolean {
  return receipt.deliveries.every(
    (delivery) => delivery.phase === 'delivered' || delivery.phase === 'failed',
  );
}

function notFound(id: string): ResonanceError {
  return new ResonanceError('NOT_FOUND', `No message ${id} waits in the outbox`);
}
