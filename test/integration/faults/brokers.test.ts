import { describe, it } from 'vitest';
import { brokerProcessProviders } from '../../support/faults/broker-processes.js';
import { expectWithinBounds } from '../../support/faults/expect-row.js';
import { runBrokerRow } from '../../support/faults/rows/broker-row.js';

describe.each(brokerProcessProviders())('$name, the only one, under load', (provider) => {
  it('is killed: consuming within 10 s of its return, nothing acknowledged lost, nothing applied twice', async () => {
    expectWithinBounds(await runBrokerRow(provider, { kills: 1, pauseMs: 0 }));
  }, 120_000);

  it('is frozen for 5 s: consuming within 10 s of its return, nothing acknowledged lost, nothing applied twice', async () => {
    expectWithinBounds(await runBrokerRow(provider, { kills: 0, pauseMs: 5_000 }));
  }, 120_000);
});
