import type { TopicDifference } from '../../../../shared/feed.js';
import { formatDuration } from '../../format/time.js';

export interface DifferenceWords {
  readonly setting: string;
  readonly actual: string;
  readonly wanted: string;
}

const names: Readonly<Record<string, string>> = {
  partitions: 'Partitions',
  replicationFactor: 'Replicas',
  'retention.ms': 'Retention',
};

/** One setting that a topic has other than new ones get, as the operator reads it. */
export function differenceWords({ setting, actual, wanted }: TopicDifference): DifferenceWords {
  const words = setting === 'retention.ms' ? retentionWords : (value: string) => value;
  return { setting: names[setting] ?? setting, actual: words(actual), wanted: words(wanted) };
}

function retentionWords(value: string): string {
  return value === '-1' ? 'for ever' : formatDuration(Number(value));
}
