import { describe, it } from 'vitest';
import { needsApacheKafka } from '../../support/brokers.js';
import { expectWithinBounds } from '../../support/faults/expect-row.js';
import { runClusterRow } from '../../support/faults/rows/cluster-row.js';

describe.runIf(needsApacheKafka())('three brokers of Apache Kafka under load', () => {
  it('are killed in turn: sends resume within 10 s, consuming within 15 s, nothing acknowledged lost, nothing applied twice', async () => {
    expectWithinBounds(await runClusterRow({ partitions: 3, victims: 'nodes' }));
  }, 300_000);
});
