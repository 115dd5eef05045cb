import { ErrorCode } from '../protocol/error-code.js';
import { type BrokerServices, defineApi } from './api.js';
import { roomForPartitions } from './metadata.js';
import { toWireError } from './wire-error.js';

interface TopicGrowth {
  readonly name: string;
  readonly totalCount: number;
  /** Broker ids of each new partition's replicas, or null to let the broker place them. */
  readonly assignments: readonly (readonly number[])[] | null;
}

interface TopicOutcome {
  readonly name: string;
  readonly errorCode: ErrorCode;
  readonly errorMessage: string | null;
}

interface CreatePartitionsRequest {
  readonly topics: readonly TopicGrowth[];
  readonly validateOnly: boolean;
}

/**
 * CreatePartitions (key 37), versions 0-3.
 *
 * Behaviour: raises the partition count of topics, durably; INVALID_PARTITIONS when it is not more than now.
 * Deviations: more than `maxPartitions` partitions: POLICY_VIOLATION.
 */
export const createPartitions = defineApi<
  CreatePartitionsRequest,
  { readonly topics: readonly TopicOutcome[] }
>({
  key: 37,
  name: 'CreatePartitions',
  minVersion: 0,
  maxVersion: 3,
  firstFlexibleVersion: 2,
  decode: (reader) => {
    const topics = reader.array((r) => {
      const name = r.string();
      const totalCount = r.int32();
      const assignments = r.nullableArray((a) => {
        const brokerIds = a.array((b) => b.int32());
        a.skipTags();
        return brokerIds;
      });
      r.skipTags();
      return { name, totalCount, assignments };
    });
    reader.int32();
    const validateOnly = reader.boolean();
    reader.skipTags();
    return { topics, validateOnly };
  },
  handle: async ({ broker }, { topics, validateOnly }) => {
    const outcomes: TopicOutcome[] = [];
    for (const topic of topics) outcomes.push(await grow(broker, topic, validateOnly));
    return { topics: outcomes };
  },
  encode: (writer, _version, { topics }) => {
    writer.int32(0);
    writer.array(topics, (w, topic) => {
      w.string(topic.name).int16(topic.errorCode).nullableString(topic.errorMessage).tags();
    });
    writer.tags();
  },
});

async function grow(
  broker: BrokerServices,
  growth: TopicGrowth,
  validateOnly: boolean,
): Promise<TopicOutcome> {
  const { name, totalCount, assignments } = growth;
  const refuse = (errorCode: ErrorCode, errorMessage: string): TopicOutcome => ({
    name,
    errorCode,
    errorMessage,
  });
  const topic = broker.topics.get(name);
  if (topic === undefined) return refuse(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `There is no topic ${name}`);
  const added = totalCount - topic.partitions.length;
  if (added <= 0) {
    const message = `Topic ${name} has ${topic.partitions.length} partitions already, ${totalCount} asked`;
    return refuse(ErrorCode.INVALID_PARTITIONS, message);
  }
  const { nodeId } = broker.advertised;
  const placedHere =
    assignments === null ||
    (assignments.length === added && assignments.every((ids) => ids.length === 1 && ids[0] === nodeId));
  if (!placedHere) {
    const message = `Each new partition must be placed on broker ${nodeId} alone`;
    return refuse(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
  }
  if (!roomForPartitions(broker, added)) {
    const message = `The embedded broker holds at most ${broker.settings.maxPartitions} partitions`;
    return refuse(ErrorCode.POLICY_VIOLATION, message);
  }
  try {
    if (!validateOnly) await broker.topics.addPartitions(name, totalCount);
    return { name, errorCode: ErrorCode.NONE, errorMessage: null };
  } catch (error) {
    return { name, ...toWireError(error) };
  }
}
