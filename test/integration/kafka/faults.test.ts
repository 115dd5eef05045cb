import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ResonanceConsumer } from '../../../src/main/kafka/resonance-consumer.js';
import type { ResonanceProducer } from '../../../src/main/kafka/resonance-producer.js';
import type { ResonanceError } from '../../../src/shared/errors.js';
import type { LinkPhase } from '../../../src/shared/feed.js';
import { brokerProviders, type TestBroker } from '../../support/brokers.js';
import { FaultProxy, proxyHost } from '../../support/fault-proxy.js';
import { KafkaFixture } from '../../support/kafka-fixture.js';

/** Links notice a fault within this time in these tests, so that they take seconds and not half a minute. */
const quickTimeouts = { connectionTimeoutMs: 1_000, requestTimeoutMs: 2_000 };

describe.each(brokerProviders())('on $name', ({ start }) => {
  let proxy: FaultProxy;
  let broker: TestBroker;
  let fixture: KafkaFixture;

  beforeAll(async () => {
    broker = await start({ advertisedHost: proxyHost });
    proxy = await FaultProxy.start(Number(broker.brokers[0]?.split(':')[1]));
  }, 120_000);
  afterAll(async () => {
    await proxy?.close();
    await broker?.close();
  });
  beforeEach(() => {
    fixture = new KafkaFixture([proxy.address], quickTimeouts);
  });
  afterEach(async () => {
    await proxy.set('pass');
    await fixture.close();
  });

  async function connectBoth(): Promise<{ consumer: ResonanceConsumer; producer: ResonanceProducer }> {
    const consumer = fixture.consumer();
    const producer = fixture.producer();
    await consumer.start();
    await producer.sendHeartbeat();
    await fixture.received(1);
    return { consumer, producer };
  }

  it('gives a message up when its time is over, with the reason', async () => {
    await proxy.set('refuse');
    const producer = fixture.producer({ deliveryTimeoutMs: 1_500 });
    await expect(producer.sendHeartbeat()).rejects.toMatchObject({
      code: 'KAFKA_UNREACHABLE',
      retriable: true,
      hint: expect.stringContaining('kafka.brokers'),
    });
  });

  it('tells within seconds that there is no answer, whatever keeps an attempt, and delivers once there is', async () => {
    // As it ships: the answer would be missed, and the attempt be over, later than that.
    const patient = new KafkaFixture([proxy.address], { requestTimeoutMs: 60_000 });
    try {
      const producer = patient.producer();
      await producer.sendHeartbeat();
      const reasons: (ResonanceError | null)[] = [];
      let tell = (): void => undefined;
      const told = new Promise<void>((resolve) => {
        tell = resolve;
      });
      await proxy.set('stall');
      const sending = producer.publish(
        { type: 'heartbeat', id: '1' },
        {
          onRefused: (error) => {
            reasons.push(error);
            tell();
          },
        },
      );
      await told;
      expect(reasons).toMatchObject([
        { code: 'KAFKA_TIMEOUT', message: expect.stringMatching(/no answer yet$/) },
      ]);
      expect(producer.link).toMatchObject({ phase: 'open', refusal: { error: { code: 'KAFKA_TIMEOUT' } } });
      await proxy.set('pass');
      await sending;
      expect(producer.link.refusal).toBeUndefined();
    } finally {
      await patient.close();
    }
  }, 30_000);

  it('tells why a message waits for a connection, and again when the reason is another one', async () => {
    await proxy.set('refuse');
    const reasons = new Set<string>();
    const sending = fixture
      .producer({ deliveryTimeoutMs: 4_000 })
      .publish({ type: 'heartbeat', id: '1' }, { onRefused: ({ message }) => reasons.add(message) });
    await expect(sending).rejects.toMatchObject({ code: 'KAFKA_UNREACHABLE' });
    expect([...reasons].join()).toMatch(/nothing listens|dropped the connection/);
  });

  it.each(['refuse', 'blackhole'] as const)(
    'closes within its deadline when the link is made to %s',
    async (fault) => {
      const { consumer, producer } = await connectBoth();
      await proxy.set(fault);
      producer.sendHeartbeat().catch(() => undefined);
      const startMs = performance.now();
      await Promise.all([consumer.close(1_500), producer.close(1_500)]);
      expect(performance.now() - startMs).toBeLessThan(4_000);
      expect([consumer.link.phase, producer.link.phase]).toEqual(['off', 'off']);
    },
    60_000,
  );

  it('starts while nothing listens, and consumes once something does', async () => {
    await proxy.set('refuse');
    const consumer = fixture.consumer();
    await consumer.start();
    expect(consumer.link).toMatchObject({ phase: 'backoff', lastError: { code: 'KAFKA_UNREACHABLE' } });
    await proxy.set('pass');
    await phase(consumer, 'open');
    await fixture.producer().sendHeartbeat();
    expect(await fixture.received(1)).toHaveLength(1);
  }, 60_000);

  it('asks on a new connection when the first question on one was never answered', async () => {
    await proxy.set('deaf');
    await expect(fixture.admin.listTopics()).rejects.toMatchObject({ retriable: true });
    await proxy.set('pass');
    await expect(fixture.admin.listTopics()).resolves.toBeInstanceOf(Array);
  }, 60_000);

  it('goes on with its other topics when one is deleted', async () => {
    const { consumer, producer } = await connectBoth();
    await fixture.admin.deleteTopics([fixture.topics.inbound]);
    await producer.sendSRoiUpdate(0.6);
    await fixture.until(() => fixture.envelopes.some(({ message }) => message.type === 's_roi_update'));
    await producer.publish({ type: 'heartbeat', id: 'recreated' }, { topic: fixture.topics.inbound });
    await fixture.until(() => fixture.envelopes.some(({ message }) => message.id === 'recreated'));
    expect(consumer.handlerFailures).toBe(0);
  }, 60_000);
});

/** Resolves when the link is in one of these phases. */
function phase(part: ResonanceConsumer | ResonanceProducer, ...phases: LinkPhase[]): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = part.onLinkChange((state) => {
      if (!phases.includes(state.phase)) return;
      unsubscribe();
      resolve();
    });
    if (!phases.includes(part.link.phase)) return;
    unsubscribe();
    resolve();
  });
}
