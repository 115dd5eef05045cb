import { minus, noValue } from './numbers.js';

/** A span as one or two units: `840 ms`, `3.2 s`, `2 min 5 s`, `4 h 12 min`, `3 d 4 h`. */
export function formatDuration(durationMs: number): string {
  const sign = durationMs < 0 ? minus : '';
  const span = Math.abs(durationMs);
  if (span < 1_000) return `${sign}${Math.round(span)} ms`;
  if (span < 9_950) return `${sign}${(span / 1_000).toFixed(1).replace('.0', '')} s`;
  const seconds = Math.round(span / 1_000);
  if (seconds < 60) return `${sign}${seconds} s`;
  if (seconds < 3_600) return sign + pair(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1_440) return sign + pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.floor(minutes / 60);
  return sign + pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** How long ago in whole seconds and more, for text that ticks: `now`, `4 s`, `2 min 5 s`. */
export function formatAge(ageMs: number): string {
  if (ageMs < 1_000) return 'now';
  return ageMs < 60_000
    ? `${Math.floor(ageMs / 1_000)} s`
    : formatDuration(Math.floor(ageMs / 1_000) * 1_000);
}

/** Milliseconds with a digit after the point where it says something; a dash without a value. */
export function formatMilliseconds(valueMs: number | null): string {
  if (valueMs === null) return noValue;
  return Math.abs(valueMs) < 10 ? `${valueMs.toFixed(1)} ms` : formatDuration(valueMs);
}

/** Local time of day with milliseconds, `14:03:07.250`. */
export function formatClock(atMs: number): string {
  const time = new Date(atMs);
  return `${formatClockSeconds(atMs)}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}

/** Local time of day, `14:03:07`. */
export function formatClockSeconds(atMs: number): string {
  const time = new Date(atMs);
  return [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

/** Local date and time, `2026-01-13 14:03:07`. */
export function formatDateTime(atMs: number): string {
  const time = new Date(atMs);
  const date = [time.getFullYear(), time.getMonth() + 1, time.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
  return `${date} ${formatClockSeconds(atMs)}`;
}
