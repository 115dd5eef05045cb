import type { SeriesWindow } from '../../../../shared/feed.js';
import { holdValues } from '../../stores/series-window.js';

export type Quantity = 'frequencyHz' | 'sRoi';

/** One node's values, one a step, oldest first; null in a gap. */
export interface ChartLine {
  readonly node: string;
  readonly values: readonly (number | null)[];
}

export interface ChartData {
  readonly windowMs: number;
  readonly stepMs: number;
  /** Values of each line. */
  readonly length: number;
  readonly lines: readonly ChartLine[];
}

/** A node may say nothing new for so long before its line breaks off. */
const holdMs = 3_000;

/**
 * One quantity of a series window as the chart takes it.
 *
 * @param order nodes in the order they are to be listed; others follow
 */
export function chartData(series: SeriesWindow, quantity: Quantity, order: readonly string[]): ChartData {
  const place = (name: string): number => {
    const index = order.indexOf(name);
    return index < 0 ? order.length : index;
  };
  const { windowMs, stepMs } = series;
  const holdSteps = Math.max(1, Math.round(holdMs / stepMs));
  const lines = series.nodes
    .filter((node) => node[quantity].some((value) => value !== null))
    .toSorted((a, b) => place(a.node) - place(b.node))
    .map((node) => ({ node: node.node, values: holdValues(node[quantity], holdSteps) }));
  return { windowMs, stepMs, length: Math.round(windowMs / stepMs), lines };
}

export function* valuesOf(data: ChartData): Generator<number> {
  for (const line of data.lines) {
    for (const value of line.values) if (value !== null) yield value;
  }
}
