import { activeProfile } from '../../shared/active-profile.js';
import type { Config } from '../../shared/config.js';

/** Sections that the running transports were built from; others apply without touching a connection. */
const builtFrom = ['node', 'resonance', 'sync', 'kafka', 'profile', 'websocket', 'broker'] as const;

/**
 * What new settings (the active profile laid over them) mean for the running pipeline: it is built anew, only its links to
 * peers follow, or it stays as it is.
 */
export type PipelineChange = 'rebuild' | 'peers' | 'none';

export function pipelineChange(before: Config, after: Config): PipelineChange {
  const differs = (section: keyof Config): boolean =>
    JSON.stringify(before[section]) !== JSON.stringify(after[section]);
  if (activeProfile(before).readOnly !== activeProfile(after).readOnly || builtFrom.some(differs))
    return 'rebuild';
  return differs('peers') ? 'peers' : 'none';
}
