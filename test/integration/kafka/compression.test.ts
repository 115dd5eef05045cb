import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { brokerProviders, type TestBroker } from '../../support/brokers.js';
import { KafkaFixture } from '../../support/kafka-fixture.js';

/** One batch of librdkafka with this codec. */
async function kcat(broker: string, topic: string, codec: string, lines: readonly string[]): Promise<void> {
  const parameters = ['-P', '-b', broker, '-t', topic, '-p', '0', '-z', codec, '-X', 'linger.ms=200'];
  const producer = spawn('kcat', parameters, { stdio: ['pipe', 'ignore', 'inherit'] });
  producer.stdin.end(`${lines.join('\n')}\n`);
  const [code] = await once(producer, 'exit');
  if (code !== 0) throw new Error(`kcat ended with ${code}`);
}

describe.each(brokerProviders())('batches of librdkafka on $name', ({ start }) => {
  let broker: TestBroker;
  let fixture: KafkaFixture;

  beforeAll(async () => {
    broker = await start();
  }, 120_000);
  afterAll(() => broker?.close());
  beforeEach(() => {
    fixture = new KafkaFixture(broker.brokers);
  });
  afterEach(() => fixture.close());

  const heartbeats = Array.from({ length: 50 }, (_, index) => `{"type":"heartbeat","id":"id-${index}"}`);

  it('are read when compressed with gzip', async () => {
    const topic = fixture.topics.inbound;
    await fixture.admin.createTopic(topic);
    await kcat(String(broker.brokers[0]), topic, 'gzip', heartbeats);
    await fixture.consumer({ topics: [topic] }).start();
    expect(await fixture.received(50)).toHaveLength(50);
  });

  it.each(['snappy', 'lz4', 'zstd'])(
    'are reported when compressed with %s, and reading goes on behind them',
    async (codec) => {
      const topic = fixture.topics.inbound;
      await fixture.admin.createTopic(topic);
      await kcat(String(broker.brokers[0]), topic, codec, heartbeats);
      await fixture.produceRaw(topic, [Buffer.from('{"type":"heartbeat","id":"behind"}')]);
      await fixture.consumer({ topics: [topic] }).start();
      const [envelope] = await fixture.received(1);
      expect(envelope?.message.id).toBe('behind');
      expect(envelope?.kafka?.offset).toBe('50');
      expect(fixture.rejected.map(({ offset }) => Number(offset))).toEqual(
        heartbeats.map((_, index) => index),
      );
      expect(fixture.rejected[0]?.preview).toContain(`cannot be decompressed (${codec})`);
    },
  );
});
