import type { Config } from '../../shared/config.js';

/** Sections that the running transports were built from; others apply without touching a connection. */
const builtFrom = ['node', 'resonance', 'sync', 'kafka', 'websocket', 'broker', 'peers'] as const;

/** Whether the pipeline has to be built anew for the new settings. */
export function needsNewPipeline(before: Config, after: Config): boolean {
  return builtFrom.some((section) => JSON.stringify(before[section]) !== JSON.stringify(after[section]));
}
