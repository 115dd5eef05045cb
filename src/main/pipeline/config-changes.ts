import { activeProfile } from '../../shared/active-profile.js';
import type { Config } from '../../shared/config.js';

/** Sections that the running transports were built from; others apply without touching a connection. */
const builtFrom = ['node', 'resonance', 'sync', 'kafka', 'profile', 'websocket', 'broker', 'peers'] as const;

/** Whether the pipeline has to be built anew for the new settings (the active profile laid over them). */
export function needsNewPipeline(before: Config, after: Config): boolean {
  const isLocked = (config: Config): boolean => activeProfile(config).readOnly;
  if (isLocked(before) !== isLocked(after)) return true;
  return builtFrom.some((section) => JSON.stringify(before[section]) !== JSON.stringify(after[section]));
}
