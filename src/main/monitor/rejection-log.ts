import type { Transport } from '../../shared/envelope.js';
import type { RejectedMessage } from '../../shared/feed.js';
import type { Rejection, RejectionReason } from '../../shared/rejection.js';
import { copyOfBeginning } from './bounded-text.js';
import { SequencedRing } from './sequenced-ring.js';

/** Refused messages kept for the operator to read. */
export const rejectionsKept = 200;

const previewLength = 2_000;
const detailLength = 500;

/** One refused message, as the adapter that refused it tells. */
export interface RejectionReport {
  readonly atMs: number;
  readonly transport: Transport;
  /** Topic/partition/offset, or the connection. */
  readonly origin: string;
  readonly rejection: Rejection;
  readonly byteLength: number;
  /** What came, as far as it is text. */
  readonly text: string;
}

/** Refused messages: the last ones in full view, all of them counted by reason. */
export class RejectionLog {
  readonly #ring: SequencedRing<RejectedMessage>;
  readonly #counts = new Map<RejectionReason, number>();

  constructor(capacity: number = rejectionsKept) {
    this.#ring = new SequencedRing(capacity);
  }

  /** Refused since the start of this run. */
  get total(): number {
    return this.#ring.newestSequence;
  }

  get newestSequence(): number {
    return this.#ring.newestSequence;
  }

  get byReason(): Readonly<Partial<Record<RejectionReason, number>>> {
    return Object.fromEntries(this.#counts);
  }

  add(report: RejectionReport): RejectedMessage {
    const { reason, detail } = report.rejection;
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    return this.#ring.add((sequence) => ({
      sequence,
      atMs: report.atMs,
      transport: report.transport,
      origin: report.origin,
      reason,
      detail: copyOfBeginning(detail, detailLength),
      byteLength: report.byteLength,
      preview: copyOfBeginning(report.text, previewLength),
    }));
  }

  since(sequence: number, limit: number): readonly RejectedMessage[] {
    return this.#ring.since(sequence, limit);
  }

  newest(limit: number): readonly RejectedMessage[] {
    return this.#ring.newest(limit);
  }
}
