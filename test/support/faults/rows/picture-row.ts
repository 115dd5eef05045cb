import type { Producer } from 'kafkajs';
import type { Alert, LinkPhase, NodeStatus, Receipt, TopicView } from '../../../../src/shared/feed.js';
import type { ApacheKafka } from '../../apache-kafka.js';
import { groupCoordinatorOf } from '../../broker/group-coordinator-of.js';
import { startTestNode, type TestNode } from '../../test-node.js';
import { createDirectKafka } from '../direct-kafka.js';
import { History } from '../history.js';
import { type RowResult, RowRun } from '../row.js';

const outbound = 'resonance.outbound';
const inbound = 'resonance.inbound';
const linkAlert = 'kafka.link';
const groupId = 'resonance-group';
const boundMs = 10_000;
/** The next coordinator of the group waits for the session of the consumer's former self to end. */
const hearingBoundMs = 15_000;
/** Two brokers that begin at the same moment have a controller to elect first. */
const togetherBackBoundMs = 15_000;
const askAgainMs = 200;

/** Three brokers die one after the other and come back, while what the operator of a node sees is held against it. */
export async function runPictureRow(cluster: ApacheKafka): Promise<RowResult> {
  const run = new RowRun(new History([]));
  const newTopics = { partitions: 3, replicationFactor: 3 };
  const node = await startTestNode({
    settings: { kafka: { mode: 'external', brokers: cluster.brokers, groupId, newTopics } },
  });
  const picture = new Picture(node);
  const outside = await Outside.connect(cluster.brokers);
  try {
    await picture.linksAre('open');
    await picture.deliver('all are there');
    await picture.topicBecomes(inSync([1, 2, 3]));

    const { first, second, third } = await inTurn(cluster);
    await third.kill();
    const works = Promise.all([
      picture.deliver('a bystander is gone'),
      picture.topicBecomes(inSync([first.id, second.id])),
    ]);
    await run.measure('one gone: sent, and shown as the missing replica', boundMs, works);
    // A slow machine needs so long for it that the bell is right to tell of a message that waits.
    await run.measure('one gone: the bell is silent', boundMs, picture.bellBecomes(false));
    await third.start();
    await picture.topicBecomes(inSync([1, 2, 3]));

    // Whoever coordinates the node's group: for a while it can send, but not receive.
    await first.kill();
    const sends = Promise.all([
      picture.deliver('the coordinator is gone'),
      picture.topicBecomes(inSync([second.id, third.id])),
    ]);
    const hears = outside.say('said while the coordinator is gone').then((said) => picture.hears(said));
    await Promise.all([
      run.measure('the coordinator gone: sent, and shown as the missing replica', boundMs, sends),
      run.measure('the coordinator gone: what comes in is shown', hearingBoundMs, hears),
    ]);
    const sound = Promise.all([picture.linksAre('open'), picture.bellBecomes(false)]);
    await run.measure('the coordinator replaced: both links up, the bell silent', boundMs, sound);

    // Too few replicas for acks=all.
    await second.kill();
    const waiting = await picture.send('one is left');
    claim('two gone: nothing is said to be delivered', waiting.deliveries[0]?.phase !== 'delivered');
    claim('two gone: it waits in the outbox', picture.unsent === 1);
    await Promise.all([
      run.measure('two gone: the bell rings', boundMs, picture.bellBecomes(true)),
      run.measure('two gone: what waits shows why', boundMs, picture.showsReason(waiting)),
      run.measure(
        'two gone: the topics are shown, and what is not known of them',
        boundMs,
        picture.topicBecomes(half),
      ),
    ]);

    await third.kill();
    await run.measure('all gone: both links down', boundMs, picture.linksAre('connecting', 'backoff'));
    claim('all gone: it still waits', picture.unsent === 1);
    claim('all gone: the bell still rings', picture.rings);

    await Promise.all([second.start(), third.start()]);
    const back = Promise.all([picture.delivered(waiting), picture.linksAre('open')]);
    await run.measure('two back: what waited is delivered, both links up', togetherBackBoundMs, back);
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

/** First whoever coordinates the node's group. */
async function inTurn({ nodes }: ApacheKafka) {
  const coordinator = await groupCoordinatorOf(Number(nodes[0]?.port), groupId);
  const first = nodes.find(({ id }) => id === coordinator);
  const [second, third] = nodes.filter((node) => node !== first);
  if (first === undefined || second === undefined || third === undefined) throw new Error('three nodes');
  return { first, second, third };
}

function inSync(ids: readonly number[]): (view: TopicView) => boolean {
  return ({ partitions }) =>
    partitions.length === 3 &&
    partitions.every(
      ({ leader, inSyncReplicas }) =>
        ids.includes(leader) && [...inSyncReplicas].sort().join() === ids.toSorted().join(),
    );
}

/**
 * The survivor alone knows no news: it has all of the topic, and shows either that nobody leads a partition or that whom it takes
 * for the leader can't be asked. What it leads itself is known.
 */
function half({ partitions }: TopicView): boolean {
  const unknown = partitions.filter(({ highWatermark }) => highWatermark === null);
  return (
    partitions.length === 3 &&
    partitions.every(({ replicas }) => replicas.length === 3) &&
    unknown.length > 0 &&
    unknown.every((partition) => partition.unknown !== undefined && partition.lag === null)
  );
}

/** A client of the cluster that is none of the mesh's. */
class Outside {
  readonly #producer: Producer;

  private constructor(producer: Producer) {
    this.#producer = producer;
  }

  static async connect(brokers: readonly string[]): Promise<Outside> {
    const producer = createDirectKafka(brokers).producer();
    await producer.connect();
    return new Outside(producer);
  }

  /** Resolves with the words once they are stored for the node to read. */
  async say(words: string): Promise<string> {
    const message = { type: 'repository_event', node: 'outside', event_type: words, data: {} };
    await this.#producer.send({ topic: inbound, messages: [{ value: JSON.stringify(message) }] });
    return words;
  }

  close(): Promise<void> {
    return this.#producer.disconnect();
  }
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

  /** Resolves once the message that waits shows the reason of a failed attempt, and what to do. */
  showsReason({ id }: Receipt): Promise<Receipt> {
    return this.#node.feed(({ receipts }) =>
      receipts?.find(
        (receipt) =>
          receipt.id === id &&
          receipt.deliveries.every(({ phase, error }) => phase !== 'delivered' && error?.hint !== undefined),
      ),
    );
  }

  async deliver(name: string): Promise<Receipt> {
    const receipt = await this.send(name);
    return receipt.deliveries[0]?.phase === 'delivered' ? receipt : this.delivered(receipt);
  }

  /** Resolves once a message with these words came in. */
  hears(words: string): Promise<true> {
    return this.#node.feed(({ rows }) =>
      rows?.some(({ direction, preview }) => direction === 'in' && preview.includes(words))
        ? true
        : undefined,
    );
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
      const view = views.find(({ name }) => name === outbound);
      if (view !== undefined && matches(view)) return;
      await new Promise((resolve) => setTimeout(resolve, askAgainMs));
    }
  }
}

function isLinkAlert({ key, severity }: Alert): boolean {
  return key === linkAlert && severity === 'error';
}
