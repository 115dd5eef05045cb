import { describe, expect, it } from 'vitest';
import { WriteBacklog } from '../../../src/main/websocket/write-backlog.js';

const limits = { maxBytes: 1_000, graceMs: 100, hardMaxBytes: 10_000, maxAgeMs: 1_000 };

describe('a backlog of writes', () => {
  it('is fine for a reader that takes everything', () => {
    const backlog = new WriteBacklog(limits, 0);
    for (let nowMs = 0; nowMs < 10_000; nowMs += 10) {
      expect(backlog.isTooSlow(0, nowMs)).toBe(false);
      backlog.wrote(5_000);
    }
  });

  it('gives a burst above the bound its grace', () => {
    const backlog = new WriteBacklog(limits, 0);
    backlog.wrote(5_000);
    expect(backlog.isTooSlow(5_000, 0)).toBe(false);
    expect(backlog.isTooSlow(5_000, 100)).toBe(false);
    expect(backlog.isTooSlow(5_000, 101)).toBe(true);
  });

  it('is fine for a reader that is always behind but keeps reading', () => {
    const backlog = new WriteBacklog(limits, 0);
    backlog.wrote(5_000);
    for (let nowMs = 0; nowMs < 10_000; nowMs += 50) {
      expect(backlog.isTooSlow(5_000, nowMs)).toBe(false);
      backlog.wrote(5_000);
      expect(backlog.isTooSlow(9_000, nowMs)).toBe(false);
    }
  });

  it('is too old when little waits but none of it is taken', () => {
    const backlog = new WriteBacklog(limits, 0);
    backlog.wrote(10);
    expect(backlog.isTooSlow(10, 0)).toBe(false);
    expect(backlog.isTooSlow(10, 1_000)).toBe(false);
    expect(backlog.isTooSlow(10, 1_001)).toBe(true);
  });

  it('has no grace above the hard bound', () => {
    const backlog = new WriteBacklog(limits, 0);
    backlog.wrote(20_000);
    expect(backlog.isTooSlow(10_001, 0)).toBe(true);
  });
});
