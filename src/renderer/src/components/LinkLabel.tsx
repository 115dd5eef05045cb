import type { LinkState } from '../../../shared/feed.js';
import { formatAge } from '../format/time.js';
import { linkPhaseWords } from '../format/words.js';
import { linkTone, StateLabel } from './StateMark.js';
import { useNow } from './use-now.js';

/** The state of a connection in words; while it waits, the seconds until the next attempt. */
export function LinkLabel({ link }: { readonly link: LinkState }) {
  return link.phase === 'backoff' && link.nextAttemptAtMs !== null ? (
    <Waiting nextAttemptAtMs={link.nextAttemptAtMs} />
  ) : (
    <StateLabel tone={linkTone(link.phase)}>{linkPhaseWords[link.phase]}</StateLabel>
  );
}

function Waiting({ nextAttemptAtMs }: { readonly nextAttemptAtMs: number }) {
  const waitMs = nextAttemptAtMs - useNow();
  const when = waitMs < 1_000 ? 'now' : `in ${formatAge(waitMs)}`;
  return <StateLabel tone="warning">{`Retries ${when}`}</StateLabel>;
}
