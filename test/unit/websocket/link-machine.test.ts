import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../../src/main/websocket/backoff.js';
import { type LinkEvent, nextPhase } from '../../../src/main/websocket/link-machine.js';
import type { LinkPhase } from '../../../src/shared/feed.js';

const phases: readonly LinkPhase[] = ['off', 'connecting', 'open', 'backoff', 'failed'];
const events: readonly LinkEvent[] = [
  'connect',
  'opened',
  'failedForNow',
  'failedForGood',
  'retryDue',
  'close',
];

describe('the link machine', () => {
  it('has exactly these transitions', () => {
    const table = phases.flatMap((phase) =>
      events.flatMap((event) => {
        const next = nextPhase(phase, event);
        return next === null ? [] : [`${phase} -${event}-> ${next}`];
      }),
    );
    expect(table).toEqual([
      'off -connect-> connecting',
      'connecting -opened-> open',
      'connecting -failedForNow-> backoff',
      'connecting -failedForGood-> failed',
      'connecting -close-> off',
      'open -failedForNow-> backoff',
      'open -close-> off',
      'backoff -connect-> connecting',
      'backoff -retryDue-> connecting',
      'backoff -close-> off',
      'failed -connect-> connecting',
      'failed -retryDue-> connecting',
      'failed -close-> off',
    ]);
  });
});

describe('the backoff', () => {
  it('doubles its range from 250 ms and ends at 4 s', () => {
    const longest = (attempt: number): number => backoffMs(attempt, () => 0.999_999);
    expect([1, 2, 3, 4, 5, 6, 1_000].map(longest)).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000, 4_000]);
  });

  it('takes anything from nothing on', () => {
    expect(backoffMs(5, () => 0)).toBe(0);
    expect(backoffMs(5, () => 0.5)).toBe(2_000);
  });
});
