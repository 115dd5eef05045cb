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
  const zoneAt = scanToZone(text);
  if (zoneAt < 0) return null;
  const offsetMinutes = parseOffset(text, zoneAt);
  if (offsetMinutes === invalidOffset) return null;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const second = zoneAt > 16 ? twoDigits(text, 17) : 0;
  const millisecond = zoneAt > 20 ? Number(text.slice(20, Math.min(zoneAt, 23)).padEnd(3, '0')) : 0;
  const timeMs =
    Date.UTC(
      year,
      twoDigits(text, 5) - 1,
      twoDigits(text, 8),
      twoDigits(text, 11),
      twoDigits(text, 14),
      second,
      millisecond,
    ) -
    offsetMinutes * 60_000;
  return timeMs >= earliestMs && timeMs < latestMs ? timeMs : null;
}

/** Whether {@link parseTimestamp} reads it, without working out the time. */
export function isTimestamp(text: string): boolean {
  const zoneAt = scanToZone(text);
  if (zoneAt < 0 || parseOffset(text, zoneAt) === invalidOffset) return false;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  // An offset moves a time by less than a day: only the outermost years need the exact answer.
  return year > 2000 && year < 2099 ? true : parseTimestamp(text) !== null;
}

/** Where the zone begins (the text's length without one), or -1 when what comes before is no date-time. */
function scanToZone(text: string): number {
  const { length } = text;
  if (length < 16 || length > 40) return -1;
  const separator = text.charCodeAt(10);
  if (
    text.charCodeAt(4) !== dash ||
    text.charCodeAt(7) !== dash ||
    text.charCodeAt(13) !== colon ||
    (separator !== upperT && separator !== space)
  ) {
    return -1;
  }
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  if (year < 0 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59)
    return -1;
  if (day > 28 && day > daysInMonth(year, month)) return -1;
  if (length === 16 || text.charCodeAt(16) !== colon) return 16;
  const second = twoDigits(text, 17);
  if (second < 0 || second > 59) return -1;
  const mark = text.charCodeAt(19);
  if (mark !== dot && mark !== comma) return 19;
  let end = 20;
  while (end < length && isDigit(text.charCodeAt(end))) end += 1;
  const digits = end - 20;
  return digits < 1 || digits > 9 ? -1 : end;
}

/** Minutes east of UTC of what is left of the text (`Z`, `+02`, `+0200`, `+02:00`, nothing), or {@link invalidOffset}. */
function parseOffset(text: string, position: number): number {
  const rest = text.length - position;
  if (rest === 0) return 0;
  const sign = text.charCodeAt(position);
  if (sign === upperZ || sign === lowerZ) return rest === 1 ? 0 : invalidOffset;
  if (sign !== plus && sign !== dash) return invalidOffset;
  const hours = twoDigits(text, position + 1);
  const colonLength = text.charCodeAt(position + 3) === colon ? 1 : 0;
  if (rest !== 3 && rest !== 5 + colonLength) return invalidOffset;
  const minutes = rest === 3 ? 0 : twoDigits(text, position + 3 + colonLength);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return invalidOffset;
  return (sign === dash ? -1 : 1) * (hours * 60 + minutes);
}

const invalidOffset = 100_000;
const dash = 45;
const plus = 43;
const colon = 58;
const dot = 46;
const comma = 44;
const space = 32;
const upperT = 84;
const upperZ = 90;
const lowerZ = 122;

/** Far below any sum of valid digits, so that a missing digit shows in every range check. */
const noDigits = -10_000;

function twoDigits(text: string, position: number): number {
  const tens = text.charCodeAt(position);
  const ones = text.charCodeAt(position + 1);
  return isDigit(tens) && isDigit(ones) ? (tens - zero) * 10 + (ones - zero) : noDigits;
}

function isDigit(code: number): boolean {
  return code >= zero && code <= nine;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The form Resonance sends: UTC with milliseconds and an explicit offset, as Python's `isoformat` writes it. */
export function formatTimestamp(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('Z', '+00:00');
}
