import { describe, expect, it } from 'vitest';
import { compareTopic, describeDifferences } from '../../../src/main/kafka/topic-settings.js';

const existing = { partitions: 1, replicationFactor: 1, configs: { 'retention.ms': '604800000' } };

describe('comparing an existing topic with the settings', () => {
  it('finds what differs, and in which way', () => {
    const wanted = { partitions: 3, replicationFactor: 2, configs: { 'retention.ms': '-1' } };
    const differences = compareTopic(wanted, existing);
    expect(differences).toEqual([
      { setting: 'partitions', wanted: '3', actual: '1' },
      { setting: 'replicationFactor', wanted: '2', actual: '1' },
      { setting: 'retention.ms', wanted: '-1', actual: '604800000' },
    ]);
    expect(describeDifferences(differences.slice(1))).toBe(
      'replicationFactor is 1, wanted 2; retention.ms is 604800000, wanted -1',
    );
  });

  it('finds nothing where all is as wanted, or left to the brokers', () => {
    expect(compareTopic({ partitions: 1, configs: { 'retention.ms': '604800000' } }, existing)).toEqual([]);
    expect(compareTopic({}, existing)).toEqual([]);
  });

  it('does not compare what the brokers did not tell', () => {
    expect(compareTopic({ configs: { 'retention.ms': '1' } }, { ...existing, configs: {} })).toEqual([]);
  });
});
