import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert, LinkPhase, NodeStatus, Receipt, TopicView } from '../../../src/shared/feed.js';
import { ApacheKafka } from '../../support/apache-kafka.js';
import { needsApacheKafka } from '../../support/brokers.js';
import { startTestNode, type TestNode } from '../../support/test-node.js';

const topic = 'resonance.outbound';
const linkAlert = 'kafka.link';
const toldWithinMs = 10_000;
const backWithinMs = 10_000;

describe.runIf(needsApacheKafka())('what the operator of a node is shown of three brokers', () => {
  let cluster: ApacheKafka;
  let resonance: TestNode;

  beforeAll(async () => {
    cluster = await ApacheKafka.start({ nodes: 3 });
    resonance = await startTestNode({
      settings: {
        kafka: {
          mode: 'external',
          brokers: cluster.brokers,
          newTopics: { partitions: 3, replicationFactor: 3 },
        },
      },
    });
  }, 120_000);
  afterAll(async () => {
    await resonance?.close();
    await cluster?.close();
  }, 60_000);

  function send(name: string): Promise<Receipt> {
    const fields = { event_type: name, data: {} };
    const request = { type: 'repository_event', fields, target: null, via: 'kafka' } as const;
    return resonance.node.execute('compose.send', request);
  }

  function delivered({ id }: Receipt): Promise<Receipt> {
    return resonance.feed(({ receipts }) =>
      receipts?.find((receipt) => receipt.id === id && receipt.deliveries[0]?.phase === 'delivered'),
    );
  }

  async function deliver(name: string): Promise<Receipt> {
    const receipt = await send(name);
    return receipt.deliveries[0]?.phase === 'delivered' ? receipt : delivered(receipt);
  }

  function linksAre(...phases: LinkPhase[]): Promise<NodeStatus> {
    return resonance.feed(({ status }) => {
      if (status === undefined) return undefined;
      const links = [status.kafka.producer, status.kafka.consumer.link];
      return links.every(({ phase }) => phases.includes(phase)) ? status : undefined;
    });
  }

  function bell(matches: (alert: Alert | undefined) => boolean): Promise<true> {
    return resonance.feed(({ alerts }) =>
      alerts !== undefined && matches(alerts.find(({ key }) => key === linkAlert)) ? true : undefined,
    );
  }

  /** Asks for the topics until they look so: a cluster needs a moment to agree on its own state. */
  async function topicBecomes(matches: (view: TopicView) => boolean): Promise<void> {
    for (;;) {
      const views = await resonance.node.execute('topics.list', undefined).catch(() => []);
      const view = views.find(({ name }) => name === topic);
      if (view !== undefined && matches(view)) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  const inSync = (ids: readonly number[]) => (view: TopicView) =>
    view.partitions.length === 3 &&
    view.partitions.every(
      ({ leader, inSyncReplicas }) =>
        ids.includes(leader) && [...inSyncReplicas].sort().join() === ids.join(),
    );

  const unsent = ({ outbox }: NodeStatus): number => outbox.queued + outbox.inFlight;

  async function within<T>(boundMs: number, event: Promise<T>): Promise<T> {
    const startedAtMs = performance.now();
    const value = await event;
    expect(performance.now() - startedAtMs).toBeLessThan(boundMs);
    return value;
  }

  it('is true while they die in turn and come back: links, bell, outbox and replicas, each within 10 s', async () => {
    const [first, second, third] = cluster.nodes;
    if (first === undefined || second === undefined || third === undefined) throw new Error('three nodes');

    // All three.
    await linksAre('open');
    await deliver('all are there');
    await topicBecomes(inSync([1, 2, 3]));

    // Two of three: everything works, and the view shows which replica is missing.
    await first.kill();
    await within(toldWithinMs, Promise.all([deliver('two are left'), topicBecomes(inSync([2, 3]))]));
    expect(resonance.node.monitor.alerts.list().map(({ key }) => key)).not.toContain(linkAlert);

    // One of three: too few replicas for acks=all, so that nothing is said to be delivered.
    await second.kill();
    const waiting = await send('one is left');
    expect(waiting.deliveries[0]?.phase).not.toBe('delivered');
    expect(unsent(resonance.node.status())).toBe(1);

    // None: both links are down, and the bell says so.
    await third.kill();
    const down = await within(toldWithinMs, linksAre('connecting', 'backoff'));
    expect(unsent(down)).toBe(1);
    await within(
      toldWithinMs,
      bell((alert) => alert?.severity === 'error'),
    );

    // Two of three again: what waited is delivered, and the bell is silent.
    await Promise.all([second.start(), third.start()]);
    await within(backWithinMs, Promise.all([delivered(waiting), linksAre('open')]));
    await bell((alert) => alert === undefined);
    expect(resonance.node.status().outbox).toEqual({ queued: 0, inFlight: 0, failed: 0 });

    // All three again.
    await first.start();
    await topicBecomes(inSync([1, 2, 3]));
    await deliver('all are back');
  }, 180_000);
});
