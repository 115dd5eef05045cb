/*
 * Numbers as the operator reads them. Digits after the point are fixed per quantity so that tabular figures stay in
 * place while they change. The locale is fixed too: the point is the mesh's own decimal mark.
 */

const integers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export const minus = '\u2212';
/** Shown where there is no value. */
export const noValue = '\u2013';

export function formatCount(count: number): string {
  return integers.format(count);
}

/** A rate a second: one digit below 10, whole numbers above. */
export function formatRate(rate: number): string {
  if (rate === 0) return '0';
  return rate < 10 ? rate.toFixed(1) : integers.format(rate);
}

/** Bytes with a binary unit, for example `1.4 KiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_024) return `${Math.round(bytes)} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes / 1_024;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** Hertz with five digits after the point: the mesh works at 0.043 Hz and drifts by fractions of a millihertz. */
export function formatFrequency(frequencyHz: number): string {
  return frequencyHz < 10 ? frequencyHz.toFixed(5) : formatSignificant(frequencyHz);
}

/** Distance from the target as signed millihertz, for example `+0.12 mHz`; exactly on target is `±0.00 mHz`. */
export function formatDrift(frequencyHz: number, targetHz: number): string {
  const millihertz = (frequencyHz - targetHz) * 1_000;
  const rounded =
    Math.abs(millihertz) < 100 ? Math.abs(millihertz).toFixed(2) : formatSignificant(Math.abs(millihertz));
  if (Number(rounded) === 0) return `±${rounded} mHz`;
  return `${millihertz > 0 ? '+' : minus}${rounded} mHz`;
}

/** S-ROI with the four digits of its threshold. */
export function formatSRoi(sRoi: number): string {
  return Math.abs(sRoi) < 1_000 ? sRoi.toFixed(4) : formatSignificant(sRoi);
}

/** Distance from the threshold, signed, four digits. */
export function formatMargin(sRoi: number, threshold: number): string {
  const margin = Math.abs(sRoi - threshold);
  const text = margin < 1_000 ? margin.toFixed(4) : formatSignificant(margin);
  if (Number(text) === 0) return `±${text}`;
  return `${sRoi > threshold ? '+' : minus}${text}`;
}

function formatSignificant(value: number): string {
  return new Intl.NumberFormat('en-US', { maximumSignificantDigits: 5, notation: 'compact' }).format(value);
}
