import { expect, test } from 'vitest';
import { kafkaHearing } from '../../../../src/renderer/src/components/kafka-hearing.js';
import { describeSkew } from '../../../../src/renderer/src/views/Nodes/clock-skew.js';
import { conventionalTopic, peerProblems } from '../../../../src/renderer/src/views/Peers/peer-draft.js';

test('a clock is said to agree, to be ahead or behind, or to be unknown', () => {
  expect(describeSkew(null)).toBe('not known yet');
  expect(describeSkew(-12)).toBe('agrees with ours');
  expect(describeSkew(3_600_000)).toBe('1 h ahead of ours');
  expect(describeSkew(-5_000)).toBe('5 s behind ours');
});

const good = { name: 'atlas', websocket: 'ws://atlas:1', topic: conventionalTopic('atlas') };

test('a peer that can be saved has no problems', () => {
  expect(peerProblems(good, ['nexus'])).toEqual({});
});

test('each field of a peer is refused in the schema’s words', () => {
  const problems = peerProblems({ name: 'at las', websocket: 'http://atlas', topic: 'a b' }, []);
  expect(problems.name).toContain('letters, digits');
  expect(problems.websocket).toContain('ws:// or wss://');
  expect(problems.topic).toContain('a Kafka topic name');
});

test('a name cannot be given twice', () => {
  expect(peerProblems(good, ['atlas'])).toEqual({ name: 'atlas is taken' });
});

test.each([
  [
    'a node of the usual pace, just heard',
    { kafkaHeardAtMs: 99_000, beatIntervalMs: 1_000 },
    'open',
    'heard',
  ],
  ['one that stopped', { kafkaHeardAtMs: 80_000, beatIntervalMs: 1_000 }, 'open', 'silent'],
  ['one of a slow pace', { kafkaHeardAtMs: 40_000, beatIntervalMs: 60_000 }, 'open', 'heard'],
  ['one that never came', { kafkaHeardAtMs: null, beatIntervalMs: null }, 'open', 'never'],
  [
    'anybody, while this node has no connection',
    { kafkaHeardAtMs: 99_000, beatIntervalMs: 1_000 },
    'backoff',
    'unreachable',
  ],
] as const)('over Kafka, %s: %j with an own link that is %s is %s', (_who, node, ownLink, hearing) => {
  expect(kafkaHearing(node, ownLink, 100_000)).toBe(hearing);
});
