/** What a chart's vertical axis covers. */
export interface Scale {
  readonly min: number;
  readonly max: number;
  /** From low to high, all within min and max. */
  readonly ticks: readonly number[];
}

/** The smallest of 1, 2, 5 x 10^n that is not below `value`. */
export function niceStep(value: number): number {
  const exponent = Math.floor(Math.log10(value));
  // Dividing by a whole power is exact where multiplying by its inverse is not: 5 / 10^5, not 5 x 10^-5.
  const scaled = (factor: number): number =>
    exponent < 0 ? factor / 10 ** -exponent : factor * 10 ** exponent;
  return [1, 2, 5].map(scaled).find((step) => step >= value * (1 - 1e-9)) ?? scaled(10);
}

/**
 * A scale with the target in its middle and two equal steps to either side, so that equal drift up and down is equal
 * distance. It changes in steps of 1, 2, 5 only: a scale that follows every value makes a calm line look wild.
 *
 * @param minStep the finest step; smaller movements stay small
 */
export function scaleAround(target: number, values: Iterable<number>, minStep: number): Scale {
  let reach = 0;
  for (const value of values) reach = Math.max(reach, Math.abs(value - target));
  const step = Math.max(minStep, niceStep(Math.max(reach / 2, minStep)));
  return {
    min: target - 2.3 * step,
    max: target + 2.3 * step,
    ticks: [-2, -1, 0, 1, 2].map((count) => target + count * step),
  };
}

/** A scale that holds the threshold and all values, with about four steps. */
export function scaleWith(threshold: number, values: Iterable<number>, minStep: number): Scale {
  let low = threshold;
  let high = threshold;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const step = Math.max(minStep, niceStep(Math.max((high - low) / 4, minStep)));
  // Steps are counted from the threshold, which therefore is a tick itself.
  const below = Math.max(1, Math.ceil((threshold - low) / step - 1e-9));
  const above = Math.max(2, Math.ceil((high - threshold) / step - 1e-9));
  const ticks: number[] = [];
  for (let count = -below; count <= above; count += 1) ticks.push(threshold + count * step);
  return { min: threshold - (below + 0.3) * step, max: threshold + (above + 0.3) * step, ticks };
}
