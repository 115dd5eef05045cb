import type { Alert, LinkPhase, NodeStatus, Receipt, TopicView } from '../../../../src/shared/feed.js';
import type { ApacheKafka } from '../../apache-kafka.js';
import { startTestNode, type TestNode } from '../../test-node.js';
import { History } from '../history.js';
import { type RowResult, RowRun } from '../row.js';

const topic = 'resonance.outbound';
const linkAlert = 'kafka.link';
const boundMs = 10_000;
const askAgainMs = 200;

/** Three brokers die one after the other and come back, while what the operator of a node sees is held against it. */
export async function runPictureRow(cluster: ApacheKafka): Promise<RowResult> {
  const run = new RowRun(new History([]));
  const [first, second, third] = cluster.nodes;
  if (first === undefined || second === undefined || third === undefined) throw new Error('three nodes');
  const newTopics = { partitions: 3, replicationFactor: 3 };
  const node = await startTestNode({
    settings: { kafka: { mode: 'external', brokers: cluster.brokers, newTopics } },
  });
  const picture = new Picture(node);
  try {
    await picture.linksAre('open');
    await picture.deliver('all are there');
    await picture.topicBecomes(inSync([1, 2, 3]));

    await first.kill();
    const works = Promise.all([picture.deliver('two are left'), picture.topicBecomes(inSync([2, 3]))]);
    await run.measure('one gone: sent, and shown as the missing replica', boundMs, works);
    claim('the bell is silent', !picture.rings);

    // Too few replicas for acks=all.
    await second.kill();
    const waiting = await picture.send('one is left');
    claim('two gone: nothing is said to be delivered', waiting.deliveries[0]?.phase !== 'delivered');
    claim('two gone: it waits in the outbox', picture.unsent === 1);
    await run.measure('two gone: the bell rings', boundMs, picture.bellBecomes(true));

    await third.kill();
    await run.measure('all gone: both links down', boundMs, picture.linksAre('connecting', 'backoff'));
    claim('all gone: it still waits', picture.unsent === 1);
    claim('all gone: the bell still rings', picture.rings);

    await Promise.all([second.start(), third.start()]);
    const back = Promise.all([picture.delivered(waiting), picture.linksAre('open')]);
    await run.measure('two back: what waited is delivered, both links up', boundMs, back);
    await run.measure('two back: the bell is silent', boundMs, picture.bellBecomes(false));
    claim('two back: nothing waits', picture.unsent === 0);

    await first.start();
    await picture.topicBecomes(inSync([1, 2, 3]));
    await picture.deliver('all are back');
    return run.result({ readBack: false });
  } finally {
    await node.close();
  }
}

function claim(what: string, isTrue: boolean): void {
  if (!isTrue) throw new Error(`not so: ${what}`);
}

function inSync(ids: readonly number[]): (view: TopicView) => boolean {
  return ({ partitions }) =>
    partitions.length === 3 &&
    partitions.every(
      ({ leader, inSyncReplicas }) =>
        ids.includes(leader) && [...inSyncReplicas].sort().join() === ids.join(),
    );
}

/** What the operator of a node sees of Kafka. */
class Picture {
  readonly #node: TestNode;

  constructor(node: TestNode) {
    this.#node = node;
  }

  /** The bell has an alert about the links just now. */
  get rings(): boolean {
    return this.#node.node.monitor.alerts.list().some(isLinkAlert);
  }

  get unsent(): number {
    const { queued, inFlight, failed } = this.#node.node.status().outbox;
    return queued + inFlight + failed;
  }

  send(name: string): Promise<Receipt> {
    const fields = { event_type: name, data: {} };
    const request = { type: 'repository_event', fields, target: null, via: 'kafka' } as const;
    return this.#node.node.execute('compose.send', request);
  }

  delivered({ id }: Receipt): Promise<Receipt> {
    return this.#node.feed(({ receipts }) =>
      receipts?.find((receipt) => receipt.id === id && receipt.deliveries[0]?.phase === 'delivered'),
    );
  }

  async deliver(name: string): Promise<Receipt> {
    const receipt = await this.send(name);
    return receipt.deliveries[0]?.phase === 'delivered' ? receipt : this.delivered(receipt);
  }

  /** Resolves once both links are in one of these phases. */
  linksAre(...phases: LinkPhase[]): Promise<NodeStatus> {
    return this.#node.feed(({ status }) => {
      if (status === undefined) return undefined;
      const links = [status.kafka.producer, status.kafka.consumer.link];
      return links.every(({ phase }) => phases.includes(phase)) ? status : undefined;
    });
  }

  bellBecomes(rings: boolean): Promise<true> {
    return this.#node.feed(({ alerts }) =>
      alerts !== undefined && alerts.some(isLinkAlert) === rings ? true : undefined,
    );
  }

  /** Asks for the topics until they look so: a cluster needs a moment to agree on its own state. */
  async topicBecomes(matches: (view: TopicView) => boolean): Promise<void> {
    for (;;) {
      // While a broker has just gone the question may fail.
      const views = await this.#node.node.execute('topics.list', undefined).catch(() => []);
      const view = views.find(({ name }) => name === topic);
      if (view !== undefined && matches(view)) return;
      await new Promise((resolve) => setTimeout(resolve, askAgainMs));
    }
  }
}

function isLinkAlert({ key, severity }: Alert): boolean {
  return key === linkAlert && severity === 'error';
}
