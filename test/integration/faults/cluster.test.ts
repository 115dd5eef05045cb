import { afterAll, beforeAll, describe, it } from 'vitest';
import { ApacheKafka } from '../../support/apache-kafka.js';
import { needsApacheKafka } from '../../support/brokers.js';
import { expectWithinBounds } from '../../support/faults/expect-row.js';
import { runClusterRow } from '../../support/faults/rows/cluster-row.js';
import { runPictureRow } from '../../support/faults/rows/picture-row.js';

describe.runIf(needsApacheKafka())('three brokers of Apache Kafka', () => {
  let cluster: ApacheKafka;

  beforeAll(async () => {
    cluster = await ApacheKafka.start({ nodes: 3 });
  }, 120_000);
  afterAll(() => cluster?.close());

  it('are killed in turn under load: sends resume within 10 s, consuming within 15 s, nothing lost, nothing applied twice', async () => {
    expectWithinBounds(await runClusterRow(cluster, { partitions: 3, victims: 'nodes' }));
  }, 300_000);

  it('die one after the other and come back: links, bell, outbox and replicas as the operator sees them are true within 10 s, 15 s after an election', async () => {
    expectWithinBounds(await runPictureRow(cluster));
  }, 180_000);
});
