import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apacheKafkaLibraries, whyApacheKafkaIsMissing } from '../../support/apache-kafka-distribution.js';
import { RawClient } from '../../support/broker/raw-client.js';
import { buildRecordBatch } from '../../support/broker/record-batch-builder.js';
import { kcatPath, startTool } from '../../support/broker/run-tool.js';
import { brokerProviders, type TestBroker } from '../../support/brokers.js';
import { proxyHost } from '../../support/fault-proxy.js';
import { recordsOf, withChecksum, withRecords } from '../../support/kafka/fetch-answer.js';
import { TamperingProxy } from '../../support/kafka/tampering-proxy.js';
import { KafkaFixture } from '../../support/kafka-fixture.js';

const codecs = ['gzip', 'snappy', 'lz4', 'zstd'] as const;
const largeTopic = { configs: { 'max.message.bytes': '10485760' } };
const javaSource = fileURLToPath(new URL('../../support/java/CompressedProducer.java', import.meta.url));
const codecBits = 7;
const produceKey = 0;

if (kcatPath === undefined) console.warn('kcat is not installed: batches are not compressed by librdkafka');
const withKcat = it.runIf(kcatPath !== undefined);

describe.each(brokerProviders())('compressed batches on $name', ({ start }) => {
  let broker: TestBroker;
  let proxy: TamperingProxy;
  let fixture: KafkaFixture;
  let topic: string;

  beforeAll(async () => {
    broker = await start({ advertisedHost: proxyHost });
    proxy = await TamperingProxy.start(Number(broker.brokers[0]?.split(':')[1]));
  }, 120_000);
  afterAll(async () => {
    await proxy?.close();
    await broker?.close();
  });
  beforeEach(() => {
    proxy.set(() => undefined);
    fixture = new KafkaFixture([proxy.address]);
    topic = fixture.topics.inbound;
  });
  afterEach(() => fixture.close());

  /** Sends lines as values with librdkafka in one batch: it goes out when it has them all. */
  async function kcat(codec: string, lines: readonly string[]): Promise<void> {
    const settings = ['linger.ms=10000', `batch.num.messages=${lines.length}`, 'batch.size=9000000'];
    const parameters = [...settings, 'message.max.bytes=10000000'].flatMap((setting) => ['-X', setting]);
    const address = ['-P', '-b', proxy.address, '-t', topic, '-p', '0', '-z', codec];
    const { code, errors } = await startTool(
      kcatPath ?? '',
      [...address, ...parameters],
      `${lines.join('\n')}\n`,
    ).ended();
    expect(errors).toBe('');
    expect(code).toBe(0);
  }

  async function consumeAll(count: number): Promise<void> {
    await fixture.consumer({ topics: [topic] }).start();
    await fixture.received(count);
  }

  withKcat.each(codecs)(
    'of several MiB are read when librdkafka has compressed them with %s',
    async (codec) => {
      await fixture.admin.createTopic(topic, largeTopic);
      // Hexadecimal text compresses to about half: 6 MiB here, 3 MiB on the wire.
      const lines = Array.from({ length: 6_000 }, (_, index) => {
        const filling = createHash('shake256', { outputLength: 500 }).update(`${index}`).digest('hex');
        return `{"type":"heartbeat","id":"id-${index}","filling":"${filling}"}`;
      });
      await kcat(codec, lines);
      await consumeAll(lines.length);
      expect(fixture.envelopes.map(({ message }) => message.id)).toEqual(
        lines.map((_, index) => `id-${index}`),
      );
      expect(fixture.envelopes.at(-1)?.text).toBe(lines.at(-1));
      expect(fixture.rejected).toEqual([]);
    },
    60_000,
  );

  it.skipIf(whyApacheKafkaIsMissing() !== null)(
    'of Apache Kafka’s client are read whatever its codec',
    async () => {
      const pairs = codecs.map((codec) => `${codec}=${topic}-${codec}`);
      const topics = codecs.map((codec) => `${topic}-${codec}`);
      await Promise.all(topics.map((name) => fixture.admin.createTopic(name)));
      const classPath = join(await apacheKafkaLibraries(), '*');
      const java = startTool('java', [
        '-Xmx128m',
        '-cp',
        classPath,
        javaSource,
        proxy.address,
        '500',
        ...pairs,
      ]);
      expect((await java.ended()).lines.at(-1)).toBe('sent');
      await fixture.consumer({ topics }).start();
      await fixture.received(2_000);
      for (const name of topics) {
        const ids = fixture.envelopes
          .filter(({ kafka }) => kafka?.topic === name)
          .map(({ message }) => message.id);
        expect(ids).toEqual(Array.from({ length: 500 }, (_, index) => `java-${index}`));
      }
      expect(fixture.rejected).toEqual([]);
    },
    60_000,
  );

  withKcat.each(['gzip', 'snappy'] as const)(
    'are sent with %s and read by librdkafka',
    async (compression) => {
      const codecsSeen = new Set<number>();
      proxy.set((batch) => codecsSeen.add(batch.readInt16BE(21) & codecBits));
      const producer = fixture.producer({ compression });
      await Promise.all(
        [0.1, 0.2, 0.3].map((sRoi) => producer.publish({ type: 's_roi_update', s_roi: sRoi }, { topic })),
      );
      const reader = startTool(kcatPath ?? '', [
        '-C',
        '-b',
        proxy.address,
        '-t',
        topic,
        '-p',
        '0',
        '-o',
        'beginning',
        '-e',
      ]);
      const { lines } = await reader.ended();
      expect(lines.map((line) => (JSON.parse(line) as { s_roi: number }).s_roi)).toEqual([0.1, 0.2, 0.3]);
      expect([...codecsSeen]).toEqual([compression === 'gzip' ? 1 : 2]);
    },
  );

  withKcat.each([
    ...codecs.map((codec) => [`damaged ${codec}`, codec, damagePayload] as const),
    ['a reserved codec', 'gzip', (batch: Buffer) => setCodec(batch, 7)] as const,
    ['a wrong checksum', 'lz4', (batch: Buffer) => batch.writeUInt32BE(1, 17)] as const,
  ])('with %s are reported, passed over, and the rest is read', async (_, codec, tamper) => {
    await fixture.admin.createTopic(topic);
    await fixture.produceRaw(topic, [Buffer.from('{"type":"heartbeat","id":"before"}')]);
    await kcat(
      codec,
      Array.from({ length: 50 }, (_, index) => `{"type":"heartbeat","id":"lost-${index}"}`),
    );
    await fixture.produceRaw(topic, [Buffer.from('{"type":"heartbeat","id":"behind"}')]);
    proxy.set((batch) => {
      if ((batch.readInt16BE(21) & codecBits) !== 0) tamper(batch);
    });
    await consumeAll(2);
    expect(fixture.envelopes.map(({ message, kafka }) => [message.id, kafka?.offset])).toEqual([
      ['before', '0'],
      ['behind', '51'],
    ]);
    expect(fixture.rejected).toMatchObject([
      {
        offset: '50',
        rejection: {
          reason: 'undecodable_batch',
          detail: expect.stringMatching(/^50 records at offsets 1 to 50 \(.+\): /),
        },
      },
    ]);
    // The group is past them for good.
    await fixture.untilCommitted(topic, '52');
  });
});

describe('a decompression bomb', () => {
  it('is refused without being unpacked, and what comes behind it is read', async () => {
    const provider = brokerProviders()[0];
    const broker = await provider?.start();
    if (broker === undefined) throw new Error('no broker');
    const fixture = new KafkaFixture(broker.brokers);
    const topic = fixture.topics.inbound;
    await fixture.admin.createTopic(topic);
    const client = await RawClient.connect(Number(broker.brokers[0]?.split(':')[1]));
    try {
      // 200 MiB in 200 KiB.
      const bomb = withRecords(buildRecordBatch(['x']), 1, gzipSync(Buffer.alloc(200 * 1_048_576)));
      await client.request(produceKey, 7, (writer) => {
        writer.nullableString(null).int16(-1).int32(10_000);
        writer.array([topic], (topics, name) => {
          topics.string(name).array([0], (partitions, partition) => partitions.int32(partition).bytes(bomb));
        });
      });
      await fixture.produceRaw(topic, [Buffer.from('{"type":"heartbeat","id":"behind"}')]);
      await fixture.consumer({ topics: [topic] }).start();
      await fixture.received(1);
      expect(fixture.envelopes[0]?.message.id).toBe('behind');
      expect(fixture.rejected.map(({ rejection }) => rejection.detail)).toEqual([
        'offset 0 (gzip): more than 67108864 bytes when decompressed',
      ]);
    } finally {
      client.destroy();
      await fixture.close();
      await broker.close();
    }
  }, 60_000);
});

/** Flips a bit in every eighth byte of the compressed records. */
function damagePayload(batch: Buffer): void {
  const records = recordsOf(batch);
  for (let at = 4; at < records.length; at += 8) records.writeUInt8(records.readUInt8(at) ^ 0x10, at);
  withChecksum(batch);
}

function setCodec(batch: Buffer, codec: number): void {
  batch.writeInt16BE((batch.readInt16BE(21) & ~codecBits) | codec, 21);
  withChecksum(batch);
}
