import { formatDuration } from '../../format/time.js';

/** Below this the two clocks agree as far as timestamps that travel can tell. */
const agreeingMs = 50;

/** How a node's clock stands to ours. @param skewMs its clock minus ours; null while unknown */
export function describeSkew(skewMs: number | null): string {
  if (skewMs === null) return 'not known yet';
  if (Math.abs(skewMs) < agreeingMs) return 'agrees with ours';
  return `${formatDuration(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead of' : 'behind'} ours`;
}
