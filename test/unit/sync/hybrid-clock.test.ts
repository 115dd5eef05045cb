import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HybridClock, maxStampAheadMs, maxStampCounter } from '../../../src/main/sync/hybrid-clock.js';
import { compareStamps, type Stamp } from '../../../src/shared/stamp.js';

const now = Date.UTC(2026, 6, 1);

function clockAt(wallMs: number): { clock: HybridClock; set: (wallMs: number) => void } {
  let current = wallMs;
  const clock = new HybridClock({ wallMs: () => current }, 'resonance');
  return {
    clock,
    set: (next) => {
      current = next;
    },
  };
}

describe('the hybrid clock', () => {
  test('never goes back, whatever the wall clock and the other nodes do', () => {
    const step = fc.oneof(
      fc.record({ set: fc.integer({ min: now - 400_000_000_000, max: now + 400_000_000_000 }) }),
      fc.record({
        observe: fc.tuple(fc.integer({ min: 0, max: now + maxStampAheadMs }), fc.nat(maxStampCounter)),
      }),
      fc.record({ next: fc.constant(true) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { clock, set } = clockAt(now);
        let last: Stamp = clock.next();
        for (const step of steps) {
          if ('set' in step) set(step.set);
          if ('observe' in step) {
            const seen: Stamp = [...step.observe, 'other'];
            clock.observe(seen);
            if (compareStamps(seen, last) > 0) last = [seen[0], seen[1], last[2]];
          }
          if ('next' in step) {
            const stamp = clock.next();
            expect(compareStamps(stamp, last)).toBeGreaterThan(0);
            last = stamp;
          }
        }
      }),
    );
  });

  test('follows the wall clock while that goes forward', () => {
    const { clock, set } = clockAt(now);
    expect(clock.next()).toEqual([now, 0, 'resonance']);
    expect(clock.next()).toEqual([now, 1, 'resonance']);
    set(now + 5);
    expect(clock.next()).toEqual([now + 5, 0, 'resonance']);
  });

  test('goes above a stamp of a node whose clock is ten years ahead', () => {
    const { clock } = clockAt(now);
    const ahead: Stamp = [now + 315_576_000_000, 7, 'nexus'];
    expect(clock.isPlausible(ahead)).toBe(true);
    clock.observe(ahead);
    expect(compareStamps(clock.next(), ahead)).toBeGreaterThan(0);
  });

  test('carries into the wall part when the counter is used up, so that its own stamps stay plausible', () => {
    const { clock } = clockAt(now);
    clock.observe([now + 10, maxStampCounter, 'nexus']);
    const stamp = clock.next();
    expect(stamp).toEqual([now + 11, 0, 'resonance']);
    expect(clock.isPlausible(stamp)).toBe(true);
  });

  test.each([
    ['further ahead than any two honest clocks', [now + maxStampAheadMs + 1, 0, 'x']],
    ['at the end of time', [4_102_444_800_000, 0, 'x']],
    ['before the epoch', [-1, 0, 'x']],
    ['with a fraction', [now + 0.5, 0, 'x']],
    ['with an endless counter', [now, Number.MAX_SAFE_INTEGER, 'x']],
    ['with a negative counter', [now, -1, 'x']],
    ['that is no number', [Number.NaN, 0, 'x']],
  ] as const)('does not believe a stamp %s', (_, stamp) => {
    expect(clockAt(now).clock.isPlausible(stamp)).toBe(false);
  });

  test('judges nobody by its own time when that reads 1970', () => {
    expect(clockAt(0).clock.isPlausible([now, 0, 'nexus'])).toBe(true);
  });
});
