import type { SeriesWindow } from '../../../../shared/feed.js';
import { holdValues } from '../../stores/series-window.js';

export type Quantity = 'frequencyHz' | 'sRoi';

/** One moment of the chart: `x` counts steps from the left; `n0`, `n1`, ... are the nodes' values in their order. */
export interface ChartRow {
  readonly x: number;
  readonly [node: `n${number}`]: number | null;
}

export interface ChartData {
  readonly windowMs: number;
  readonly startMs: number;
  readonly stepMs: number;
  readonly nodes: readonly string[];
  readonly rows: readonly ChartRow[];
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
  const nodes = series.nodes
    .filter((node) => node[quantity].some((value) => value !== null))
    .toSorted((a, b) => place(a.node) - place(b.node));
  const holdSteps = Math.max(1, Math.round(holdMs / series.stepMs));
  const lines = nodes.map((node) => holdValues(node[quantity], holdSteps));
  const length = Math.round(series.windowMs / series.stepMs);
  const rows = Array.from({ length }, (_, x) => {
    const row: { x: number; [node: `n${number}`]: number | null } = { x };
    for (const [index, line] of lines.entries()) row[`n${index}`] = line[x] ?? null;
    return row;
  });
  const { windowMs, startMs, stepMs } = series;
  return { windowMs, startMs, stepMs, nodes: nodes.map((node) => node.node), rows };
}

export function* valuesOf(data: ChartData): Generator<number> {
  for (const row of data.rows) {
    for (let index = 0; index < data.nodes.length; index += 1) {
      const value = row[`n${index}`];
      if (typeof value === 'number') yield value;
    }
  }
}

/** What a node's line says at step `x`; null in a gap. */
export function valueAt(data: ChartData, index: number, x: number): number | null {
  return data.rows[x]?.[`n${index}`] ?? null;
}
