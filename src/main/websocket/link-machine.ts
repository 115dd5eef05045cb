import type { LinkPhase } from '../../shared/feed.js';

/** What can happen to a link. */
export type LinkEvent =
  /** Somebody wants it: at the start, or at once instead of waiting. */
  | 'connect'
  /** The handshake succeeded. */
  | 'opened'
  /** The attempt failed, or the open connection was lost, for a reason that may pass. */
  | 'failedForNow'
  /** The attempt failed for a reason that stays until somebody changes something. */
  | 'failedForGood'
  /** The pause is over. */
  | 'retryDue'
  /** Nobody wants it any more. */
  | 'close';

/**
 * The transition table of a link. An event that a phase does not list changes nothing there: a late timer or socket
 * event of an earlier attempt is no error.
 */
const transitions: Readonly<Record<LinkPhase, Readonly<Partial<Record<LinkEvent, LinkPhase>>>>> = {
  off: { connect: 'connecting' },
  connecting: { opened: 'open', failedForNow: 'backoff', failedForGood: 'failed', close: 'off' },
  open: { failedForNow: 'backoff', close: 'off' },
  backoff: { connect: 'connecting', retryDue: 'connecting', close: 'off' },
  // Even here it is tried again, seldom: what somebody must change may be changed at the other end.
  failed: { connect: 'connecting', retryDue: 'connecting', close: 'off' },
};

/** The phase after the event, or null when the event means nothing in this phase. */
export function nextPhase(phase: LinkPhase, event: LinkEvent): LinkPhase | null {
  return transitions[phase][event] ?? null;
}
