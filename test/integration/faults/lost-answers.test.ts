import { afterAll, beforeAll, describe, it } from 'vitest';
import { expectWithinBounds } from '../../support/faults/expect-row.js';
import { type ProxiedBrokers, proxiedBrokerProviders } from '../../support/faults/proxied-brokers.js';
import { runCrashBeforeAnswerRow, runLostAnswerRow } from '../../support/faults/rows/answer-row.js';

describe.each(proxiedBrokerProviders())('messages that $name has stored', ({ start }) => {
  let brokers: ProxiedBrokers;

  beforeAll(async () => {
    brokers = await start(2);
  }, 120_000);
  afterAll(() => brokers?.close());

  function link(index: number) {
    const proxy = brokers.proxies[index];
    if (proxy === undefined) throw new Error(`there is no link ${index}`);
    return proxy;
  }

  it.concurrent('and whose acknowledgement was lost, with and without a key: exactly one copy, acknowledged within 15 s', async () => {
    expectWithinBounds(await runLostAnswerRow(link(0)));
  }, 60_000);

  it.concurrent('and whose node was killed before it heard of it: sent again, applied once', async () => {
    expectWithinBounds(await runCrashBeforeAnswerRow(link(1)));
  }, 60_000);
});
