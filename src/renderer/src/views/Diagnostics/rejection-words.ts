import type { RejectionReason } from '../../../../shared/rejection.js';

export const rejectionWords: Readonly<Record<RejectionReason, string>> = {
  not_utf8: 'not UTF-8',
  not_json: 'not JSON',
  not_object: 'not an object',
  not_finite: 'not a finite number',
  unknown_type: 'unknown type',
  wrong_shape: 'wrong shape',
  bad_timestamp: 'absurd timestamp',
  forbidden_key: 'forbidden key',
  too_deep: 'too deep',
  too_big: 'too big',
  binary_frame: 'binary frame',
  rate_limited: 'too many a second',
  undecodable_batch: 'unreadable batch',
};
export const rejectionReasonList = Object.keys(rejectionWords) as readonly RejectionReason[];
