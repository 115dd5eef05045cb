import { beforeEach, describe, expect, it } from 'vitest';
import { ConnectionAlerts, type KafkaLinks } from '../../../src/main/pipeline/connection-alerts.js';
import { noObserver } from '../../../src/main/pipeline/pipeline-observer.js';
import type { ErrorReport } from '../../../src/shared/errors.js';
import type { LinkPhase, LinkState } from '../../../src/shared/feed.js';
import { ManualClock } from '../../support/manual-clock.js';

const refused: ErrorReport = {
  code: 'KAFKA_UNREACHABLE',
  message: 'nothing listens at 127.0.0.1:9092',
  retriable: true,
  hint: 'Check that the broker runs.',
};

function link(phase: LinkPhase, lastError: ErrorReport | null = null): LinkState {
  return { phase, endpoint: '127.0.0.1:9092', sinceMs: 0, attempt: 0, nextAttemptAtMs: null, lastError };
}

function both(state: LinkState): KafkaLinks {
  return { consumer: state, producer: state };
}

let clock: ManualClock;
let alerts: ConnectionAlerts;
/** What the bell was told, in order. */
let told: string[];

beforeEach(() => {
  clock = new ManualClock();
  told = [];
  alerts = new ConnectionAlerts({
    clock,
    observer: {
      ...noObserver,
      raiseAlert: ({ key, message }) => told.push(`${key}: ${message}`),
      clearAlert: (key) => told.push(`${key} is over`),
    },
  });
});

describe('the alert about Kafka', () => {
  it('comes when it was away for five seconds, says why, and goes when it is back for three', () => {
    alerts.kafkaChanged(both(link('backoff', refused)));
    clock.advance(4_999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual(['kafka.link: Kafka is not connected: nothing listens at 127.0.0.1:9092']);
    alerts.kafkaChanged(both(link('open')));
    clock.advance(2_999);
    expect(told).toHaveLength(1);
    clock.advance(1);
    expect(told[1]).toBe('kafka.link is over');
    expect(clock.pendingTimers).toBe(0);
  });

  it('says what goes on where only one of the two links is lost', () => {
    alerts.kafkaChanged({ consumer: link('backoff', refused), producer: link('open') });
    clock.advance(5_000);
    alerts.kafkaChanged(both(link('backoff', refused)));
    alerts.kafkaChanged({ consumer: link('open'), producer: link('backoff', refused) });
    expect(told).toEqual([
      'kafka.link: Messages are sent to Kafka, but none are received from it: nothing listens at 127.0.0.1:9092',
      'kafka.link: Kafka is not connected: nothing listens at 127.0.0.1:9092',
      'kafka.link: Messages are received from Kafka, but none can be sent to it: nothing listens at 127.0.0.1:9092',
    ]);
  });

  it('tells of messages that are not taken, from when they began to wait, though both links are open', () => {
    const refusal = { error: { ...refused, message: 'too few replicas are in sync' }, waitedMs: 3_000 };
    const producer = { ...link('open'), refusal };
    alerts.kafkaChanged({ consumer: link('open'), producer });
    clock.advance(1_999);
    expect(told).toEqual([]);
    clock.advance(1);
    alerts.kafkaChanged({ consumer: link('backoff', refused), producer });
    expect(told).toEqual([
      'kafka.link: Messages are received from Kafka, but it does not take what is sent: too few replicas are in sync',
      'kafka.link: No messages are received from Kafka, and it does not take what is sent: too few replicas are in sync',
    ]);
    alerts.kafkaChanged(both(link('open')));
    clock.advance(3_000);
    expect(told.at(-1)).toBe('kafka.link is over');
  });

  it('says the same of them while the connection comes and goes', () => {
    const refusal = { error: { ...refused, message: 'too few replicas are in sync' }, waitedMs: 5_000 };
    for (const phase of ['open', 'connecting', 'backoff'] as const)
      alerts.kafkaChanged({ consumer: link('open'), producer: { ...link(phase, refused), refusal } });
    clock.advance(0);
    expect(new Set(told)).toEqual(
      new Set([
        'kafka.link: Messages are received from Kafka, but it does not take what is sent: too few replicas are in sync',
      ]),
    );
  });

  it('does not come for a short interruption', () => {
    alerts.kafkaChanged(both(link('open')));
    alerts.kafkaChanged(both(link('connecting')));
    clock.advance(2_000);
    alerts.kafkaChanged(both(link('open')));
    clock.advance(60_000);
    expect(told).toEqual([]);
  });

  it('is one alert while the link comes and goes', () => {
    for (let round = 0; round < 20; round += 1) {
      alerts.kafkaChanged(both(link('backoff', refused)));
      clock.advance(1_500);
      alerts.kafkaChanged(both(link('open')));
      clock.advance(1_500);
    }
    expect(new Set(told)).toEqual(
      new Set(['kafka.link: Kafka is not connected: nothing listens at 127.0.0.1:9092']),
    );
    clock.advance(3_000);
    expect(told.at(-1)).toBe('kafka.link is over');
  });

  it('does not mind the producer of a cluster that is only watched', () => {
    alerts.kafkaChanged({ consumer: link('open'), producer: link('off') });
    clock.advance(60_000);
    expect(told).toEqual([]);
  });

  it('ends with the pipeline', () => {
    alerts.kafkaChanged(both(link('connecting')));
    clock.advance(5_000);
    expect(told).toEqual(['kafka.link: Kafka is not connected: no answer from 127.0.0.1:9092 yet']);
    alerts.close();
    expect(told.at(-1)).toBe('kafka.link is over');
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('the alert about a peer', () => {
  it('comes when it was not reached within ten seconds, each peer for itself', () => {
    alerts.peerChanged('nexus', link('backoff', refused));
    alerts.peerChanged('aurora', link('open'));
    clock.advance(10_000);
    expect(told).toEqual([
      'peer.nexus.link: nexus was never reached over WebSocket: nothing listens at 127.0.0.1:9092',
    ]);
  });

  it('goes for good once the peer was reached, by its own link too', () => {
    alerts.peerChanged('nexus', link('backoff', refused));
    clock.advance(10_000);
    alerts.peerReached('nexus');
    expect(told.at(-1)).toBe('peer.nexus.link is over');
    alerts.peerChanged('nexus', link('backoff', refused));
    clock.advance(60_000);
    expect(told).toHaveLength(2);
  });

  it('goes when the peer is taken out of the settings', () => {
    alerts.peerChanged('nexus', link('backoff', refused));
    clock.advance(10_000);
    alerts.peerChanged('nexus', link('off'));
    expect(told.at(-1)).toBe('peer.nexus.link is over');
  });
});
