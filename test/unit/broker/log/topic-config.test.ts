import { describe, expect, it } from 'vitest';
import {
  changeOverrides,
  describeTopicConfig,
  toTopicConfig,
} from '../../../../src/main/broker/log/topic-config.js';
import { checkTopicName, topicNamesCollide } from '../../../../src/main/broker/log/topic-name.js';

describe('a topic’s settings', () => {
  it('have defaults, take changes and go back to defaults', () => {
    expect(toTopicConfig({})).toEqual({
      retentionMs: 604_800_000,
      retentionBytes: -1,
      segmentBytes: 67_108_864,
      maxMessageBytes: 1_048_588,
    });
    const overrides = changeOverrides({}, { 'retention.ms': '-1', 'cleanup.policy': 'delete' });
    expect(toTopicConfig(overrides).retentionMs).toBe(-1);
    expect(changeOverrides(overrides, { 'retention.ms': null, 'cleanup.policy': null })).toEqual({});
    expect(describeTopicConfig(overrides).map(({ name }) => name)).toEqual([
      'cleanup.policy',
      'compression.type',
      'max.message.bytes',
      'message.timestamp.type',
      'min.insync.replicas',
      'retention.bytes',
      'retention.ms',
      'segment.bytes',
    ]);
  });

  it.each([
    ['retention.ms', '-2'],
    ['retention.ms', '1.5'],
    ['retention.ms', ''],
    ['retention.bytes', '1e3'],
    ['segment.bytes', '100'],
    ['max.message.bytes', '99999999999'],
    ['cleanup.policy', 'compact'],
    ['no.such.setting', '1'],
    ['__proto__', '1'],
    ['toString', '1'],
  ])('refuse %s=%s and name it', (name, value) => {
    const change = Object.fromEntries([[name, value]]);
    expect(() => changeOverrides({}, change)).toThrow(expect.objectContaining({ code: 'INVALID_CONFIG' }));
    expect(() => changeOverrides({}, change)).toThrow(name);
  });
});

describe('a topic’s name', () => {
  it('follows Apache Kafka’s rules', () => {
    for (const name of ['a', 'resonance.state.sync', 'A_b-9', '...', 'x'.repeat(249)]) checkTopicName(name);
    for (const name of ['', '.', '..', 'a b', 'a/b', 'ä', 'x'.repeat(250), 'a\n']) {
      expect(() => checkTopicName(name)).toThrow(
        expect.objectContaining({ code: 'INVALID_TOPIC_EXCEPTION' }),
      );
    }
    expect(topicNamesCollide('a.b_c', 'a_b.c')).toBe(true);
    expect(topicNamesCollide('a.b', 'a-b')).toBe(false);
  });
});
