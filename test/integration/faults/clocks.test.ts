import { describe, it } from 'vitest';
import { expectWithinBounds } from '../../support/faults/expect-row.js';
import { runClockRow } from '../../support/faults/rows/clock-row.js';

const hourMs = 3_600_000;
const tenYearsMs = 10 * 365 * 24 * hourMs;
const promise =
  'messages are applied once and in order, changes of the state agreed on, beats seen, the skew shown to 2 s';

describe('a node whose wall clock is wrong', () => {
  it.concurrent(`jumps an hour and then ten years ahead: ${promise}`, async () => {
    expectWithinBounds(await runClockRow({ offsetsMs: [0, hourMs, tenYearsMs] }));
  }, 60_000);

  it.concurrent(`is ten years behind, then an hour: ${promise}`, async () => {
    expectWithinBounds(await runClockRow({ offsetsMs: [-tenYearsMs, -hourMs] }));
  }, 60_000);
});
