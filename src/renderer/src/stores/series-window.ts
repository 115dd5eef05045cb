import {
  type FeedBatch,
  type SeriesWindow,
  type SeriesWindowMs,
  seriesMaxPoints,
} from '../../../shared/feed.js';

type Seconds = NonNullable<FeedBatch['series']>;
type NodeSeries = SeriesWindow['nodes'][number];
type Values = readonly (number | null)[];

/** An empty window that ends at `endMs`, for the time before main's answer. */
export function emptySeriesWindow(windowMs: SeriesWindowMs, endMs: number): SeriesWindow {
  const stepMs = Math.max(1_000, windowMs / seriesMaxPoints);
  const startMs = Math.floor((endMs - windowMs) / stepMs) * stepMs + stepMs;
  return { windowMs, startMs, stepMs, nodes: [] };
}

export function seriesLength(window: SeriesWindow): number {
  return Math.round(window.windowMs / window.stepMs);
}

/**
 * The window after some more seconds: each second's values go into the step they fall in (the newest value of a step
 * stands for it), and the window moves on so that the newest step is its last one.
 */
export function appendSeconds(window: SeriesWindow, seconds: Seconds): SeriesWindow {
  const newestMs = seconds.reduce(
    (newest, second) => Math.max(newest, second.atMs),
    Number.NEGATIVE_INFINITY,
  );
  if (!Number.isFinite(newestMs)) return window;
  const { stepMs } = window;
  const length = seriesLength(window);
  const moved = Math.max(0, Math.floor((newestMs - window.startMs) / stepMs) - length + 1);
  const startMs = window.startMs + moved * stepMs;

  const names = new Set(window.nodes.map((node) => node.node));
  for (const second of seconds) for (const point of second.points) names.add(point.node);

  const nodes: NodeSeries[] = [];
  for (const name of names) {
    const before = window.nodes.find((node) => node.node === name);
    const frequencyHz = shifted(before?.frequencyHz ?? [], moved, length);
    const sRoi = shifted(before?.sRoi ?? [], moved, length);
    for (const second of seconds) {
      const index = Math.floor((second.atMs - startMs) / stepMs);
      if (index < 0 || index >= length) continue;
      const point = second.points.find((candidate) => candidate.node === name);
      if (point === undefined) continue;
      frequencyHz[index] = point.frequencyHz ?? frequencyHz[index] ?? null;
      sRoi[index] = point.sRoi ?? sRoi[index] ?? null;
    }
    if (frequencyHz.some(isNumber) || sRoi.some(isNumber)) nodes.push({ node: name, frequencyHz, sRoi });
  }
  return { ...window, startMs, nodes };
}

/**
 * Values as a line shows them: a node that says nothing new for a few steps holds its value, one that is silent for
 * longer leaves a gap.
 */
export function holdValues(values: Values, steps: number): (number | null)[] {
  let held: number | null = null;
  let age = 0;
  return values.map((value) => {
    if (value !== null) {
      held = value;
      age = 0;
      return value;
    }
    age += 1;
    return age <= steps ? held : null;
  });
}

function shifted(values: Values, by: number, length: number): (number | null)[] {
  const result = values.slice(by, by + length);
  while (result.length < length) result.push(null);
  return result;
}

function isNumber(value: number | null): value is number {
  return value !== null;
}
