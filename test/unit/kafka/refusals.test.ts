import { beforeEach, describe, expect, it } from 'vitest';
import { Refusals } from '../../../src/main/kafka/refusals.js';
import { ResonanceError } from '../../../src/shared/errors.js';
import { ManualClock } from '../../support/manual-clock.js';

const tooFew = new ResonanceError('KAFKA_FAILED', 'too few replicas', { retriable: true });
const noLeader = new ResonanceError('KAFKA_UNREACHABLE', 'no leader', { retriable: true });

let clock: ManualClock;
let refusals: Refusals;
/** What was told, in order. */
let told: string[];

beforeEach(() => {
  clock = new ManualClock();
  told = [];
  refusals = new Refusals(clock, (refusal) => {
    told.push(refusal === null ? 'taken' : `${refusal.error.message} after ${refusal.waitedMs} ms`);
  });
});

describe('the refusals of a producer', () => {
  it('are told with each new reason, and how long the messages had waited, until they are taken', () => {
    clock.advance(3_000);
    refusals.refused('a/0', tooFew, 0);
    clock.advance(1_000);
    refusals.refused('a/0', tooFew, 0);
    refusals.refused('a/0', noLeader, 0);
    refusals.taken('a/0');
    refusals.taken('a/0');
    expect(told).toEqual(['too few replicas after 3000 ms', 'no leader after 4000 ms', 'taken']);
  });

  it('are one: that of the messages which have waited longest', () => {
    clock.advance(1_000);
    refusals.refused('a/0', tooFew, 500);
    refusals.refused('b/0', noLeader, 0);
    refusals.taken('b/0');
    refusals.taken('a/0');
    expect(told).toEqual([
      'too few replicas after 500 ms',
      'no leader after 1000 ms',
      'too few replicas after 500 ms',
      'taken',
    ]);
  });

  it('last over a batch that was given up, until the next one is tried or nobody comes with one', () => {
    refusals.refused('a/0', tooFew, 0);
    refusals.givenUp('a/0');
    clock.advance(34_999);
    refusals.refused('a/0', tooFew, 34_999);
    clock.advance(60_000);
    expect(told).toEqual(['too few replicas after 0 ms']);
    refusals.givenUp('a/0');
    clock.advance(35_000);
    expect(told.at(-1)).toBe('taken');
  });

  it('end with the producer', () => {
    refusals.refused('a/0', tooFew, 0);
    refusals.givenUp('a/0');
    refusals.close();
    expect(told.at(-1)).toBe('taken');
    expect(clock.pendingTimers).toBe(0);
  });
});
