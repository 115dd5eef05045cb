import type { GroupDescription, Kafka } from 'kafkajs';
import { ResonanceError } from '../../shared/errors.js';
import type { Exchange } from './offset-delete.js';

/** The parts of kafkajs' own `Cluster` that its types leave out. */
export interface KafkajsCluster {
  readonly rootLogger: object;
  readonly connectionPoolBuilder: {
    build(address: {
      readonly host: string;
      readonly port: number;
    }): Promise<KafkajsBroker['connectionPool']>;
  };
  readonly brokerPool: {
    createBroker(options: {
      readonly connectionPool: KafkajsBroker['connectionPool'];
      readonly logger: object;
    }): KafkajsBroker;
  };
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  findGroupCoordinator(group: { readonly groupId: string }): Promise<KafkajsBroker>;
}

/** The parts of kafkajs' own `Broker`. */
export interface KafkajsBroker {
  readonly versions: Readonly<Record<number, unknown>> | null;
  readonly connectionPool: { send(exchange: Exchange<unknown>): Promise<unknown> };
  /** Makes requests of one API in the newest version that both sides know. */
  lookupRequest(apiKey: number, api: object): (parameters: object) => Exchange<unknown>;
  /** Idempotent. */
  connect(): Promise<void>;
  findGroupCoordinator(group: {
    readonly groupId: string;
    readonly coordinatorType: number;
  }): Promise<{ readonly coordinator: { readonly nodeId: number } }>;
  describeConfigs(query: {
    readonly includeSynonyms: boolean;
    readonly resources: readonly {
      readonly type: number;
      readonly name: string;
      readonly configNames: readonly string[];
    }[];
  }): Promise<{
    readonly resources: readonly {
      readonly resourceName: string;
      readonly configEntries: readonly { readonly configName: string; readonly configValue: string }[];
    }[];
  }>;
  describeGroups(query: { readonly groupIds: readonly string[] }): Promise<{
    readonly groups: readonly GroupDescription[];
  }>;
  listGroups(): Promise<{
    readonly groups: readonly { readonly groupId: string; readonly protocolType: string }[];
  }>;
  offsetFetch(request: { readonly groupId: string; readonly topics: readonly TopicPartitions[] }): Promise<{
    readonly responses: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
    }[];
  }>;
  offsetCommit(request: {
    readonly groupId: string;
    readonly groupGenerationId: number;
    readonly memberId: string;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
    }[];
  }): Promise<unknown>;
}

export interface TopicPartitions {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number }[];
}

/** @throws ResonanceError `KAFKA_FAILED`: this kafkajs has none */
export function createCluster(kafka: Kafka): KafkajsCluster {
  const key = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  const create = key === undefined ? undefined : (kafka as unknown as Record<symbol, unknown>)[key];
  if (typeof create !== 'function') {
    throw new ResonanceError('KAFKA_FAILED', 'this version of kafkajs gives no access to single brokers');
  }
  return create({ metadataMaxAge: 300_000, allowAutoTopicCreation: false }) as KafkajsCluster;
}
