import type { TopicDifference } from '../../shared/feed.js';
import type { TopicMetadata } from './cluster-reader.js';
import type { KafkajsBroker } from './kafkajs-cluster.js';

/** What new topics get; what is absent is left to the broker's own defaults (KIP-464). */
export interface TopicSettings {
  readonly partitions?: number;
  readonly replicationFactor?: number;
  /** Topic configs such as `retention.ms`. */
  readonly configs?: Readonly<Record<string, string>>;
}

/** A topic as it is. */
export interface ExistingTopic {
  readonly partitions: number;
  /** Of its partition with the fewest replicas. */
  readonly replicationFactor: number;
  readonly configs: Readonly<Record<string, string>>;
}

/** The settings of a topic that are not what it would be created with; what is not known of it is not compared. */
export function compareTopic(wanted: TopicSettings, actual: ExistingTopic): TopicDifference[] {
  const { partitions, replicationFactor, configs = {} } = wanted;
  return [
    ...difference('partitions', partitions, actual.partitions),
    ...difference('replicationFactor', replicationFactor, actual.replicationFactor),
    ...Object.entries(configs).flatMap(([name, value]) => difference(name, value, actual.configs[name])),
  ];
}

/** {@link compareTopic} for topics that exist, by name. */
export async function compareTopics(
  broker: KafkajsBroker,
  wanted: TopicSettings,
  topics: readonly TopicMetadata[],
): Promise<ReadonlyMap<string, readonly TopicDifference[]>> {
  const configs = await readConfigs(
    broker,
    topics.map(({ name }) => name),
    Object.keys(wanted.configs ?? {}),
  );
  return new Map(
    topics.map(({ name, partitions }) => [
      name,
      compareTopic(wanted, {
        partitions: partitions.length,
        replicationFactor: Math.min(...partitions.map(({ replicas }) => replicas.length)),
        configs: configs.get(name) ?? {},
      }),
    ]),
  );
}

/** `partitions is 1, wanted 3; retention.ms is 604800000, wanted 3600000` */
export function describeDifferences(differences: readonly TopicDifference[]): string {
  return differences
    .map(({ setting, wanted, actual }) => `${setting} is ${actual}, wanted ${wanted}`)
    .join('; ');
}

/** ConfigResourceTypes.TOPIC of the protocol. */
const topicResource = 2;

async function readConfigs(
  broker: KafkajsBroker,
  topics: readonly string[],
  configNames: readonly string[],
): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  if (topics.length === 0 || configNames.length === 0) return new Map();
  const { resources } = await broker.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({ type: topicResource, name, configNames: [...configNames] })),
  });
  return new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue])),
    ]),
  );
}

function difference(
  setting: string,
  wanted: string | number | undefined,
  actual: string | number | undefined,
): TopicDifference[] {
  if (wanted === undefined || actual === undefined || String(wanted) === String(actual)) return [];
  return [{ setting, wanted: String(wanted), actual: String(actual) }];
}
