import { expect, test } from 'vitest';
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
