import { describe, expect, it } from 'vitest';
import { expiredBefore } from '../../../../src/main/broker/log/retention.js';
import type { SegmentSummary } from '../../../../src/main/storage/append-log.js';

const segment = (index: number, maxTimestampMs: number, sizeBytes = 100): SegmentSummary => ({
  path: String(index),
  baseSequence: index * 10,
  nextSequence: index * 10 + 10,
  sizeBytes,
  maxTimestampMs,
});
const segments = [segment(0, 1_000), segment(1, 2_000), segment(2, 3_000), segment(3, 4_000)];
const filesOf = (modifiedMs: number) => async (): Promise<number> => modifiedMs;

describe('retention', () => {
  it.each([
    ['nothing without limits', -1, -1, 1e9, 0],
    ['nothing that is young enough', 5_000, -1, 6_000, 0],
    ['the oldest by age', 5_000, -1, 6_001, 10],
    ['all but the last by age', 5_000, -1, 8_001, 30],
    ['the last too, by age', 5_000, -1, 9_001, 40],
    ['none by size that would leave less than is to be kept', -1, 301, 0, 0],
    ['the oldest by size', -1, 300, 0, 10],
    ['never the last by size', -1, 0, 0, 30],
  ])('deletes %s', async (_, retentionMs, retentionBytes, nowMs, expected) => {
    expect(await expiredBefore(segments, { retentionMs, retentionBytes }, nowMs, filesOf(1e12))).toBe(
      expected,
    );
  });

  it('takes the file’s age where a timestamp lies in the future or is missing', async () => {
    const config = { retentionMs: 1_000, retentionBytes: -1 };
    for (const timestampMs of [1e12, -1]) {
      expect(await expiredBefore([segment(0, timestampMs)], config, 6_000, filesOf(5_000))).toBe(0);
      expect(await expiredBefore([segment(0, timestampMs)], config, 6_001, filesOf(5_000))).toBe(10);
    }
  });

  it('stops at an empty log', async () => {
    const config = { retentionMs: 0, retentionBytes: 0 };
    expect(await expiredBefore([], config, 1e9, filesOf(0))).toBe(0);
    expect(await expiredBefore([segment(4, -1, 0)], config, 1e9, filesOf(0))).toBe(40);
  });
});
