import { describe, it } from 'vitest';
import { brokerProcessProviders } from '../../support/faults/broker-processes.js';
import { expectWithinBounds } from '../../support/faults/expect-row.js';
import { runHandlingRow } from '../../support/faults/rows/handling-row.js';
import { runNodeRow } from '../../support/faults/rows/node-row.js';

const promise = 'serving within 3 s, nothing it had taken is lost or takes effect twice';

describe('a node killed under load, and again during its recovery', () => {
  it(`with its embedded broker: ${promise}`, async () => {
    expectWithinBounds(await runNodeRow({ kills: 2, broker: null }));
  }, 120_000);

  it.each(brokerProcessProviders())(
    `with $name elsewhere: ${promise}`,
    async (broker) => {
      expectWithinBounds(await runNodeRow({ kills: 2, broker }));
    },
    120_000,
  );
});

describe.each(brokerProcessProviders())(
  'a program whose handler reads from $name, killed under load',
  (broker) => {
    it('handles again within 10 s: nothing is lost, and at most what it did in its last 2 s is done twice', async () => {
      expectWithinBounds(await runHandlingRow(broker, 2));
    }, 120_000);
  },
);
