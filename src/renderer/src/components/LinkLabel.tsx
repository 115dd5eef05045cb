import type { LinkState } from '../../../shared/feed.js';
import { formatAge } from '../format/time.js';
import { linkStanding } from './cluster-link.js';
import { StateLabel } from './StateMark.js';
import { useNow } from './use-now.js';

/** The state of a connection in words; while it waits, the seconds until the next attempt. */
export function LinkLabel({ link }: { readonly link: LinkState }) {
  if (link.phase === 'backoff' && link.nextAttemptAtMs !== null) {
    return <Waiting nextAttemptAtMs={link.nextAttemptAtMs} />;
  }
  const { tone, words } = linkStanding(link);
  return <StateLabel tone={tone}>{words}</StateLabel>;
}

function Waiting({ nextAttemptAtMs }: { readonly nextAttemptAtMs: number }) {
  const waitMs = nextAttemptAtMs - useNow();
  const when = waitMs < 1_000 ? 'now' : `in ${formatAge(waitMs)}`;
  return <StateLabel tone="warning">{`Retries ${when}`}</StateLabel>;
}
