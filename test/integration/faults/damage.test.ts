import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepers, stateFile } from '../../support/faults/keepers.js';
import { DamageRow } from '../../support/faults/rows/damage-row.js';

const timeoutMs = 120_000;

// Chance only picks which bits flip: what one choice of them breaks is broken.
describe.each(keepers)('$name', { tags: ['no-second-try'] }, (keeper) => {
  let row: DamageRow;

  beforeAll(async () => {
    row = await DamageRow.prepare(keeper);
  });
  afterAll(() => row?.close());

  // The state is replaced as a whole, by a rename.
  const itTorn = keeper === stateFile ? null : it;
  itTorn?.(
    'of a file torn at every byte of its last record: the tail is cut with a warning, the rest is there',
    async () => {
      expect(await row.tear()).toBeGreaterThan(50);
    },
    timeoutMs,
  );

  it.each(['closed', 'crashed'] as const)(
    'of 100 random bit flips (%s): none is served, all that cost a record are reported, the rest is there',
    async (state) => {
      expect(await row.flip(state, 100), 'flips that did no harm prove nothing').toBeGreaterThan(0);
    },
    timeoutMs,
  );

  it(
    'of files truncated, emptied and swapped: nothing foreign is served, and what is lost is reported',
    async () => {
      await row.mangle(60);
    },
    timeoutMs,
  );
});
