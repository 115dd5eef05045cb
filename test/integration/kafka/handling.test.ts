import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RepeatFilter } from '../../../src/main/kafka/repeat-filter.js';
import { startTestBroker, type TestBroker } from '../../support/embedded-broker.js';
import { KafkaFixture } from '../../support/kafka-fixture.js';

let broker: TestBroker;
let fixture: KafkaFixture;
beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(() => broker.close());
beforeEach(() => {
  fixture = new KafkaFixture(broker.brokers);
});
afterEach(() => fixture.close());

const heartbeat = (id: string) => ({ type: 'heartbeat', id }) as const;

describe('a consumer whose handlers fail', () => {
  it('goes on with the other partitions while one message takes for ever, and shows nothing twice', async () => {
    const consumer = fixture.consumer();
    const handled: string[] = [];
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const others = new Promise<void>((resolve) => {
      consumer.registerHandler('heartbeat', async ({ id = '' }) => {
        if (id === 'slow') await released;
        handled.push(id);
        if (id === 'other-1') resolve();
      });
    });
    await consumer.start();
    const producer = fixture.producer();
    await producer.publish(heartbeat('slow'), { topic: fixture.topics.inbound });
    await producer.publish(heartbeat('behind'), { topic: fixture.topics.inbound });
    for (const id of ['other-0', 'other-1'])
      await producer.publish(heartbeat(id), { topic: fixture.topics.stateSync });
    await others;
    expect(handled).toEqual(['other-0', 'other-1']);
    release();
    await fixture.untilCommitted(fixture.topics.inbound, '2');
    expect(handled).toEqual(['other-0', 'other-1', 'slow', 'behind']);
    expect(fixture.envelopes.map(({ message }) => message.id).sort()).toEqual([
      'behind',
      'other-0',
      'other-1',
      'slow',
    ]);
  });

  it('commits no offset past a given-up message before it is kept, and retries the keeping', async () => {
    let attempts = 0;
    const committedAtKeeping: (string | null)[] = [];
    const consumer = fixture.consumer({
      onGivenUp: async ({ tries }) => {
        attempts += 1;
        committedAtKeeping.push(await fixture.committed(fixture.topics.inbound));
        if (attempts === 1) throw new Error('no dead letters now');
        expect(tries).toBe(5);
      },
    });
    consumer.registerHandler('heartbeat', ({ id }) => {
      if (id === 'poison') throw new Error('cannot');
    });
    await consumer.start();
    const producer = fixture.producer();
    for (const id of ['before', 'poison', 'after'])
      await producer.publish(heartbeat(id), { topic: fixture.topics.inbound });
    await fixture.untilCommitted(fixture.topics.inbound, '3');
    expect(attempts).toBe(2);
    for (const offset of committedAtKeeping) expect([null, '0', '1']).toContain(offset);
  });

  it('puts a commit off while what must be durable before it is not', async () => {
    const committedAtRefusal: (string | null)[] = [];
    const producer = fixture.producer();
    const consumer = fixture.consumer({
      commitIntervalMs: 50,
      beforeCommit: async () => {
        if (committedAtRefusal.length === 2) return;
        committedAtRefusal.push(await fixture.committed(fixture.topics.inbound));
        await producer.publish(heartbeat('more'), { topic: fixture.topics.inbound });
        throw new Error('disk full');
      },
    });
    await consumer.start();
    await producer.publish(heartbeat('one'), { topic: fixture.topics.inbound });
    await fixture.untilCommitted(fixture.topics.inbound, '3');
    expect(committedAtRefusal).toEqual([null, null]);
  });

  it('hands repeats to whoever watches, marked, and not to the handlers', async () => {
    const seen = new Set<string>();
    const repeats: RepeatFilter = {
      mark: (envelope) => {
        const id = envelope.message.id ?? '';
        const isRepeat = seen.has(id);
        seen.add(id);
        return isRepeat ? { ...envelope, isRepeat } : envelope;
      },
      settle: () => undefined,
      release: ({ message }) => void seen.delete(message.id ?? ''),
    };
    const handled: (string | undefined)[] = [];
    const consumer = fixture.consumer({ repeats });
    consumer.registerHandler('heartbeat', ({ id }) => void handled.push(id));
    await consumer.start();
    const producer = fixture.producer();
    for (const id of ['a', 'a', 'b'])
      await producer.publish(heartbeat(id), { topic: fixture.topics.inbound });
    await fixture.untilCommitted(fixture.topics.inbound, '3');
    expect(handled).toEqual(['a', 'b']);
    expect(fixture.envelopes.map(({ isRepeat }) => isRepeat)).toEqual([undefined, true, undefined]);
  });
});
