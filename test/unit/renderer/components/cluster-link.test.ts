import { expect, test } from 'vitest';
import {
  clusterLink,
  linkStanding,
  linkTrouble,
} from '../../../../src/renderer/src/components/cluster-link.js';
import type { LinkPhase, LinkState, NodeStatus } from '../../../../src/shared/feed.js';

const error = { code: 'KAFKA_FAILED', message: 'too few replicas are in sync', retriable: true } as const;
const refusal = { error, waitedMs: 3_000 };

function link(phase: LinkPhase, part: Partial<LinkState> = {}): LinkState {
  return {
    phase,
    endpoint: 'kafka:9092',
    sinceMs: 0,
    attempt: 0,
    nextAttemptAtMs: null,
    lastError: null,
    ...part,
  };
}

function status(producer: LinkState, consumer: LinkState, readOnly = false) {
  const profile = { name: '', color: null, readOnly };
  const kafka = { producer, consumer: { link: consumer } };
  return { kafka, profile } as unknown as Pick<NodeStatus, 'kafka' | 'profile'>;
}

test('the way to the cluster that stands worse is shown, under a read-only profile the one that reads', () => {
  const [open, lost] = [link('open'), link('backoff')];
  expect(clusterLink(status(open, lost))).toBe(lost);
  expect(clusterLink(status(lost, open))).toBe(lost);
  expect(clusterLink(status(lost, open, true))).toBe(open);
});

test('a connection that is open and takes no messages is not called connected, and says why', () => {
  const refused = link('open', { refusal });
  expect(linkStanding(link('open'))).toMatchObject({ tone: 'good' });
  expect(linkStanding(refused)).toEqual({ tone: 'warning', words: 'Not taking messages' });
  expect(clusterLink(status(refused, link('open')))).toBe(refused);
  expect(linkTrouble(refused)).toBe(error);
});

test('what was wrong with a connection before it opened is over', () => {
  expect(linkTrouble(link('open', { lastError: error }))).toBeNull();
  expect(linkTrouble(link('backoff', { lastError: error }))).toBe(error);
});
