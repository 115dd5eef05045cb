import type { Clock } from '../../shared/clock.js';
import { type ErrorCode, type ErrorReport, ResonanceError, toErrorReport } from '../../shared/errors.js';
import type { Receipt } from '../../shared/feed.js';
import type { Logger } from '../../shared/logger.js';
import type { Message } from '../../shared/message.js';
import { DeliveryLane, type LaneStep } from './delivery-lane.js';
import type {
  DeliveryProof,
  OutboxDeadLetter,
  OutboxDestination,
  OutboxItem,
  OutboxRecord,
} from './outbox-record.js';
import { type LaneName, laneOf, type OutboxState, type PendingCopy } from './outbox-state.js';
import { type OutboxJournal, OutboxStore } from './outbox-store.js';
import { ReceiptBoard, receiptsKept } from './receipt-board.js';

/** What goes with a copy, and comes back of it while it is sent. */
export interface CopyAttempt {
  readonly headers: Readonly<Record<string, string>>;
  /** It was not taken, and is tried again before the sending is given up. */
  onRefused(error: ErrorReport): void;
}

/** Sends one copy; resolves with the receiver's proof, rejects with a `ResonanceError`. */
export type SendCopy = (
  message: Message,
  destination: string,
  attempt: CopyAttempt,
) => Promise<DeliveryProof>;

/** A copy that cannot be delivered, whatever was tried. */
export interface FailedCopy {
  readonly item: OutboxItem;
  readonly destination: OutboxDestination;
  readonly error: ErrorReport;
  readonly attempts: number;
}

export interface OutboxOptions {
  readonly journal: OutboxJournal;
  readonly send: { readonly kafka: SendCopy; readonly websocket: SendCopy };
  readonly clock: Clock;
  /** 0 <= x < 1, for the jitter of the backoff. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly onReceipt: (receipt: Receipt) => void;
  /** Entries that may wait at once, failed ones included, and as many dead letters handed in. Default 10,000. */
  readonly maxEntries?: number;
  /** The journal is rewritten once it holds so many records more than twice the entries. Default 2,000. */
  readonly compactionSlack?: number;
  /** How long a copy for a peer may wait for its connection in one run, milliseconds. Default 300,000. */
  readonly webSocketLifetimeMs?: number;
  /** Makes the dead letter of a copy that failed for good; it is on disk before the next copy is tried. */
  readonly createDeadLetter?: (failed: FailedCopy) => OutboxDeadLetter;
  /** That dead letter is on disk. */
  readonly onDeadLetter?: (letter: OutboxDeadLetter) => void;
  /** Nothing is tried, and nothing gets too old: a read-only profile, which ends with another outbox. Default false. */
  readonly isHeld?: boolean;
}

/** What became of a copy, while it is not on disk yet. */
type Outcome =
  | { readonly kind: 'delivered'; readonly proof: DeliveryProof }
  | { readonly kind: 'failed'; readonly error: ErrorReport };

/** What a connection that is being replaced says: the next one can send. */
const endedConnection: ReadonlySet<ErrorCode> = new Set(['SHUTTING_DOWN', 'KAFKA_CLOSED']);
const defaultMaxEntries = 10_000;

/**
 * Operator's messages on their way: on disk before they count as queued, gone only once the broker (acks=all) or the
 * peer (`ack`) has confirmed every copy. Each destination has a lane that keeps its order and retries with full-jitter
 * backoff; what can't succeed is marked failed and waits for the operator.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #store: OutboxStore;
  readonly #state: OutboxState;
  readonly #lanes = new Map<LaneName, DeliveryLane>();
  readonly #receipts: ReceiptBoard;
  /** Monotonic; when a message was accepted, sent again by hand, or found at the start. */
  readonly #acceptedMs = new Map<string, number>();
  /** By lane: the copy at its head, when the disk refused to take down what became of it. It is not sent again. */
  readonly #unrecorded = new Map<LaneName, { readonly copy: PendingCopy; readonly outcome: Outcome }>();
  /** Nothing more is taken, and no other try begun. */
  #closing = false;
  /** The journal is closed. */
  #closed = false;

  constructor(options: OutboxOptions) {
    const { journal, logger, compactionSlack = 2_000 } = options;
    this.#options = options;
    this.#store = new OutboxStore({ journal, logger, compactionSlack });
    this.#state = this.#store.state;
    this.#receipts = new ReceiptBoard(options.onReceipt);
  }

  /** Reads the journal back, tells the newest receipts, and begins to send what was left. */
  async open(): Promise<void> {
    await this.#store.load();
    // What refused a dead letter may be mended by now, and nobody but the outbox tries it again.
    for (const { id } of this.#state.deadLetters()) this.#state.apply({ kind: 'requeued', id });
    for (const id of this.#state.ids()) {
      this.#acceptedMs.set(id, this.#options.clock.monotonicMs());
      if (this.#state.forgetDelivered(id)) this.#acceptedMs.delete(id);
    }
    if (this.#state.size > 0) {
      this.#options.logger.info('messages of the last run wait to be sent', this.#state.counts());
    }
    for (const receipt of this.#state.receipts().slice(-receiptsKept)) this.#receipts.tell(receipt);
    for (const lane of this.#state.lanes()) this.kick(lane);
  }

  /**
   * Takes a message. Resolves once it is on disk, with its receipt so far.
   *
   * @throws ResonanceError `QUEUE_FULL`, `STORAGE_FULL`, `STORAGE_FAILED`, `SHUTTING_DOWN`
   */
  async submit(item: OutboxItem): Promise<Receipt> {
    this.#refuseWhenClosed();
    const { maxEntries = defaultMaxEntries } = this.#options;
    if (this.#state.size >= maxEntries) {
      throw new ResonanceError('QUEUE_FULL', `${maxEntries} messages wait already`, {
        retriable: true,
        hint: 'Discard failed messages, or wait until the broker takes them.',
      });
    }
    await this.#store.commit([{ kind: 'queued', item }], () => this.#accept(item));
    return this.#receipt(item.id);
  }

  /**
   * Takes a dead letter; resolves once it is on disk.
   *
   * @throws ResonanceError `QUEUE_FULL`, `STORAGE_FULL`, `STORAGE_FAILED`, `SHUTTING_DOWN`
   */
  async submitDeadLetter(item: OutboxDeadLetter): Promise<void> {
    this.#refuseWhenClosed();
    const { maxEntries = defaultMaxEntries } = this.#options;
    if (this.#state.deadLetterCount >= maxEntries) {
      throw new ResonanceError('QUEUE_FULL', `${maxEntries} dead letters wait already`, { retriable: true });
    }
    await this.#store.commit([{ kind: 'queued', item }], () => this.#accept(item));
  }

  /**
   * Puts a changed message in the place of one whose copies failed, for the same destinations; in one step on the disk.
   *
   * @param change the changed message with a new `id`, since receivers may have seen the old one
   * @throws ResonanceError `NOT_FOUND`, and those of {@link submit}
   */
  async replace(
    id: string,
    change: { readonly message: Message; readonly id: string; readonly atMs: number },
  ): Promise<Receipt> {
    this.#refuseWhenClosed();
    const item = this.#state.item(id);
    const failed = this.#state.receipt(id)?.deliveries.filter(({ phase }) => phase === 'failed') ?? [];
    if (item === null || failed.length === 0) throw notFound(id);
    const destinations = failed.map(({ via, destination }) => ({ via, destination }));
    const replacement: OutboxItem = { ...change, target: item.target, destinations };
    const records: readonly OutboxRecord[] = [
      { kind: 'queued', item: replacement },
      { kind: 'discarded', id },
    ];
    await this.#store.commit(records, () => {
      this.#applied({ kind: 'discarded', id }, id);
      this.#acceptedMs.delete(id);
      this.#accept(replacement);
    });
    return this.#receipt(replacement.id);
  }

  /** The receipt once every copy is delivered or failed. @throws ResonanceError `NOT_FOUND` */
  settled(id: string): Promise<Receipt> {
    const receipt = this.receipt(id);
    return receipt === null ? Promise.reject(notFound(id)) : this.#receipts.settled(receipt);
  }

  /** Sends the failed copies of a message again. @throws ResonanceError `NOT_FOUND` */
  async retry(id: string): Promise<void> {
    await this.#record({ kind: 'requeued', id });
    this.#acceptedMs.set(id, this.#options.clock.monotonicMs());
    const receipt = this.#state.receipt(id);
    for (const delivery of receipt?.deliveries ?? []) this.kick(laneOf(delivery));
  }

  /** Gives a message up. @throws ResonanceError `NOT_FOUND` */
  async discard(id: string): Promise<void> {
    await this.#record({ kind: 'discarded', id });
  }

  /** Tries a lane at once: its destination has just become reachable. */
  kick(name: LaneName): void {
    if (this.#closing) return;
    const { clock, random, logger } = this.#options;
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = new DeliveryLane({ clock, random, logger, tryNext: () => this.#tryNext(name) });
      this.#lanes.set(name, lane);
    }
    lane.kick();
  }

  /** Tries every lane of one transport at once. */
  kickAll(via: 'kafka' | 'websocket'): void {
    for (const lane of this.#state.lanes()) if (lane.startsWith(`${via}:`)) this.kick(lane);
  }

  /** The present receipt of a message that waits or was delivered lately, or null. */
  receipt(id: string): Receipt | null {
    return this.#state.receipt(id) ?? this.#receipts.find(id) ?? null;
  }

  /** Receipts of what waits and of what was delivered lately, oldest first. */
  receipts(): Receipt[] {
    return [...this.#receipts.delivered, ...this.#state.receipts()].sort((a, b) => a.atMs - b.atMs);
  }

  counts(): { queued: number; inFlight: number; failed: number } {
    return this.#state.counts();
  }

  /** The message of an entry that waits, null when there is none (any more). */
  message(id: string): Message | null {
    return this.#state.item(id)?.message ?? null;
  }

  /** Dead letters that no broker has acknowledged yet, oldest first. */
  deadLetters(): OutboxDeadLetter[] {
    return this.#state.deadLetters();
  }

  get deadLetterCount(): number {
    return this.#state.deadLetterCount;
  }

  /**
   * Stops sending; what is unsent stays in the journal for the next run. What is on its way is waited for, so that it is
   * not sent again. Idempotent.
   *
   * @param waitMs how long; default 500
   */
  async close(waitMs = 500): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    const { clock } = this.#options;
    const over = Promise.all([...this.#lanes.values()].map((lane) => lane.close()));
    await new Promise<void>((resolve) => {
      const timer = clock.after(waitMs, resolve);
      void over.then(() => {
        timer.cancel();
        resolve();
      });
    });
    this.#closed = true;
    await this.#store.close();
  }

  async #tryNext(name: LaneName): Promise<LaneStep> {
    const copy = this.#state.nextPending(name);
    if (copy === null || this.#closed || this.#options.isHeld === true) return 'idle';
    const left = this.#unrecorded.get(name);
    const isLeft = left?.copy.item.id === copy.item.id && left.copy.index === copy.index;
    const outcome = isLeft ? left.outcome : await this.#send(copy);
    if (this.#closed) return 'idle';
    if (outcome === null) return 'refused';
    this.#unrecorded.set(name, { copy, outcome });
    await this.#settle(copy, outcome);
    this.#unrecorded.delete(name);
    return outcome.kind === 'delivered' ? 'delivered' : 'settled';
  }

  /** Tries one copy; null when it may be taken later. */
  async #send({ item, index }: PendingCopy): Promise<Outcome | null> {
    const destination = destinationOf(item, index);
    this.#state.note(item.id, index, 'sending');
    this.#tell(item.id);
    try {
      const { via, destination: name } = destination;
      let isOver = false;
      const attempt: CopyAttempt = {
        headers: item.deadLetter ?? {},
        onRefused: (error) => {
          if (!isOver && this.#state.noteRefused(item.id, index, error)) this.#tell(item.id);
        },
      };
      const proof = await this.#options.send[via](item.message, name, attempt).finally(() => {
        isOver = true;
      });
      return { kind: 'delivered', proof };
    } catch (error) {
      const report = toErrorReport(error);
      const mayPass = report.retriable || endedConnection.has(report.code);
      if (!mayPass || this.#hasExpired(item.id, destination.via)) return { kind: 'failed', error: report };
      if (this.#closed) return null;
      this.#state.note(item.id, index, 'queued', report);
      this.#tell(item.id);
      return null;
    }
  }

  async #settle({ item, index }: PendingCopy, outcome: Outcome): Promise<void> {
    // The operator may have discarded it while it was on its way.
    if (!this.#state.has(item.id)) return;
    if (outcome.kind === 'failed') await this.#fail(item, index, outcome.error);
    else await this.#record({ kind: 'delivered', id: item.id, index, proof: outcome.proof });
  }

  /** Marks a copy failed, and with it in one step on the disk queues its dead letter. */
  async #fail(item: OutboxItem, index: number, error: ErrorReport): Promise<void> {
    const { createDeadLetter, onDeadLetter, logger } = this.#options;
    if (item.deadLetter !== undefined) {
      logger.error(
        'a dead letter was refused; it stays on this disk, and is tried again after the next start',
        {
          error,
          headers: item.deadLetter,
        },
      );
      await this.#record({ kind: 'failed', id: item.id, index, error });
      return;
    }
    if (createDeadLetter === undefined) {
      await this.#record({ kind: 'failed', id: item.id, index, error });
      return;
    }
    const attempts = this.#state.attempts(item.id, index);
    const letter = createDeadLetter({ item, destination: destinationOf(item, index), error, attempts });
    const failed: OutboxRecord = { kind: 'failed', id: item.id, index, error };
    await this.#store.commit([failed, { kind: 'queued', item: letter }], () => {
      this.#applied(failed, item.id);
      this.#accept(letter);
      onDeadLetter?.(letter);
    });
  }

  /** The item is on disk: from now on it is sent. */
  #accept(item: OutboxItem): void {
    this.#acceptedMs.set(item.id, this.#options.clock.monotonicMs());
    this.#applied({ kind: 'queued', item }, item.id);
    for (const destination of item.destinations) this.kick(laneOf(destination));
  }

  #hasExpired(id: string, via: 'kafka' | 'websocket'): boolean {
    const { webSocketLifetimeMs = 300_000, clock } = this.#options;
    const nowMs = clock.monotonicMs();
    return via === 'websocket' && nowMs - (this.#acceptedMs.get(id) ?? nowMs) > webSocketLifetimeMs;
  }

  async #record(record: Exclude<OutboxRecord, { kind: 'queued' }>): Promise<void> {
    if (!this.#state.has(record.id)) throw notFound(record.id);
    await this.#store.commit([record], () => {
      this.#applied(record, record.id);
      const receipt = this.#state.receipt(record.id);
      const isDelivered = this.#state.forgetDelivered(record.id);
      if (isDelivered && receipt !== null) this.#receipts.remember(receipt);
      if (isDelivered || record.kind === 'discarded') this.#acceptedMs.delete(record.id);
    });
  }

  #applied(record: OutboxRecord, id: string): void {
    const before = this.#state.receipt(id);
    this.#state.apply(record);
    this.#tell(id, before);
  }

  /** Tells the receipt as it is now, or, of a message that was taken out, as it was. */
  #tell(id: string, before: Receipt | null = null): void {
    const present = this.#state.receipt(id);
    if (present !== null) this.#receipts.tell(present);
    else if (before !== null) this.#receipts.tell({ ...before, isWithdrawn: true });
  }

  #receipt(id: string): Receipt {
    const receipt = this.receipt(id);
    if (receipt === null) throw notFound(id);
    return receipt;
  }

  #refuseWhenClosed(): void {
    if (this.#closing) {
      throw new ResonanceError('SHUTTING_DOWN', 'The node is stopping', {
        hint: 'Send it again after the restart.',
      });
    }
  }
}

function destinationOf(item: OutboxItem, index: number): OutboxDestination {
  const destination = item.destinations[index];
  if (destination === undefined) throw new RangeError(`message ${item.id} has no copy ${index}`);
  return destination;
}

function notFound(id: string): ResonanceError {
  return new ResonanceError('NOT_FOUND', `No message ${id} waits in the outbox`);
}
