import type { Envelope, Transport } from '../../shared/envelope.js';
import type { Alert, Receipt } from '../../shared/feed.js';
import type { Rejection } from '../../shared/rejection.js';

/** A message that was refused, wherever it came from. */
export interface RejectedInput {
  readonly transport: Transport;
  /** `topic/partition@offset`, or the connection. */
  readonly origin: string;
  readonly rejection: Rejection;
  readonly byteLength: number;
  /** The text's beginning, at most 2,000 characters. */
  readonly preview: string;
}

/** Who watches a running pipeline. Called synchronously on the hot path: must be cheap and must not throw. */
export interface PipelineObserver {
  /** Every message, in and out. */
  onEnvelope(envelope: Envelope): void;
  onRejected(rejected: RejectedInput): void;
  onReceipt(receipt: Receipt): void;
  /** A link, a counter or another part of the pipeline's picture has changed. */
  onChange(): void;
  raiseAlert(alert: Omit<Alert, 'atMs'>): void;
  clearAlert(key: string): void;
}

/** For a pipeline that nobody watches. */
export const noObserver: PipelineObserver = {
  onEnvelope: () => undefined,
  onRejected: () => undefined,
  onReceipt: () => undefined,
  onChange: () => undefined,
  raiseAlert: () => undefined,
  clearAlert: () => undefined,
};
