import { BrokerLogError } from '../log/broker-log-error.js';
import type { Topic } from '../log/topic-store.js';
import { ErrorCode } from '../protocol/error-code.js';
import { type ApiContext, type BrokerServices, defineApi } from './api.js';
import { NO_AUTHORIZED_OPERATIONS } from './authorized-operations.js';
import { toWireError } from './wire-error.js';

interface MetadataRequest {
  /** Null asks for all topics. */
  readonly topics: readonly string[] | null;
  readonly allowAutoTopicCreation: boolean;
}

interface TopicMetadata {
  readonly errorCode: ErrorCode;
  readonly name: string;
  readonly partitionCount: number;
}

interface MetadataResponse {
  readonly broker: BrokerServices;
  readonly topics: readonly TopicMetadata[];
}

/**
 * Metadata (key 3), versions 0-9.
 *
 * Behaviour: one broker, which leads every partition in leader epoch 0. A named topic that does not exist is created
 * with the default partition count when `autoCreateTopics` and the client allow it (clients before v4 always do).
 * Deviations: a topic is created before the answer, which therefore never says LEADER_NOT_AVAILABLE; authorised
 * operations are never given (there are no ACLs). More than `maxPartitions` partitions: POLICY_VIOLATION.
 */
export const metadata = defineApi<MetadataRequest, MetadataResponse>({
  key: 3,
  name: 'Metadata',
  minVersion: 0,
  maxVersion: 9,
  firstFlexibleVersion: 9,
  decode: (reader, version) => {
    const named = reader.nullableArray((r) => {
      const name = r.string();
      r.skipTags();
      return name;
    });
    const allowAutoTopicCreation = version >= 4 ? reader.boolean() : true;
    if (version >= 8) {
      reader.boolean();
      reader.boolean();
    }
    reader.skipTags();
    // Version 0 has no null: an empty list asks for all topics.
    const topics = version === 0 && named?.length === 0 ? null : named;
    return { topics, allowAutoTopicCreation };
  },
  handle: async (context, request) => {
    const { topics } = context.broker;
    if (request.topics === null) return { broker: context.broker, topics: topics.list().map(existing) };
    const found: TopicMetadata[] = [];
    for (const name of new Set(request.topics)) found.push(await findOrCreate(context, request, name));
    return { broker: context.broker, topics: found };
  },
  encode: (writer, version, { broker, topics }) => {
    const { nodeId, host, port } = broker.advertised;
    if (version >= 3) writer.int32(0);
    writer.array([broker.advertised], (w) => {
      w.int32(nodeId).string(host).int32(port);
      if (version >= 1) w.nullableString(null);
      w.tags();
    });
    if (version >= 2) writer.nullableString(broker.clusterId);
    if (version >= 1) writer.int32(nodeId);
    writer.array(topics, (w, topic) => {
      w.int16(topic.errorCode).string(topic.name);
      if (version >= 1) w.boolean(false);
      const partitions = Array.from({ length: topic.partitionCount }, (_, partition) => partition);
      w.array(partitions, (p, partition) => {
        p.int16(ErrorCode.NONE).int32(partition).int32(nodeId);
        if (version >= 7) p.int32(0);
        p.array([nodeId], (replicas, id) => replicas.int32(id));
        p.array([nodeId], (replicas, id) => replicas.int32(id));
        if (version >= 5) p.array([], () => undefined);
        p.tags();
      });
      if (version >= 8) w.int32(NO_AUTHORIZED_OPERATIONS);
      w.tags();
    });
    if (version >= 8) writer.int32(NO_AUTHORIZED_OPERATIONS);
    writer.tags();
  },
});

async function findOrCreate(
  { broker }: ApiContext,
  request: MetadataRequest,
  name: string,
): Promise<TopicMetadata> {
  const { topics, settings, logger } = broker;
  const topic = topics.get(name);
  if (topic !== undefined) return existing(topic);
  if (!settings.autoCreateTopics || !request.allowAutoTopicCreation) {
    return missing(name, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  }
  if (!roomForPartitions(broker, settings.defaultPartitions))
    return missing(name, ErrorCode.POLICY_VIOLATION);
  try {
    const created = await topics.createTopic(name, settings.defaultPartitions);
    logger.info('Created a topic that a client asked for', { topic: name });
    return existing(created);
  } catch (error) {
    // Another request created it meanwhile.
    const raced = topics.get(name);
    if (error instanceof BrokerLogError && raced !== undefined) return existing(raced);
    return missing(name, toWireError(error).errorCode);
  }
}

/** Whether `count` more partitions fit below the broker's limit. */
export function roomForPartitions({ topics, settings }: BrokerServices, count: number): boolean {
  const existingCount = topics.list().reduce((sum, topic) => sum + topic.partitions.length, 0);
  return existingCount + count <= settings.maxPartitions;
}

function existing(topic: Topic): TopicMetadata {
  return { errorCode: ErrorCode.NONE, name: topic.name, partitionCount: topic.partitions.length };
}

function missing(name: string, errorCode: ErrorCode): TopicMetadata {
  return { errorCode, name, partitionCount: 0 };
}
