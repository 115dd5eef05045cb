import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../../src/main/broker/apis/api.js';
import { apiTable } from '../../../src/main/broker/apis/api-table.js';
import { ProtocolReader } from '../../../src/main/broker/protocol/protocol-reader.js';
import { whyApacheKafkaIsMissing } from '../../support/apache-kafka-distribution.js';
import {
  isInVersions,
  type MessageSchema,
  readMessageSchemas,
} from '../../support/broker/message-schemas.js';
import { RawClient } from '../../support/broker/raw-client.js';
import { decodeBySchema, encodeBySchema, type FixedValues } from '../../support/broker/schema-codec.js';
import { startTestBroker, type TestBroker } from '../../support/embedded-broker.js';

const missing = whyApacheKafkaIsMissing();
if (missing !== null) console.warn(`Not checked against Apache Kafka's message schemas: ${missing}`);

const API_VERSIONS = 18;

/** What must not be left to chance for a request to be answered at all, and at once. */
const sensible: FixedValues = {
  Acks: 1,
  Assignments: 0,
  Configs: 0,
  GroupInstanceId: null,
  KeyType: 0,
  MaxBytes: 1_000_000,
  MaxWaitMs: 0,
  MemberId: '',
  NumPartitions: 1,
  PartitionMaxBytes: 1_000_000,
  ProtocolType: 'consumer',
  RebalanceTimeoutMs: 10_000,
  ReplicaId: -1,
  ReplicationFactor: 1,
  SessionEpoch: -1,
  SessionId: 0,
  SessionTimeoutMs: 10_000,
  TransactionalId: null,
};

function servedVersions(api: Api): number[] {
  return Array.from({ length: api.maxVersion - api.minVersion + 1 }, (_, index) => api.minVersion + index);
}

describe.skipIf(missing !== null)('against Apache Kafka’s own message schemas', () => {
  let broker: TestBroker;
  let schemas: ReadonlyMap<string, MessageSchema>;
  let groups = 0;

  beforeAll(async () => {
    schemas = await readMessageSchemas();
    broker = await startTestBroker();
  });

  afterAll(() => broker.close());

  function schemaOf(name: string): MessageSchema {
    const schema = schemas.get(name);
    if (schema === undefined) throw new Error(`There is no schema of ${name}`);
    return schema;
  }

  async function expectAnswerBySchema(
    api: Api,
    version: number,
    draw: (limit: number) => number,
  ): Promise<void> {
    const request = schemaOf(`${api.name}Request`);
    const response = schemaOf(`${api.name}Response`);
    const flexible = isInVersions(request.flexibleVersions, version);
    groups += 1;
    const body = encodeBySchema(request, version, { ...sensible, GroupId: `group-${groups}` }, draw);
    const header = Buffer.from([0, api.key, 0, version, 0, 0, 0, 7, 0, 1, 0x63, ...(flexible ? [0] : [])]);
    const prefix = Buffer.alloc(4);
    prefix.writeInt32BE(header.length + body.length);
    const client = await RawClient.connect(broker.port);
    try {
      client.send(Buffer.concat([prefix, header, body]));
      const reader = new ProtocolReader(await client.nextResponse(), { flexible });
      expect(reader.int32()).toBe(7);
      if (api.key !== API_VERSIONS) reader.skipTags();
      decodeBySchema(response, version, reader);
      expect(reader.remaining).toBe(0);
    } finally {
      client.destroy();
    }
  }

  it.each([...apiTable.values()])('$name becomes flexible where its schema says so', (api) => {
    const { flexibleVersions } = schemaOf(`${api.name}Request`);
    for (const version of servedVersions(api)) {
      expect(api.isFlexible(version)).toBe(isInVersions(flexibleVersions, version));
    }
  });

  it.each([...apiTable.values()])('$name reads and answers every version as its schema says', async (api) => {
    const { validVersions } = schemaOf(`${api.name}Request`);
    // The schemas of Apache Kafka 4 no longer describe the oldest versions (KIP-896).
    for (const version of servedVersions(api).filter((served) => isInVersions(validVersions, served))) {
      await fc.assert(
        fc.asyncProperty(fc.infiniteStream(fc.nat({ max: 5 })), async (numbers) => {
          await expectAnswerBySchema(api, version, (limit) => (numbers.next().value ?? 0) % limit);
        }),
        { numRuns: 10 },
      );
    }
  });
});
