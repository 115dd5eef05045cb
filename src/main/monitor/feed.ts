import type { Clock, Timer } from '../../shared/clock.js';
import {
  type Alert,
  type DoctorReport,
  emptyMessageFilter,
  type FeedBatch,
  type LogLine,
  type MessageFilter,
  type NodeStatus,
  type NodeView,
  type Receipt,
  type RejectedMessage,
  type TrafficPicture,
} from '../../shared/feed.js';
import type { FeedStart } from '../../shared/ipc.js';
import { compileFilter, type MessageMatcher } from './message-filter.js';
import type { MessageHistory } from './message-history.js';
import type { SeriesSecond } from './series-recorder.js';

/** Distance of two batches, at least. */
const minBatchDistanceMs = 50;
/** What happens together travels together. */
const gatherMs = 10;
const maxUnacknowledged = 2;

const maxRows = 200;
/** Messages that one flush looks at for matching rows; older ones count as left out. */
const maxRowsScanned = 20_000;
/** So many unsent messages don't wait for the next second. */
const rowsThatHurry = 50;

const maxLogLines = 200;
const maxRejections = 100;
const maxReceipts = 200;
/** Seconds of series held back for a reader that lags; after that its charts have a gap until it asks for a window. */
const maxSeriesSeconds = 60;

const startLogLines = 500;
const startRejections = 200;

/** Numbered items that the feed passes on as they come. */
export interface SequencedSource<T> {
  readonly newestSequence: number;
  since(sequence: number, limit: number): readonly T[];
  newest(limit: number): readonly T[];
}

/** Where the feed gets its parts from, each asked only when a batch is made. */
export interface FeedSources {
  readonly history: Pick<MessageHistory, 'newestSequence' | 'collect'>;
  readonly logs: SequencedSource<LogLine>;
  readonly rejections: SequencedSource<RejectedMessage>;
  status(): NodeStatus;
  nodes(): readonly NodeView[];
  traffic(): TrafficPicture;
  alerts(): readonly Alert[];
  /** `null` until the doctor ran. */
  doctor(): DoctorReport | null;
  /** Every receipt that is kept, for the first picture. */
  receipts(): readonly Receipt[];
}

/** Parts that are sent whole when they changed. */
export type FeedPart = 'status' | 'nodes' | 'traffic' | 'alerts' | 'doctor';

/** Parts that change a little all the time: looked at once a second, and sent when they are different. */
const comparedParts: readonly FeedPart[] = ['status', 'nodes', 'traffic'];

type BatchDraft = { -readonly [K in keyof FeedBatch]: FeedBatch[K] };

/**
 * Carries what changed to the window, in batches: at most 20 a second, at most two that the reader has not
 * acknowledged, and none while nothing changes. What repeats itself every second travels once a second; what is new
 * (a changed value, an alert, a receipt) within 50 ms. While the reader lags nothing is queued: every part is read
 * from its bounded source when the next batch may go. Without a listener no timer runs and nothing is made.
 */
export class Feed {
  readonly #clock: Clock;
  readonly #sources: FeedSources;
  #listener: ((batch: FeedBatch) => void) | null = null;
  #timer: Timer | null = null;
  #sequence = 0;
  #unacknowledged: number[] = [];
  #lastBatchMs = Number.NEGATIVE_INFINITY;
  #isWanted = false;

  readonly #changedParts = new Set<FeedPart>();
  /** JSON of the compared parts as sent last. */
  readonly #sentParts = new Map<FeedPart, string>();
  #matches: MessageMatcher | null = null;
  #rowsSent = 0;
  #logsSent = 0;
  #rejectionsSent = 0;
  #series: SeriesSecond[] = [];
  #receipts = new Map<string, Receipt>();

  constructor(clock: Clock, sources: FeedSources) {
    this.#clock = clock;
    this.#sources = sources;
    this.setFilter(emptyMessageFilter);
  }

  get isListenedTo(): boolean {
    return this.#listener !== null;
  }

  /** Starts anew (also after the reader was reloaded): returns the present picture; `listener` gets what changes. */
  start(listener: (batch: FeedBatch) => void): FeedStart {
    this.stop();
    this.#listener = listener;
    const { logs, rejections, history } = this.#sources;
    this.#rowsSent = history.newestSequence - maxRows;
    this.#logsSent = logs.newestSequence;
    this.#rejectionsSent = rejections.newestSequence;
    const draft = this.#draft();
    for (const part of ['status', 'nodes', 'traffic', 'alerts', 'doctor'] as const) this.#add(draft, part);
    this.#addRows(draft);
    // Of a first picture nothing is left out: what is older is there to be asked for.
    delete draft.rowsOmitted;
    return {
      batch: draft,
      logs: logs.newest(startLogLines),
      rejections: rejections.newest(startRejections),
      receipts: this.#sources.receipts(),
    };
  }

  /** Idempotent. */
  stop(): void {
    this.#listener = null;
    this.#timer?.cancel();
    this.#timer = null;
    this.#isWanted = false;
    this.#unacknowledged = [];
    this.#changedParts.clear();
    this.#sentParts.clear();
    this.#series = [];
    this.#receipts.clear();
  }

  /** The reader is done with a batch, and with all before it. */
  acknowledge(sequence: number): void {
    this.#unacknowledged = this.#unacknowledged.filter((sent) => sent > sequence);
    if (this.#isWanted) this.#schedule();
  }

  /** Rows from now on match this filter; what came before is asked for by page. */
  setFilter(filter: MessageFilter): void {
    this.#matches = compileFilter(filter);
    this.#rowsSent = this.#sources.history.newestSequence;
  }

  /** A part changed: it goes with the next batch, within 50 ms. */
  markChanged(part: FeedPart): void {
    if (this.#listener === null) return;
    this.#changedParts.add(part);
    this.#schedule();
  }

  /** A log line or a rejection was added. */
  linesAdded(): void {
    if (this.#listener !== null) this.#schedule();
  }

  receiptChanged(receipt: Receipt): void {
    if (this.#listener === null) return;
    this.#receipts.delete(receipt.id);
    this.#receipts.set(receipt.id, receipt);
    this.#schedule();
  }

  /** A message was kept. @param isNews it says something that was not known before */
  messageAdded(isNews: boolean): void {
    if (this.#listener === null || this.#isWanted) return;
    if (isNews || this.#sources.history.newestSequence - this.#rowsSent >= rowsThatHurry) this.#schedule();
  }

  /** Once a second: sends what repeats itself, and compares what changes slowly. */
  tick(second: SeriesSecond | null): void {
    if (this.#listener === null) return;
    if (second !== null) this.#series = [...this.#series, second].slice(-maxSeriesSeconds);
    for (const part of comparedParts) this.#changedParts.add(part);
    this.#schedule();
  }

  #schedule(): void {
    this.#isWanted = true;
    if (this.#timer !== null || this.#unacknowledged.length >= maxUnacknowledged) return;
    const sinceLastMs = this.#clock.monotonicMs() - this.#lastBatchMs;
    this.#timer = this.#clock.after(Math.max(gatherMs, minBatchDistanceMs - sinceLastMs), () =>
      this.#flush(),
    );
  }

  #flush(): void {
    this.#timer = null;
    if (this.#listener === null || this.#unacknowledged.length >= maxUnacknowledged) return;
    this.#isWanted = false;
    const draft = this.#draft();
    for (const part of this.#changedParts) this.#add(draft, part);
    this.#changedParts.clear();
    this.#addRows(draft);
    this.#addLines(draft);
    this.#addReceipts(draft);
    if (this.#series.length > 0) draft.series = this.#series;
    this.#series = [];
    // Besides its number and time.
    if (Object.keys(draft).length <= 2) return;
    this.#sequence += 1;
    draft.sequence = this.#sequence;
    this.#unacknowledged.push(this.#sequence);
    this.#lastBatchMs = this.#clock.monotonicMs();
    const { logs, rejections } = this.#sources;
    const isMore =
      this.#receipts.size > 0 ||
      logs.newestSequence > this.#logsSent ||
      rejections.newestSequence > this.#rejectionsSent;
    if (isMore) this.#schedule();
    this.#listener(draft);
  }

  #draft(): BatchDraft {
    return { sequence: this.#sequence, atMs: this.#clock.wallMs() };
  }

  #add(draft: BatchDraft, part: FeedPart): void {
    switch (part) {
      case 'status': {
        const status = this.#sources.status();
        if (this.#isDifferent(part, status)) draft.status = status;
        return;
      }
      case 'nodes': {
        const nodes = this.#sources.nodes();
        if (this.#isDifferent(part, nodes)) draft.nodes = nodes;
        return;
      }
      case 'traffic': {
        const traffic = this.#sources.traffic();
        if (this.#isDifferent(part, traffic)) draft.traffic = traffic;
        return;
      }
      case 'alerts':
        draft.alerts = this.#sources.alerts();
        return;
      case 'doctor': {
        const report = this.#sources.doctor();
        if (report !== null) draft.doctor = report;
      }
    }
  }

  #isDifferent(part: FeedPart, value: unknown): boolean {
    const json = JSON.stringify(value);
    if (this.#sentParts.get(part) === json) return false;
    this.#sentParts.set(part, json);
    return true;
  }

  #addRows(draft: BatchDraft): void {
    const { history } = this.#sources;
    if (history.newestSequence <= this.#rowsSent) return;
    const after = Math.max(0, this.#rowsSent);
    const { rows, omitted } = history.collect(after, this.#matches, maxRows, maxRowsScanned);
    this.#rowsSent = history.newestSequence;
    if (rows.length > 0) draft.rows = rows;
    if (omitted > 0) draft.rowsOmitted = omitted;
  }

  #addLines(draft: BatchDraft): void {
    const logs = this.#sources.logs.since(this.#logsSent, maxLogLines);
    const rejections = this.#sources.rejections.since(this.#rejectionsSent, maxRejections);
    if (logs.length > 0) draft.logs = logs;
    if (rejections.length > 0) draft.rejections = rejections;
    this.#logsSent = logs.at(-1)?.sequence ?? this.#logsSent;
    this.#rejectionsSent = rejections.at(-1)?.sequence ?? this.#rejectionsSent;
  }

  #addReceipts(draft: BatchDraft): void {
    if (this.#receipts.size === 0) return;
    const receipts = [...this.#receipts.values()].slice(0, maxReceipts);
    for (const { id } of receipts) this.#receipts.delete(id);
    draft.receipts = receipts;
  }
}
