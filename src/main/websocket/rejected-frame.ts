import type { Rejection } from '../../shared/rejection.js';

/** Characters of a refused message that are kept for the operator. */
export const previewLength = 2_000;

/** A message that was refused, for the operator to read. */
export interface RejectedFrame {
  /** `server#12`, or `peer:nexus`. */
  readonly connection: string;
  readonly rejection: Rejection;
  readonly byteLength: number;
  /** The text's beginning, at most 2,000 characters; empty for a binary frame. */
  readonly preview: string;
}
