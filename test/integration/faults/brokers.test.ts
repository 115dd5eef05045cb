import { afterAll, beforeAll, describe, it } from 'vitest';
import { type BrokerProcess, brokerProcessProviders } from '../../support/faults/broker-processes.js';
import { expectWithinBounds } from '../../support/faults/expect-row.js';
import { runBrokerRow } from '../../support/faults/rows/broker-row.js';
import { runHandlingRow } from '../../support/faults/rows/handling-row.js';
import { runNodeRow } from '../../support/faults/rows/node-row.js';

describe.each(brokerProcessProviders())('$name as the only broker', ({ start }) => {
  let broker: BrokerProcess;

  beforeAll(async () => {
    broker = await start();
  }, 120_000);
  afterAll(() => broker?.close());

  it('is killed under load: consuming within 10 s of its return, nothing acknowledged lost, nothing applied twice', async () => {
    expectWithinBounds(await runBrokerRow(broker, { kills: 1, pauseMs: 0 }));
  }, 120_000);

  it('is frozen for 5 s: consuming within 10 s of its return, nothing acknowledged lost, nothing applied twice', async () => {
    expectWithinBounds(await runBrokerRow(broker, { kills: 0, pauseMs: 5_000 }));
  }, 120_000);

  it('has a node that is killed under load and while it recovers: serving within 3 s, nothing lost, nothing done twice', async () => {
    expectWithinBounds(await runNodeRow({ kills: 2, broker }));
  }, 120_000);

  it('has a program that is killed under load: handling within 10 s, nothing lost, only what it did in its last 2 s done twice', async () => {
    expectWithinBounds(await runHandlingRow(broker, 1));
  }, 120_000);
});
