import type { ErrorCode } from '../protocol/error-code.js';
import type { JoinResult, SyncResult } from './group-messages.js';

/** The answer to a JoinGroup that does not lead into a generation. */
export function refusedJoin(errorCode: ErrorCode, memberId: string): JoinResult {
  return {
    errorCode,
    generationId: -1,
    protocolType: null,
    protocolName: null,
    leaderId: '',
    memberId,
    members: [],
  };
}

/** The answer to a SyncGroup that brings no assignment. */
export function refusedSync(errorCode: ErrorCode): SyncResult {
  return { errorCode, protocolType: null, protocolName: null, assignment: Buffer.alloc(0) };
}
