import type { ConfigSource } from '../../../shared/config.js';

interface SourceWords {
  /** On the badge beside a value. */
  readonly badge: string;
  /** Finishes "set by ...". */
  readonly from: string;
}

export const sourceWords: Readonly<Record<ConfigSource, SourceWords>> = {
  default: { badge: 'default', from: 'default' },
  file: { badge: 'file', from: 'the settings file' },
  environment: { badge: 'environment', from: 'an environment variable' },
  flag: { badge: 'flag', from: 'the command line' },
};

/** Whether what the file says does not count. */
export function isOverridden(source: ConfigSource | undefined): source is 'environment' | 'flag' {
  return source === 'environment' || source === 'flag';
}
