import { fullJitterMs } from '../../shared/backoff.js';
import type { Clock } from '../../shared/clock.js';
import { ResonanceError } from '../../shared/errors.js';
import type { OutgoingRecord, ProducerSession } from './producer-session.js';
import type { Refusals } from './refusals.js';
import { translateKafkaError } from './translate-error.js';

/** A record on its way. */
export interface PendingRecord extends OutgoingRecord {
  readonly byteLength: number;
  /** Monotonic; past it the record is not sent any more. */
  readonly deadlineMs: number;
  /** An attempt failed, or can't be made yet; unless its time is over, it is tried again. */
  refused(error: ResonanceError): void;
  resolve(offset: bigint): void;
  reject(error: ResonanceError): void;
}

export interface ProducerLaneOptions {
  readonly topic: string;
  readonly partition: number;
  readonly endpoint: string;
  readonly clock: Clock;
  /** Resolves with an open session, or rejects when there is none by `deadlineMs`; meanwhile says why there is none. */
  readonly session: (
    deadlineMs: number,
    onWaiting?: (error: ResonanceError) => void,
  ) => Promise<ProducerSession>;
  /** The session gave a batch up: nothing more may go out under its producer id. */
  readonly onGivenUp: (session: ProducerSession, error: ResonanceError) => void;
  readonly refusals: Pick<Refusals, 'refused' | 'givenUp' | 'taken'>;
}

/** At most so much in one request; max.message.bytes is 1 MiB by default. */
const maxBatchBytes = 900_000;
const maxBatchRecords = 2_000;
/** Metadata of a new topic takes a moment to reach every broker; a deleted one must not hold the lane up. */
const topicPatienceMs = 3_000;
/** Whatever keeps an attempt so long is told before it ends. */
const silenceMs = 5_000;
/** What Kafka's record format and our key add to a value. */
const recordOverheadBytes = 96;

/** The records of one partition, in order, one request at a time; what waits meanwhile goes into the next one. */
export class ProducerLane {
  readonly #options: ProducerLaneOptions;
  readonly #name: string;
  #waiting: PendingRecord[] = [];
  /** Why there is no session. */
  #noSession: ResonanceError | undefined;
  #running = false;
  #abandoned: ResonanceError | undefined;

  constructor(options: ProducerLaneOptions) {
    this.#options = options;
    this.#name = `${options.topic}/${options.partition}`;
  }

  add(record: PendingRecord): void {
    this.#waiting.push(record);
    if (this.#noSession !== undefined) record.refused(this.#noSession);
    if (this.#running) return;
    this.#running = true;
    // What is sent in this turn of the event loop shares a request.
    setImmediate(() => void this.#drain());
  }

  /** Rejects what has not been handed to the broker; what has been is not tried again. */
  abandon(error: ResonanceError): void {
    this.#abandoned = error;
    for (const record of this.#waiting.splice(0)) record.reject(error);
  }

  async #drain(): Promise<void> {
    const { clock, session } = this.#options;
    while (this.#waiting.length > 0) {
      const head = this.#waiting[0];
      if (head === undefined) break;
      try {
        const open = await session(head.deadlineMs, (error) => this.#tellWaiting(error));
        this.#noSession = undefined;
        const batch = this.#takeBatch();
        if (batch.length > 0) await this.#send(open, batch);
      } catch (error) {
        // No session in time: this rejects what has expired, and keeps the rest waiting.
        this.#rejectExpired(clock.monotonicMs(), error);
      }
    }
    this.#noSession = undefined;
    this.#running = false;
  }

  #tellWaiting(error: ResonanceError): void {
    this.#noSession = error;
    for (const record of this.#waiting) record.refused(error);
  }

  #takeBatch(): PendingRecord[] {
    let bytes = 0;
    let count = 0;
    for (const record of this.#waiting) {
      bytes += record.byteLength + recordOverheadBytes;
      if (count > 0 && (bytes > maxBatchBytes || count >= maxBatchRecords)) break;
      count += 1;
    }
    const batch = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    return batch;
  }

  async #send(session: ProducerSession, batch: readonly PendingRecord[]): Promise<void> {
    const { refusals } = this.#options;
    session.beginBatch();
    try {
      const baseOffset = await this.#sendUntilItIsOver(session, batch);
      refusals.taken(this.#name);
      batch.forEach((record, index) => {
        record.resolve(baseOffset + BigInt(index));
      });
    } catch (error) {
      const translated = this.#translate(error);
      if (translated.retriable) refusals.givenUp(this.#name);
      else refusals.taken(this.#name);
      this.#options.onGivenUp(session, translated);
      if (translated.code !== 'KAFKA_MESSAGE_TOO_LARGE' || batch.length === 1) {
        for (const record of batch) record.reject(translated);
        return;
      }
      // Refused whole, nothing written: one by one, so that only the offender fails.
      for (const record of batch) await this.#sendAlone(record);
    } finally {
      session.endBatch();
    }
  }

  /** Tries the same batch on the same session, where it keeps its sequence numbers, until every record's time is over. */
  async #sendUntilItIsOver(session: ProducerSession, batch: readonly PendingRecord[]): Promise<bigint> {
    const { topic, partition, clock, refusals } = this.#options;
    const startedMs = clock.monotonicMs();
    const tell = (error: ResonanceError): void => {
      refusals.refused(this.#name, error, startedMs);
      for (const record of batch) record.refused(error);
    };
    for (let attempt = 0; ; attempt += 1) {
      const silence = clock.after(silenceMs, () => tell(this.#silentError()));
      try {
        return await session.send(topic, partition, batch);
      } catch (error) {
        const translated = this.#translate(error);
        const nowMs = clock.monotonicMs();
        if (translated.retriable && this.#abandoned === undefined) tell(translated);
        const isTopicGone = translated.code === 'KAFKA_TOPIC_UNKNOWN' && nowMs - startedMs > topicPatienceMs;
        if (!translated.retriable || isTopicGone || this.#abandoned !== undefined) throw translated;
        const late = batch.filter(({ deadlineMs }) => deadlineMs <= nowMs);
        if (late.length === batch.length) throw translated;
        // Their records stay in the batch, which must not change; they may still arrive.
        for (const record of late) record.reject(translated);
      } finally {
        silence.cancel();
      }
      const delayMs = fullJitterMs(attempt, { baseMs: 100, capMs: 1_000 });
      await new Promise<void>((resolve) => clock.after(delayMs, resolve));
    }
  }

  async #sendAlone(record: PendingRecord): Promise<void> {
    try {
      await this.#send(await this.#options.session(record.deadlineMs), [record]);
    } catch (error) {
      record.reject(this.#translate(error));
    }
  }

  #translate(error: unknown): ResonanceError {
    return translateKafkaError(error, `sending to ${this.#options.topic}`, this.#options.endpoint);
  }

  #silentError(): ResonanceError {
    return new ResonanceError('KAFKA_TIMEOUT', `sending to ${this.#options.topic}: no answer yet`, {
      retriable: true,
      hint: 'The broker that leads the partition hangs or is away, or the network swallows packets. It is tried again by itself.',
    });
  }

  #rejectExpired(nowMs: number, cause: unknown): void {
    const error = this.#translate(cause);
    const isExpired = (record: PendingRecord): boolean => record.deadlineMs <= nowMs || !error.retriable;
    const expired = this.#waiting.filter(isExpired);
    this.#waiting = this.#waiting.filter((record) => !isExpired(record));
    for (const record of expired) record.reject(error);
  }
}
