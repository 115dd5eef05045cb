import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { apiTable } from '../../../../src/main/broker/apis/api-table.js';

/** Versions that kafkajs 2.2.4 negotiates at most, by API name, and this broker must therefore serve. */
const usedByKafkajs: Readonly<Record<string, number>> = {
  Produce: 7,
  Fetch: 11,
  ListOffsets: 3,
  Metadata: 6,
  OffsetCommit: 5,
  OffsetFetch: 4,
  FindCoordinator: 2,
  JoinGroup: 5,
  Heartbeat: 3,
  LeaveGroup: 3,
  SyncGroup: 3,
  DescribeGroups: 2,
  ListGroups: 3,
  ApiVersions: 2,
  CreateTopics: 3,
  DeleteTopics: 1,
  DeleteRecords: 1,
  InitProducerId: 1,
  DescribeConfigs: 2,
  CreatePartitions: 1,
  DeleteGroups: 1,
};

/** The oldest version that clients of Apache Kafka 4 speak, where it is not 0 (KIP-896, client 4.4.0). */
const requiredByKafka4Clients: Readonly<Record<string, number>> = {
  Produce: 3,
  Fetch: 4,
  ListOffsets: 1,
  OffsetCommit: 2,
  OffsetFetch: 1,
  CreateTopics: 2,
  DeleteTopics: 1,
  DescribeConfigs: 1,
};

const byName = new Map([...apiTable.values()].map((api) => [api.name, api]));

describe('the handler table', () => {
  it.each(Object.entries(usedByKafkajs))('serves %s version %i', (name, version) => {
    const api = byName.get(name);
    expect(api?.minVersion).toBeLessThanOrEqual(version);
    expect(api?.maxVersion).toBeGreaterThanOrEqual(version);
  });

  it.each(Object.entries(requiredByKafka4Clients))('serves %s up to at least version %i', (name, version) => {
    expect(byName.get(name)?.maxVersion).toBeGreaterThanOrEqual(version);
  });

  it('has no transaction API, so that clients are told before they try', () => {
    const transactional = [24, 25, 26, 28];
    expect(transactional.filter((key) => apiTable.has(key))).toEqual([]);
  });

  it('is documented as it is', () => {
    const documentation = readFileSync(new URL('../../../../docs/broker.md', import.meta.url), 'utf8');
    for (const { name, key, minVersion, maxVersion } of apiTable.values()) {
      const versions = minVersion === maxVersion ? `${minVersion}` : `${minVersion}-${maxVersion}`;
      expect(documentation).toContain(`| ${name} | ${key} | ${versions} |`);
    }
  });
});
