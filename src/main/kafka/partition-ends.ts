import { ResonanceError } from '../../shared/errors.js';
import { type BrokerQuestions, type PartitionMetadata, partitionError } from './cluster-reader.js';
import { wholeAnswer } from './faults/whole-answer.js';
import { partitionKey } from './group-offset-plan.js';
import type { KafkajsBroker, TopicPartitions } from './kafkajs-cluster.js';

export interface PartitionEnds {
  readonly topic: string;
  readonly partition: number;
  readonly lowOffset: string;
  readonly highWatermark: string;
}

/** By {@link partitionKey}: where each partition begins and ends, or why its leader can't be asked. */
export type EndsByPartition = ReadonlyMap<string, PartitionEnds | ResonanceError>;

interface ListOffsetsAnswer {
  readonly responses: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly errorCode: number;
      readonly offset?: string;
      /** Version 0, newest first. */
      readonly offsets?: readonly string[];
    }[];
  }[];
}

interface Led extends Pick<PartitionMetadata, 'leader'> {
  readonly topic: string;
  readonly partition: number;
}

const earliest = -2;
const latest = -1;

/** Asks each leader for its partitions of these topics. Never rejects for one that can't be asked. */
export async function readEnds(
  { metadata, ask }: BrokerQuestions,
  topics: ReadonlySet<string>,
): Promise<EndsByPartition> {
  const led = metadata.topics
    .filter(({ name }) => topics.has(name))
    .flatMap(({ name, partitions }) =>
      partitions.map(({ partitionId, leader }) => ({ topic: name, partition: partitionId, leader })),
    );
  const answers = await Promise.all(
    [...new Set(led.map(({ leader }) => leader))].map(async (leader) => {
      const own = led.filter((entry) => entry.leader === leader);
      if (leader < 0) return own.map((entry) => [partitionKey(entry), noLeader()] as const);
      try {
        return await ask(leader, (broker) => endsOf(broker, own));
      } catch (error) {
        return own.map((entry) => [partitionKey(entry), unasked(leader, error)] as const);
      }
    }),
  );
  return new Map(answers.flat());
}

async function endsOf(
  broker: KafkajsBroker,
  led: readonly Led[],
): Promise<(readonly [string, PartitionEnds | ResonanceError])[]> {
  const [low, high] = await Promise.all([offsetsAt(broker, led, earliest), offsetsAt(broker, led, latest)]);
  return led.map(({ topic, partition }) => {
    const key = partitionKey({ topic, partition });
    const lowOffset = low.get(key) ?? unanswered();
    const highWatermark = high.get(key) ?? unanswered();
    if (typeof lowOffset !== 'string') return [key, lowOffset] as const;
    if (typeof highWatermark !== 'string') return [key, highWatermark] as const;
    return [key, { topic, partition, lowOffset, highWatermark }] as const;
  });
}

async function offsetsAt(
  broker: KafkajsBroker,
  led: readonly Led[],
  timestamp: number,
): Promise<Map<string, string | ResonanceError>> {
  const topics: TopicPartitions[] = [...new Set(led.map(({ topic }) => topic))].map((topic) => ({
    topic,
    partitions: led
      .filter((entry) => entry.topic === topic)
      .map(({ partition }) => ({ partition, timestamp })),
  }));
  const { responses } = (await wholeAnswer(broker, 'ListOffsets', { topics })) as ListOffsetsAnswer;
  return new Map(
    responses.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, errorCode, offset, offsets }) => {
        const error = partitionError(errorCode, `reading the offsets of ${topic}`);
        return [partitionKey({ topic, partition }), error ?? offset ?? offsets?.[0] ?? unanswered()] as const;
      }),
    ),
  );
}

function noLeader(): ResonanceError {
  return new ResonanceError('KAFKA_UNREACHABLE', 'no broker leads it just now', {
    retriable: true,
    hint: 'Start the brokers that keep its in-sync copies.',
  });
}

function unasked(leader: number, error: unknown): ResonanceError {
  const reason = error instanceof ResonanceError ? error : unanswered();
  const who = reason.message.startsWith('broker ') ? '' : `broker ${leader}: `;
  return new ResonanceError(reason.code, `its leader can’t be asked (${who}${reason.message})`, {
    retriable: reason.retriable,
    ...(reason.hint === undefined ? {} : { hint: reason.hint }),
    cause: error,
  });
}

function unanswered(): ResonanceError {
  return new ResonanceError('KAFKA_FAILED', 'the broker said nothing of it', { retriable: true });
}
