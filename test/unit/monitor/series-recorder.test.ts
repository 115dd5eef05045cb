import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxSeriesNodes, SeriesRecorder } from '../../../src/main/monitor/series-recorder.js';
import { seriesMaxPoints, seriesWindowsMs } from '../../../src/shared/feed.js';

const start = Date.UTC(2026, 0, 13, 2);
const point = (frequencyHz: number | null, node = 'nexus', sRoi: number | null = null) => ({
  node,
  frequencyHz,
  sRoi,
});

describe('the series recorder', () => {
  test('keeps every second of five minutes and the last value of every twelve of an hour', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.nat(100), { freq: 3 }), { minLength: 1, maxLength: 4_000, size: 'max' }),
        (values) => {
          const recorder = new SeriesRecorder();
          for (const [second, value] of values.entries()) {
            recorder.record(start + second * 1_000, value === null ? [] : [point(value)]);
          }
          const nowMs = start + values.length * 1_000;
          for (const windowMs of seriesWindowsMs) {
            const { startMs, stepMs, nodes } = recorder.window(windowMs, nowMs);
            const line = nodes[0]?.frequencyHz ?? [];
            expect(line.length).toBeLessThanOrEqual(seriesMaxPoints);
            for (const [index, shown] of line.entries()) {
              const from = (startMs + index * stepMs - start) / 1_000;
              const said = values.slice(Math.max(0, from), Math.max(0, from + stepMs / 1_000));
              expect(shown).toBe(said.findLast((value) => value !== null) ?? null);
            }
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test('has gaps where nothing was said, also after a long pause', () => {
    const recorder = new SeriesRecorder();
    recorder.record(start, [point(1)]);
    recorder.record(start + 3_000_000, [point(2)]);
    const { nodes, startMs } = recorder.window(300_000, start + 3_001_000);
    expect(nodes[0]?.frequencyHz.filter((value) => value !== null)).toEqual([2]);
    expect(startMs).toBe(start + 3_000_000 - 299_000);
    const hour = recorder.window(3_600_000, start + 3_001_000).nodes[0]?.frequencyHz ?? [];
    expect(hour.filter((value) => value !== null)).toEqual([1, 2]);
  });

  test('moves the past back when the wall clock is set back, and overwrites nothing', () => {
    const recorder = new SeriesRecorder();
    for (let second = 0; second < 10; second += 1) recorder.record(start + second * 1_000, [point(second)]);
    const back = start - 3_600_000;
    for (let second = 0; second < 3; second += 1) {
      expect(recorder.record(back + second * 1_000, [point(100 + second)])?.atMs).toBe(back + second * 1_000);
    }
    const { nodes, startMs, stepMs } = recorder.window(60_000, back + 3_000);
    const line = nodes[0]?.frequencyHz ?? [];
    expect(line.slice(-13)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 100, 101, 102]);
    expect(startMs + (line.length - 1) * stepMs).toBe(back + 2_000);
  });

  test('takes a second that is recorded twice as one', () => {
    const recorder = new SeriesRecorder();
    recorder.record(start, [point(1)]);
    recorder.record(start + 999, [point(2)]);
    recorder.record(start + 1_000, [point(3)]);
    expect(recorder.window(60_000, start + 2_000).nodes[0]?.frequencyHz.slice(-2)).toEqual([2, 3]);
  });

  test('bounds the lines, and gives up one that ended before the longest window', () => {
    const recorder = new SeriesRecorder();
    const many = Array.from({ length: maxSeriesNodes + 5 }, (_, index) => point(index, `node-${index}`));
    recorder.record(start, many);
    expect(recorder.window(300_000, start + 1_000).nodes).toHaveLength(maxSeriesNodes);
    recorder.record(start + 3_601_000, [point(1, 'latecomer')]);
    expect(recorder.window(300_000, start + 3_602_000).nodes.map(({ node }) => node)).toEqual(['latecomer']);
  });
});
