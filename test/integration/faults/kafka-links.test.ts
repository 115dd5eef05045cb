import { afterAll, beforeAll, describe, it } from 'vitest';
import type { FaultProxy, LinkFault } from '../../support/fault-proxy.js';
import { expectWithinBounds } from '../../support/faults/expect-row.js';
import { type ProxiedBrokers, proxiedBrokerProviders } from '../../support/faults/proxied-brokers.js';
import { runCrashBeforeAnswerRow, runLostAnswerRow } from '../../support/faults/rows/answer-row.js';
import { runKafkaLinkRow } from '../../support/faults/rows/kafka-link-row.js';

const lost = {
  'black-holed': 'blackhole',
  'black-holed, what was sent meanwhile delivered late': 'stall',
  reset: 'reset',
  'half-open': 'half-open',
  'trickled at 1 B/s': 'trickle',
} as const satisfies Record<string, LinkFault>;

describe.each(proxiedBrokerProviders())('a link to $name under load', ({ start }) => {
  let brokers: ProxiedBrokers;

  beforeAll(async () => {
    brokers = await start(Object.keys(lost).length + 3);
  }, 120_000);
  afterAll(() => brokers?.close());

  /** Each test has its own. */
  function link(index: number): FaultProxy {
    const proxy = brokers.proxies[index];
    if (proxy === undefined) throw new Error(`there is no link ${index}`);
    return proxy;
  }

  Object.entries(lost).forEach(([name, fault], index) => {
    it.concurrent(`${name}: noticed within 10 s, back within 5 s of healing, nothing lost or doubled`, async () => {
      expectWithinBounds(await runKafkaLinkRow(link(index + 3), { fault, holdMs: 0 }));
    }, 120_000);
  });

  it.concurrent('late by 500 ms each way: not called down, and messages keep coming', async () => {
    expectWithinBounds(await runKafkaLinkRow(link(0), { fault: 'delay', holdMs: 10_000 }));
  }, 120_000);

  it.concurrent('losing acknowledgements of messages with and without a key: exactly one copy, acknowledged within 15 s', async () => {
    expectWithinBounds(await runLostAnswerRow(link(1)));
  }, 120_000);

  it.concurrent('losing an acknowledgement, and the node killed before it asks again: sent again, applied once', async () => {
    expectWithinBounds(await runCrashBeforeAnswerRow(link(2)));
  }, 120_000);
});
