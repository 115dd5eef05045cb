import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KafkajsClients, Received } from '../../support/broker/kafkajs-clients.js';
import { freePorts } from '../../support/free-ports.js';
import {
  type BundledProgram,
  bundleProgram,
  firstLine,
  type RunningProgram,
} from '../../support/typescript-process.js';

const TOPIC = 'crash';
const PARTITIONS = 3;
const KILLS = 3;
const ACKNOWLEDGED_BETWEEN_KILLS = 40;

describe('kill -9 of the broker under load', () => {
  let program: BundledProgram;
  let dataDirectory: string;
  let clients: KafkajsClients;

  beforeAll(async () => {
    program = await bundleProgram('broker/broker-process.ts');
  });

  afterAll(() => program.close());

  beforeEach(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), 'resonance-broker-'));
  });

  afterEach(async () => {
    await clients.close();
    await rm(dataDirectory, { recursive: true, force: true });
  });

  async function startBroker(port: number): Promise<RunningProgram> {
    const broker = program.start([dataDirectory, String(port)]);
    await firstLine(broker);
    return broker;
  }

  async function kill(broker: RunningProgram): Promise<void> {
    broker.child.kill('SIGKILL');
    await broker.ended;
  }

  it('loses no acknowledged message, stores none twice, and keeps the order of each partition', async () => {
    const [port = 0] = await freePorts(1);
    let broker = await startBroker(port);
    clients = new KafkajsClients([`127.0.0.1:${port}`]);
    const admin = await clients.admin();
    await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: PARTITIONS }] });
    const producers = await Promise.all(
      Array.from({ length: PARTITIONS }, () =>
        clients.producer({ idempotent: true, maxInFlightRequests: 1 }),
      ),
    );

    const acknowledged = new Received();
    let stopping = false;
    const loads = producers.map(async (producer, partition) => {
      for (let sequence = 0; !stopping; sequence += 1) {
        const value = `${partition}:${sequence}`;
        await producer.send({ topic: TOPIC, messages: [{ partition, value }] });
        acknowledged.add(value);
      }
    });
    for (let kills = 0; kills < KILLS; kills += 1) {
      const enough = acknowledged.values.length + ACKNOWLEDGED_BETWEEN_KILLS;
      await acknowledged.until((values) => values.length >= enough);
      await kill(broker);
      broker = await startBroker(port);
    }
    const enough = acknowledged.values.length + ACKNOWLEDGED_BETWEEN_KILLS;
    await acknowledged.until((values) => values.length >= enough);
    stopping = true;
    await Promise.all(loads);

    const stored = new Received();
    const consumer = await clients.consumer({ groupId: 'after-crash' });
    await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => stored.add(String(message.value)) });
    await stored.until((values) => values.length >= acknowledged.values.length);
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      const ofPartition = (values: readonly string[]): string[] =>
        values.filter((value) => value.startsWith(`${partition}:`));
      expect(ofPartition(stored.values)).toEqual(ofPartition(acknowledged.values));
    }
    await clients.close();
    await kill(broker);
  }, 60_000);
});
