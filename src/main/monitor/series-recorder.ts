import {
  type SeriesPoint,
  type SeriesWindow,
  type SeriesWindowMs,
  seriesMaxPoints,
} from '../../shared/feed.js';

/** Nodes that have a line. */
export const maxSeriesNodes = 64;

const fineStepMs = 1_000;
/** 300 points in an hour. */
const coarseStepMs = 12_000;
const secondsPerCoarseStep = coarseStepMs / fineStepMs;

/** One second of all nodes. */
export interface SeriesSecond {
  readonly atMs: number;
  readonly points: readonly SeriesPoint[];
}

/** A ring of values by step number; NaN where nothing was said. */
class StepRing {
  readonly #values = new Float64Array(seriesMaxPoints).fill(Number.NaN);
  #newestStep = Number.NEGATIVE_INFINITY;

  set(step: number, value: number): void {
    if (step > this.#newestStep) {
      const skipped = Math.min(step - this.#newestStep, seriesMaxPoints);
      for (let back = 0; back < skipped; back += 1) this.#values[slotOf(step - back)] = Number.NaN;
      this.#newestStep = step;
    }
    this.#values[slotOf(step)] = value;
  }

  get(step: number): number | null {
    if (step > this.#newestStep || step <= this.#newestStep - seriesMaxPoints) return null;
    const value = this.#values[slotOf(step)] ?? Number.NaN;
    return Number.isNaN(value) ? null : value;
  }
}

function slotOf(step: number): number {
  return ((step % seriesMaxPoints) + seriesMaxPoints) % seriesMaxPoints;
}

class NodeSeries {
  readonly fineFrequencyHz = new StepRing();
  readonly fineSRoi = new StepRing();
  readonly coarseFrequencyHz = new StepRing();
  readonly coarseSRoi = new StepRing();
  lastStep = 0;
}

/**
 * Frequency and S-ROI of each node: the last value of every second for five minutes, and of every twelve seconds for
 * an hour. Steps are whole seconds of wall time; a wall clock that is set back does not overwrite what was recorded:
 * the recorded past moves back with it.
 */
export class SeriesRecorder {
  readonly #nodes = new Map<string, NodeSeries>();
  #lastStep = Number.NEGATIVE_INFINITY;
  /** Step number minus wall second: more than 0 after the wall clock was set back. */
  #shift = 0;

  /**
   * Records one second.
   *
   * @param atMs wall time of the second's beginning
   * @returns the second as the feed carries it; `null` when nobody said anything
   */
  record(atMs: number, points: readonly SeriesPoint[]): SeriesSecond | null {
    const second = Math.floor(atMs / fineStepMs);
    // A second that is recorded twice (a timer a little early) is one second; further back, the clock was set.
    if (second + this.#shift < this.#lastStep - 1) this.#shift = this.#lastStep + 1 - second;
    const step = Math.max(second + this.#shift, this.#lastStep);
    this.#lastStep = step;
    if (points.length === 0) return null;
    for (const point of points) this.#recordPoint(step, point);
    return { atMs: second * fineStepMs, points };
  }

  /** A whole chart window, at most 300 points a line, ending with the last recorded second. */
  window(windowMs: SeriesWindowMs, nowMs: number): SeriesWindow {
    const isFine = windowMs <= seriesMaxPoints * fineStepMs;
    const stepMs = isFine ? fineStepMs : coarseStepMs;
    const nowStep = Math.max(Math.floor(nowMs / fineStepMs) - 1 + this.#shift, this.#lastStep);
    const lastStep = isFine ? nowStep : Math.floor(nowStep / secondsPerCoarseStep);
    const count = windowMs / stepMs;
    const firstStep = lastStep - count + 1;
    const valuesOf = (ring: StepRing): (number | null)[] =>
      Array.from({ length: count }, (_, index) => ring.get(firstStep + index));
    const nodes = [...this.#nodes]
      .map(([node, series]) => ({
        node,
        frequencyHz: valuesOf(isFine ? series.fineFrequencyHz : series.coarseFrequencyHz),
        sRoi: valuesOf(isFine ? series.fineSRoi : series.coarseSRoi),
      }))
      .filter(({ frequencyHz, sRoi }) => [...frequencyHz, ...sRoi].some((value) => value !== null));
    const startSecond = (isFine ? firstStep : firstStep * secondsPerCoarseStep) - this.#shift;
    return { windowMs, startMs: startSecond * fineStepMs, stepMs, nodes };
  }

  #recordPoint(step: number, point: SeriesPoint): void {
    let series = this.#nodes.get(point.node);
    if (series === undefined) {
      if (this.#nodes.size >= maxSeriesNodes && !this.#forgetOldest(step)) return;
      series = new NodeSeries();
      this.#nodes.set(point.node, series);
    }
    series.lastStep = step;
    const coarseStep = Math.floor(step / secondsPerCoarseStep);
    if (point.frequencyHz !== null) {
      series.fineFrequencyHz.set(step, point.frequencyHz);
      series.coarseFrequencyHz.set(coarseStep, point.frequencyHz);
    }
    if (point.sRoi !== null) {
      series.fineSRoi.set(step, point.sRoi);
      series.coarseSRoi.set(coarseStep, point.sRoi);
    }
  }

  /** Gives up the line that ended first, if it ended before the longest window. */
  #forgetOldest(step: number): boolean {
    for (const [node, series] of this.#nodes) {
      if (step - series.lastStep < seriesMaxPoints * secondsPerCoarseStep) continue;
      this.#nodes.delete(node);
      return true;
    }
    return false;
  }
}
