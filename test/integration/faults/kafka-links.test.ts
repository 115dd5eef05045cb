import { afterAll, beforeAll, describe, it } from 'vitest';
import type { LinkFault } from '../../support/fault-proxy.js';
import { expectWithinBounds } from '../../support/faults/expect-row.js';
import { type ProxiedBrokers, proxiedBrokerProviders } from '../../support/faults/proxied-brokers.js';
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
    brokers = await start(Object.keys(lost).length + 1);
  }, 120_000);
  afterAll(() => brokers?.close());

  async function run(index: number, fault: LinkFault, holdMs: number): Promise<void> {
    const proxy = brokers.proxies[index];
    if (proxy === undefined) throw new Error(`there is no link ${index}`);
    expectWithinBounds(await runKafkaLinkRow(proxy, { fault, holdMs }));
  }

  Object.entries(lost).forEach(([name, fault], index) => {
    it.concurrent(`${name}: noticed within 10 s, back within 5 s of healing, nothing lost or doubled`, async () => {
      await run(index, fault, 0);
    }, 120_000);
  });

  it.concurrent('late by 500 ms each way: not called down, and messages keep coming', async () => {
    await run(Object.keys(lost).length, 'delay', 10_000);
  }, 120_000);
});
