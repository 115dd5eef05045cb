import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  appendSeconds,
  emptySeriesWindow,
  holdValues,
  seriesLength,
} from '../../../../src/renderer/src/stores/series-window.js';
import { type SeriesWindow, seriesMaxPoints, seriesWindowsMs } from '../../../../src/shared/feed.js';

const second = (atMs: number, node: string, frequencyHz: number | null, sRoi: number | null = null) => ({
  atMs,
  points: [{ node, frequencyHz, sRoi }],
});
const minute: SeriesWindow = { windowMs: 60_000, startMs: 0, stepMs: 1_000, nodes: [] };

describe('appending seconds', () => {
  test('puts a value into the step it belongs to', () => {
    const { nodes, startMs } = appendSeconds(minute, [second(5_400, 'nexus', 0.043)]);
    expect(startMs).toBe(0);
    expect(nodes[0]?.frequencyHz[5]).toBe(0.043);
    expect(nodes[0]?.frequencyHz.filter((value) => value !== null)).toHaveLength(1);
  });

  test('moves on so that the newest step is the last', () => {
    const before = appendSeconds(minute, [second(59_000, 'nexus', 1)]);
    const { nodes, startMs } = appendSeconds(before, [second(61_000, 'nexus', 2)]);
    expect(startMs).toBe(2_000);
    expect(nodes[0]?.frequencyHz.at(-1)).toBe(2);
    expect(nodes[0]?.frequencyHz.at(-3)).toBe(1);
  });

  test('lets the newest value of a long step stand, and silence does not erase it', () => {
    const hour: SeriesWindow = { windowMs: 3_600_000, startMs: 0, stepMs: 12_000, nodes: [] };
    const { nodes } = appendSeconds(hour, [
      second(1_000, 'nexus', 1),
      second(2_000, 'nexus', 2),
      second(3_000, 'nexus', null),
    ]);
    expect(nodes[0]?.frequencyHz[0]).toBe(2);
  });

  test('forgets a node of which nothing is left in the window', () => {
    const before = appendSeconds(minute, [second(1_000, 'gone', 1)]);
    const { nodes } = appendSeconds(before, [second(200_000, 'nexus', 2)]);
    expect(nodes.map((node) => node.node)).toEqual(['nexus']);
  });

  test('ignores seconds from before the window', () => {
    const later = { ...minute, startMs: 100_000 };
    expect(appendSeconds(later, [second(99_000, 'nexus', 1)]).nodes).toEqual([]);
  });

  test('keeps every window at its length, at most what a chart may get, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...seriesWindowsMs),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 10_000_000 }), fc.constantFrom('a', 'b', 'c')), {
          maxLength: 50,
        }),
        (windowMs, arrivals) => {
          let window = emptySeriesWindow(windowMs, 0);
          for (const [atMs, node] of arrivals) window = appendSeconds(window, [second(atMs, node, 1, 2)]);
          const length = seriesLength(window);
          expect(length).toBeLessThanOrEqual(seriesMaxPoints);
          for (const node of window.nodes) {
            expect(node.frequencyHz).toHaveLength(length);
            expect(node.sRoi).toHaveLength(length);
          }
        },
      ),
    );
  });
});

test('an empty window ends at the step of its end', () => {
  const { startMs, stepMs, windowMs } = emptySeriesWindow(300_000, 1_000_500);
  expect(startMs + windowMs - stepMs).toBe(1_000_000);
});

test('a value is held for some steps, then the line breaks off', () => {
  expect(holdValues([null, 1, null, null, null, 2, null], 2)).toEqual([null, 1, 1, 1, null, 2, 2]);
});
