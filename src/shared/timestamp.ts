/** Timestamps outside these years are no clock error but nonsense: refused. A clock ten years off still passes. */
const earliestMs = Date.UTC(2000, 0, 1);
const latestMs = Date.UTC(2100, 0, 1);

const zero = 48;
const nine = 57;

/**
 * Milliseconds since the epoch of an ISO 8601 date-time, or `null` for anything else or an absurd year.
 *
 * Old nodes send microseconds and an offset (`2026-01-13T02:00:00.123456+00:00`) or no offset at all, which means UTC
 * (docs/protocol.md, Messages). Read by hand because every ingested message has one: a regular expression and
 * `Date.parse` cost more than parsing the whole JSON text.
 */
export function parseTimestamp(text: string): number | null {
  if (text.length < 16 || text.length > 40) return null;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const separator = text.charAt(10);
  // Arithmetic with NaN is false in every comparison, so a missing digit is refused here too.
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && hour <= 23 && minute <= 59)) return null;
  if (day > daysInMonth(year, month)) return null;
  if (text.charAt(4) !== '-' || text.charAt(7) !== '-' || text.charAt(13) !== ':') return null;
  if (separator !== 'T' && separator !== ' ') return null;

  let position = 16;
  let second = 0;
  let millisecond = 0;
  if (text.charAt(position) === ':') {
    second = twoDigits(text, position + 1);
    if (!(second <= 59)) return null;
    position += 3;
    const mark = text.charAt(position);
    if (mark === '.' || mark === ',') {
      const end = endOfDigits(text, position + 1);
      const digits = end - position - 1;
      if (digits < 1 || digits > 9) return null;
      millisecond = Number(text.slice(position + 1, Math.min(end, position + 4)).padEnd(3, '0'));
      position = end;
    }
  }
  const offsetMinutes = parseOffset(text, position);
  if (!(offsetMinutes >= -1439 && offsetMinutes <= 1439)) return null;
  const timeMs = Date.UTC(year, month - 1, day, hour, minute, second, millisecond) - offsetMinutes * 60_000;
  return timeMs >= earliestMs && timeMs < latestMs ? timeMs : null;
}

/** Minutes east of UTC of what is left of the text (`Z`, `+02`, `+0200`, `+02:00`, nothing), or NaN. */
function parseOffset(text: string, position: number): number {
  const rest = text.length - position;
  if (rest === 0) return 0;
  const sign = text.charAt(position);
  if (sign === 'Z' || sign === 'z') return rest === 1 ? 0 : Number.NaN;
  if (sign !== '+' && sign !== '-') return Number.NaN;
  const hours = twoDigits(text, position + 1);
  const colon = text.charAt(position + 3) === ':' ? 1 : 0;
  const minutes = rest === 3 ? 0 : rest === 5 + colon ? twoDigits(text, position + 3 + colon) : Number.NaN;
  if (!(hours <= 23 && minutes <= 59)) return Number.NaN;
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes);
}

function twoDigits(text: string, position: number): number {
  const tens = text.charCodeAt(position);
  const ones = text.charCodeAt(position + 1);
  if (!(tens >= zero && tens <= nine && ones >= zero && ones <= nine)) return Number.NaN;
  return (tens - zero) * 10 + (ones - zero);
}

function endOfDigits(text: string, start: number): number {
  let position = start;
  while (position < text.length && text.charCodeAt(position) >= zero && text.charCodeAt(position) <= nine)
    position += 1;
  return position;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The form Resonance sends: UTC with milliseconds and an explicit offset, as Python's `isoformat` writes it. */
export function formatTimestamp(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('Z', '+00:00');
}
