import { describe, it } from 'vitest';
import { expectWithinBounds } from '../../support/faults/expect-row.js';
import { runNodeRow } from '../../support/faults/rows/node-row.js';

describe('a node with its embedded broker', () => {
  it('is killed under load and while it recovers: serving within 3 s, nothing it had taken is lost or done twice', async () => {
    expectWithinBounds(await runNodeRow({ kills: 2, broker: null }));
  }, 120_000);
});
