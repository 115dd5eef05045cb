import { toErrorReport } from '../../shared/errors.js';
import type { KafkaConnectionSettings } from '../kafka/connection-settings.js';
import { GroupAdmin } from '../kafka/group-admin.js';
import { KafkaAdmin } from '../kafka/kafka-admin.js';
import { ResonanceConsumer } from '../kafka/resonance-consumer.js';
import { ResonanceProducer } from '../kafka/resonance-producer.js';
import type { SelectedBrokers } from './broker-selector.js';
import type { ConsumerDelivery } from './delivery.js';
import { GroupDesk } from './group-desk.js';
import type { KafkaAccess } from './kafka-access.js';
import { topicSettings } from './new-topics.js';
import type { PipelineContext } from './pipeline-context.js';
import { StateTopicFollower } from './state-topic-follower.js';
import { TopicDesk } from './topic-desk.js';
import { topicRoles } from './topic-roles.js';

/** The node's Kafka connections, made once it is known where the brokers are. */
export interface KafkaSide {
  readonly selected: SelectedBrokers;
  readonly connection: KafkaConnectionSettings;
  readonly admin: KafkaAdmin;
  readonly producer: ResonanceProducer;
  readonly consumer: ResonanceConsumer;
  /** Consumer groups of the cluster, this node's own among them. */
  readonly groups: GroupDesk;
  /** Topics of the cluster, and what is not right with those of the settings. */
  readonly topics: TopicDesk;
  /** Connects in the background, and keeps trying. */
  start(): void;
  /** The peers of the settings changed, and with them the topics. */
  peersChanged(): void;
  /** Within the deadline, whatever hangs. */
  close(deadlineMs: number): Promise<void>;
}

/** @param dataDirectory snapshots of group offsets are kept below it */
export function createKafkaSide(
  selected: SelectedBrokers,
  access: KafkaAccess,
  context: PipelineContext,
  delivery: ConsumerDelivery,
  dataDirectory: string,
): KafkaSide {
  const { config, clock, observer, ownValues, show } = context;
  const { kafka, node } = config;
  const common = {
    connection: { brokers: selected.brokers, clientId: kafka.clientId, ...access },
    clock,
    logger: context.logger.child('kafka'),
  };
  const admin = new KafkaAdmin({ ...common, newTopics: topicSettings(kafka.newTopics) });
  const topics = new TopicDesk(admin, context);
  const producer = new ResonanceProducer({
    ...common,
    identity: node,
    topics: kafka.topics,
    get targets() {
      return Object.fromEntries(
        Object.entries(context.config.peers).map(([name, { topic }]) => [name, topic]),
      );
    },
    readState: ownValues,
    catalogue: admin,
    compression: kafka.compression,
    onSent: (envelope) => observer.onEnvelope(envelope),
  });
  const consumer = new ResonanceConsumer({
    ...common,
    groupId: kafka.groupId,
    topics: [kafka.topics.inbound, kafka.topics.stateSync],
    catalogue: admin,
    ...delivery,
    onEnvelopes: show,
    onMissingTopics: (missing, reason) => topics.tellMissing(missing, reason),
    onRejected: ({ topic, partition, offset, rejection, byteLength, preview }) =>
      observer.onRejected({
        transport: 'kafka',
        origin: `${topic}/${partition}@${offset}`,
        rejection,
        byteLength,
        preview,
      }),
  });
  const groups = new GroupDesk({
    admin: new GroupAdmin(common),
    dataDirectory,
    clock,
    logger: common.logger,
    readOnly: access.readOnly,
    own: {
      groupId: consumer.view.groupId,
      memberId: () => consumer.memberId,
      whileOutside: (work) => consumer.whileOutside(work),
    },
  });
  // On a cluster that is only watched the consumer's group is its own, and has all partitions.
  const follower = access.readOnly
    ? null
    : new StateTopicFollower({
        ...common,
        topic: kafka.topics.stateSync,
        consumer,
        admin,
        onEnvelopes: show,
      });
  const createLocalTopics = (): void => {
    if (selected.mode === 'embedded' && !access.readOnly) createTopics(admin, context);
  };
  return {
    selected,
    connection: common.connection,
    admin,
    producer,
    consumer,
    groups,
    topics,
    start() {
      createLocalTopics();
      if (!access.readOnly) producer.start();
      compareOnce(consumer, topics);
      void consumer.start();
    },
    peersChanged() {
      createLocalTopics();
      void topics.compare();
    },
    async close(deadlineMs) {
      await Promise.all([
        consumer.close(deadlineMs),
        producer.close(deadlineMs),
        follower?.close(deadlineMs),
      ]);
      await Promise.all([admin.close(), groups.close()]);
      topics.close();
    },
  };
}

/**
 * On the embedded broker every topic of the settings is there from the start, so that any client can subscribe to it; on a
 * cluster topics are made on demand, when the node first reads or sends there.
 */
function createTopics(admin: KafkaAdmin, { config, logger }: PipelineContext): void {
  admin.ensureTopics(Object.keys(topicRoles(config))).catch((error: unknown) => {
    logger.child('kafka').warn('the topics could not be created', { error: toErrorReport(error) });
  });
}

/** As soon as there is a cluster to ask, and once a start: the Topics view asks again. */
function compareOnce(consumer: ResonanceConsumer, topics: TopicDesk): void {
  const unsubscribe = consumer.onLinkChange(({ phase }) => {
    if (phase !== 'open') return;
    unsubscribe();
    void topics.compare();
  });
}
