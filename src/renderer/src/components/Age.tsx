import { noValue } from '../format/numbers.js';
import { formatAge, formatDateTime } from '../format/time.js';
import { useNow } from './use-now.js';

export interface AgeProps {
  readonly atMs: number | null;
  /** Behind the age, for example `ago`; left out when it is `now`. */
  readonly suffix?: string;
  /** Instead of an age when there is none. */
  readonly never?: string;
}

/** How long ago something was; ticks once a second. */
export function Age({ atMs, suffix, never = noValue }: AgeProps) {
  const nowMs = useNow();
  if (atMs === null) return <span>{never}</span>;
  const age = formatAge(nowMs - atMs);
  return (
    <time dateTime={new Date(atMs).toISOString()} title={formatDateTime(atMs)}>
      {suffix === undefined || age === 'now' ? age : `${age} ${suffix}`}
    </time>
  );
}
