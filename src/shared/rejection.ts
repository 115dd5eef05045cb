/** Why a message from the wire was refused; counters are kept per reason. */
export const rejectionReasons = [
  'not_utf8',
  'not_json',
  'not_object',
  'not_finite',
  'unknown_type',
  'wrong_shape',
  'bad_timestamp',
  'forbidden_key',
  'too_deep',
  'too_big',
  'binary_frame',
  'rate_limited',
  'undecodable_batch',
] as const;
export type RejectionReason = (typeof rejectionReasons)[number];

/** A refused message: `detail` is one line with the path, what was given and what is allowed. */
export interface Rejection {
  readonly reason: RejectionReason;
  readonly detail: string;
  /** The `type` it claimed, where that much could be read. */
  readonly type?: string;
}

/** The text of the `error` answer; the first two are the old nodes' own words (docs/protocol.md, WebSocket server). */
export function rejectionReply(rejection: Rejection): string {
  switch (rejection.reason) {
    case 'not_json':
    case 'not_utf8':
    case 'not_finite':
      return 'Invalid JSON format';
    case 'unknown_type':
      return `Unknown message type: ${rejection.type ?? '(none)'}`;
    default:
      return `Invalid message: ${rejection.detail}`;
  }
}
