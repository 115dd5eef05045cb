import { ApacheKafka } from '../../support/apache-kafka.js';
import { groupCoordinatorOf } from '../../support/broker/group-coordinator-of.js';
import { needsApacheKafka } from '../../support/brokers.js';
import { expect, test } from '../fixtures/resonance.js';
import { ComposePage } from '../pages/compose.js';
import { Shell } from '../pages/shell.js';

const groupId = 'resonance-group';

/** An election, and a question asked again. How fast it goes has a bound of its own: test/integration/faults/cluster.test.ts. */
const agreed = { timeout: 30_000 };

test('three brokers die one after the other and come back: what the window says is true at each step', async ({
  launch,
}, testInfo) => {
  test.skip(!needsApacheKafka(), 'Apache Kafka is not here');
  test.setTimeout(240_000);
  const cluster = await ApacheKafka.start({ nodes: 3 });
  try {
    const newTopics = { partitions: 3, replicationFactor: 3 };
    const { window } = await launch({
      settings: { kafka: { mode: 'external', brokers: cluster.brokers, groupId, newTopics } },
    });
    const shell = new Shell(window);
    const compose = new ComposePage(window);
    const kafka = shell.status('Kafka');
    const waiting = shell.entry('Delivery');
    const outbound = window
      .getByRole('table', { name: 'Topics' })
      .getByRole('row', { name: 'resonance.outbound' });
    const picture = (name: string) => window.screenshot({ path: testInfo.outputPath(`${name}.png`) });
    const send = async (event: string, outcome: RegExp) => {
      await compose.sendEvent(event);
      await expect(compose.receipt).toContainText(outcome, agreed);
      await compose.close();
    };

    await shell.waitUntilRunning();
    await shell.open('Topics');
    await send('all are there', /Delivered/);
    await expect(outbound).toContainText('Healthy', agreed);
    await expect(shell.alertsButton).toHaveAccessibleName('No alerts');

    // Whoever coordinates the node's group: reading waits for the next one.
    const coordinator = await groupCoordinatorOf(Number(cluster.nodes[0]?.port), groupId);
    const [first, second, third] = cluster.nodes.toSorted(
      (left, right) => Number(right.id === coordinator) - Number(left.id === coordinator),
    );
    if (first === undefined || second === undefined || third === undefined) throw new Error('three nodes');
    await first.kill();
    await send('one is gone', /Delivered/);
    await expect(outbound).toContainText('Under-replicated', agreed);
    await expect(kafka).toHaveAccessibleName(/: Connected/, agreed);
    await expect(shell.alertsButton).toHaveAccessibleName('No alerts', agreed);
    await picture('one-is-gone');

    // Too few replicas for what is to be acknowledged by all.
    await second.kill();
    await send('two are gone', /Queued|Sending/);
    await expect(waiting).toHaveAccessibleName('Delivery: 1 on their way');
    await expect(outbound).toContainText(/Leader not reached|No leader/, agreed);
    await expect(shell.alertsButton).toHaveAccessibleName('1 alert', agreed);
    await picture('two-are-gone');

    await third.kill();
    await expect(window.getByText('The topics could not be read')).toBeVisible(agreed);
    await expect(kafka).not.toHaveAccessibleName(/: Connected/);
    await expect(waiting).toHaveAccessibleName('Delivery: 1 on their way');
    await picture('all-are-gone');

    // Those that were the last to have every record.
    await Promise.all([second.start(), third.start()]);
    await expect(waiting).toHaveAccessibleName('Delivery', agreed);
    await expect(kafka).toHaveAccessibleName(/: Connected/, agreed);
    await expect(outbound).toContainText('Under-replicated', agreed);
    await expect(shell.alertsButton).toHaveAccessibleName('No alerts', agreed);

    await first.start();
    await expect(outbound).toContainText('Healthy', agreed);
    await send('all are back', /Delivered/);
  } finally {
    await cluster.close();
  }
});
