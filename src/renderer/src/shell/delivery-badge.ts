import { formatCount } from '../format/numbers.js';
import { useStoreState } from '../stores/stores-context.js';

export interface RailBadge {
  readonly text: string;
  /** For the tooltip and the screen reader. */
  readonly words: string;
  readonly isUrgent: boolean;
}

/** How many messages wait for the operator's decision; while there are none, how many are on their way. */
export function useDeliveryBadge(): RailBadge | null {
  const failed = useStoreState('status', (state) => state.status?.outbox.failed ?? 0);
  const waiting = useStoreState('status', (state) => {
    const outbox = state.status?.outbox;
    return outbox === undefined ? 0 : outbox.queued + outbox.inFlight;
  });
  const letters = useStoreState('deadLetters', (state) => state.list?.letters.length ?? 0);
  // A failed message of the outbox has a dead letter too.
  const unsettled = Math.max(failed, letters);
  if (unsettled > 0) {
    const count = formatCount(unsettled);
    return { text: count, words: `${count} failed`, isUrgent: true };
  }
  if (waiting === 0) return null;
  const count = formatCount(waiting);
  return { text: count, words: `${count} on their way`, isUrgent: false };
}
