import type { TopicConfigEntry } from '../log/topic-config.js';
import { ErrorCode } from '../protocol/error-code.js';
import type { ProtocolWriter } from '../protocol/protocol-writer.js';
import { type ApiContext, type BrokerServices, defineApi } from './api.js';
import { DEFAULT_CONFIG_SOURCE, TOPIC_CONFIG_SOURCE } from './config-resource.js';
import { roomForPartitions } from './metadata.js';
import { toWireError } from './wire-error.js';

interface NewTopic {
  readonly name: string;
  readonly partitionCount: number;
  readonly replicationFactor: number;
  /** Broker ids of each partition's replicas, when the client places them itself. */
  readonly assignments: readonly { readonly partition: number; readonly brokerIds: readonly number[] }[];
  readonly configs: readonly { readonly name: string; readonly value: string | null }[];
}

interface TopicOutcome {
  readonly name: string;
  readonly errorCode: ErrorCode;
  readonly errorMessage: string | null;
  readonly partitionCount: number;
  readonly configs: readonly TopicConfigEntry[];
}

interface CreateTopicsRequest {
  readonly topics: readonly NewTopic[];
  readonly validateOnly: boolean;
}

const BROKER_DEFAULT = -1;

/**
 * CreateTopics (key 19), versions 0-5.
 *
 * Behaviour: durable before it is answered. -1 partitions means the broker's default, -1 replicas means one (KIP-464, in
 * every version). More than one replica: INVALID_REPLICATION_FACTOR, as on any Kafka with one broker.
 * Deviations: settings the embedded broker does not know are refused (INVALID_CONFIG), also some that Apache Kafka has;
 * more than `maxPartitions` partitions: POLICY_VIOLATION.
 */
export const createTopics = defineApi<CreateTopicsRequest, { readonly topics: readonly TopicOutcome[] }>({
  key: 19,
  name: 'CreateTopics',
  minVersion: 0,
  maxVersion: 5,
  firstFlexibleVersion: 5,
  decode: (reader, version) => {
    const topics = reader.array((r) => {
      const name = r.string();
      const partitionCount = r.int32();
      const replicationFactor = r.int16();
      const assignments = r.array((a) => {
        const assignment = { partition: a.int32(), brokerIds: a.array((b) => b.int32()) };
        a.skipTags();
        return assignment;
      });
      const configs = r.array((c) => {
        const config = { name: c.string(), value: c.nullableString() };
        c.skipTags();
        return config;
      });
      r.skipTags();
      return { name, partitionCount, replicationFactor, assignments, configs };
    });
    reader.int32();
    const validateOnly = version >= 1 ? reader.boolean() : false;
    reader.skipTags();
    return { topics, validateOnly };
  },
  handle: async (context, { topics, validateOnly }) => {
    const outcomes: TopicOutcome[] = [];
    for (const topic of topics) {
      const repeated = topics.filter(({ name }) => name === topic.name).length > 1;
      if (repeated) {
        outcomes.push(refused(topic.name, ErrorCode.INVALID_REQUEST, 'The request names this topic twice'));
      } else outcomes.push(await create(context, topic, validateOnly));
    }
    return { topics: outcomes };
  },
  encode: (writer, version, { topics }) => {
    if (version >= 2) writer.int32(0);
    writer.array(topics, (w, topic) => {
      w.string(topic.name).int16(topic.errorCode);
      if (version >= 1) w.nullableString(topic.errorMessage);
      if (version >= 5) encodeSettings(w, topic);
      w.tags();
    });
    writer.tags();
  },
});

function encodeSettings(writer: ProtocolWriter, topic: TopicOutcome): void {
  writer.int32(topic.partitionCount).int16(topic.errorCode === ErrorCode.NONE ? 1 : -1);
  writer.array(topic.configs, (w, entry) => {
    w.string(entry.name).nullableString(entry.value).boolean(entry.readOnly);
    w.int8(entry.isDefault ? DEFAULT_CONFIG_SOURCE : TOPIC_CONFIG_SOURCE)
      .boolean(false)
      .tags();
  });
}

async function create({ broker }: ApiContext, topic: NewTopic, validateOnly: boolean): Promise<TopicOutcome> {
  const { topics } = broker;
  const { name, assignments } = topic;
  const placed = assignments.length > 0;
  if (placed && (topic.partitionCount !== BROKER_DEFAULT || topic.replicationFactor !== BROKER_DEFAULT)) {
    return refused(name, ErrorCode.INVALID_REQUEST, 'Give either counts or a replica assignment, not both');
  }
  if (placed && !isAssignmentToSelf(broker, assignments)) {
    const message = `Partitions must be numbered from 0 and placed on broker ${broker.advertised.nodeId} alone`;
    return refused(name, ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
  }
  if (topic.replicationFactor !== BROKER_DEFAULT && topic.replicationFactor !== 1) {
    const message = `Replication factor ${topic.replicationFactor} is not 1: the embedded broker is a single node`;
    return refused(name, ErrorCode.INVALID_REPLICATION_FACTOR, message);
  }
  const unset = topic.partitionCount === BROKER_DEFAULT;
  const partitionCount = placed
    ? assignments.length
    : unset
      ? broker.settings.defaultPartitions
      : topic.partitionCount;
  const config = Object.fromEntries(topic.configs.map((entry) => [entry.name, entry.value]));
  try {
    topics.validateNewTopic(name, partitionCount, config);
    if (!roomForPartitions(broker, partitionCount)) {
      const message = `The embedded broker holds at most ${broker.settings.maxPartitions} partitions`;
      return refused(name, ErrorCode.POLICY_VIOLATION, message);
    }
    if (!validateOnly) await topics.createTopic(name, partitionCount, config);
    const configs = validateOnly ? [] : topics.describeConfig(name);
    return { name, errorCode: ErrorCode.NONE, errorMessage: null, partitionCount, configs };
  } catch (error) {
    const { errorCode, errorMessage } = toWireError(error);
    return refused(name, errorCode, errorMessage);
  }
}

function isAssignmentToSelf({ advertised }: BrokerServices, assignments: NewTopic['assignments']): boolean {
  const partitions = new Set(assignments.map(({ partition }) => partition));
  return (
    partitions.size === assignments.length &&
    assignments.every(
      ({ partition, brokerIds }) =>
        partition >= 0 &&
        partition < assignments.length &&
        brokerIds.length === 1 &&
        brokerIds[0] === advertised.nodeId,
    )
  );
}

function refused(name: string, errorCode: ErrorCode, errorMessage: string): TopicOutcome {
  return { name, errorCode, errorMessage, partitionCount: -1, configs: [] };
}
