import type { SettingKind } from '../../../../shared/setting-fields.js';
import { formatBytes } from '../../format/numbers.js';
import { formatDuration } from '../../format/time.js';

/** A value as its control shows it: a list has one entry a line, nothing is empty. */
export function textOfValue(value: unknown): string {
  if (value === undefined || value === null) return '';
  return Array.isArray(value) ? value.join('\n') : String(value);
}

/** What a control's text stands for. What is no number stays text, so that the check can say what is expected. */
export function valueFromText(kind: SettingKind, text: string): unknown {
  switch (kind) {
    case 'integer':
    case 'number': {
      const trimmed = text.trim();
      return trimmed === '' || Number.isNaN(Number(trimmed)) ? text : Number(trimmed);
    }
    case 'list':
      return text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '');
    case 'switch':
      return text === 'true';
    default:
      return text;
  }
}

/** A large amount in a unit that people read, for example `7 d` for 604,800,000 ms; null where it says nothing new. */
export function readableAmount(unit: string | null, value: unknown): string | null {
  if (typeof value !== 'number') return null;
  if (unit === 'ms' && value >= 1_000) return formatDuration(value);
  if (unit === 'bytes' && value >= 1_024) return formatBytes(value);
  return null;
}
