import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chartData, valuesOf } from '../../../../src/renderer/src/views/Overview/chart-data.js';
import { niceStep, scaleAround, scaleWith } from '../../../../src/renderer/src/views/Overview/chart-scale.js';
import { summarise } from '../../../../src/renderer/src/views/Overview/summary.js';
import type { SeriesWindow } from '../../../../src/shared/feed.js';
import { nodeView } from '../bridge.js';

describe('scales', () => {
  test('steps are 1, 2 or 5 times a power of ten, never below what is asked', () => {
    expect([0.000_05, 0.000_07, 0.15, 1, 3, 7].map(niceStep)).toEqual([0.000_05, 0.000_1, 0.2, 1, 5, 10]);
  });

  test('the target is in the middle and every value is inside', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 10, noNaN: true })), (values) => {
        const scale = scaleAround(0.043, values, 0.000_05);
        expect((scale.min + scale.max) / 2).toBeCloseTo(0.043, 9);
        for (const value of values) expect(value >= scale.min && value <= scale.max).toBe(true);
        expect(scale.ticks).toHaveLength(5);
      }),
    );
  });

  test('a calm line stays calm: the finest step is bounded', () => {
    expect(scaleAround(0.043, [0.043_000_001], 0.000_05).ticks.at(-1)).toBeCloseTo(0.0431, 9);
  });

  test('the threshold is a tick and values on both sides are inside', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -10, max: 10, noNaN: true })), (values) => {
        const scale = scaleWith(0.502, values, 0.000_5);
        expect(scale.ticks).toContain(0.502);
        expect(scale.ticks.length).toBeLessThanOrEqual(9);
        for (const value of values) expect(value >= scale.min && value <= scale.max).toBe(true);
      }),
    );
  });
});

test('chart lines hold short silences, show long ones, and list nodes in the given order', () => {
  const silent = Array.from({ length: 10 }, () => null);
  const series: SeriesWindow = {
    windowMs: 60_000,
    startMs: 0,
    stepMs: 6_000,
    nodes: [
      { node: 'nexus', frequencyHz: [1, null, null, ...Array(7).fill(2)], sRoi: silent },
      { node: 'resonance', frequencyHz: Array(10).fill(3), sRoi: silent },
    ],
  };
  const data = chartData(series, 'frequencyHz', ['resonance', 'nexus']);
  expect(data.lines.map((line) => line.node)).toEqual(['resonance', 'nexus']);
  expect(data.lines[1]?.values.slice(0, 4)).toEqual([1, 1, null, 2]);
  expect(new Set(valuesOf(data))).toEqual(new Set([1, 2, 3]));
  expect(chartData(series, 'sRoi', []).lines).toEqual([]);
});

describe('the summary', () => {
  const healthy = (name: string, frequencyHz: number, sRoi: number) =>
    nodeView(name, { health: 'healthy', frequencyHz, sRoi });

  test('is good news when all is well', () => {
    const items = summarise([healthy('a', 0.043, 0.51), healthy('b', 0.043, 0.502)], 0.043, 0.502);
    expect(items).toEqual([
      { tone: 'good', text: 'All 2 nodes healthy' },
      { tone: 'good', text: 'No drift' },
      { tone: 'good', text: 'S-ROI at or above 0.5020' },
    ]);
  });

  test('names who drifts most and who is below the threshold, without the silent ones', () => {
    const silent = nodeView('gone', { health: 'silent', frequencyHz: 9, sRoi: 0 });
    const items = summarise([healthy('a', 0.0432, 0.51), healthy('b', 0.0429, 0.5), silent], 0.043, 0.502);
    expect(items).toEqual([
      { tone: 'bad', text: '2 of 3 nodes healthy' },
      { tone: 'warning', text: 'Largest drift +0.20 mHz (a)' },
      { tone: 'warning', text: 'S-ROI of b below 0.5020' },
    ]);
  });

  test('says nothing before anything is known', () => {
    expect(summarise([], 0.043, 0.502)).toEqual([]);
  });
});
