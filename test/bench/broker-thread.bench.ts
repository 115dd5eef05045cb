import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Kafka, logLevel } from 'kafkajs';
import { EmbeddedBroker } from '../../src/main/broker/index.js';

/*
 * Does the embedded broker need a thread of its own? The delay of the main event loop while a kafkajs consumer drains a
 * backlog of 200,000 messages of 200 bytes in small fetches, with the broker in the same thread, in a worker
 * thread and in a process of its own. The last is the floor: what kafkajs costs by itself. Each round runs all three on
 * the same data, which is written once.
 */

const messageCount = 200_000;
const messageBytes = 200;
const messagesPerBatch = 100;
const partitionCount = 4;
const fetchSizesKb = [128, 256, 512];
const rounds = 5;
const topic = 'backlog';
const placements = ['same thread', 'worker thread', 'own process'] as const;
type Placement = (typeof placements)[number];

interface RunningBroker {
  readonly address: string;
  stop(): Promise<void>;
}

interface Measurement {
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const self = fileURLToPath(import.meta.url);

async function runBroker(dataDirectory: string): Promise<{ broker: EmbeddedBroker; address: string }> {
  const broker = new EmbeddedBroker({ dataDirectory, port: 0, defaults: { initialRebalanceDelayMs: 0 } });
  const { brokers } = await broker.start();
  return { broker, address: brokers[0] ?? '' };
}

const starters: Record<Placement, (dataDirectory: string) => Promise<RunningBroker>> = {
  'same thread': async (dataDirectory) => {
    const { broker, address } = await runBroker(dataDirectory);
    return { address, stop: () => broker.stop() };
  },
  'worker thread': async (dataDirectory) => {
    const worker = new Worker(self, { workerData: { dataDirectory } });
    const [address] = (await once(worker, 'message')) as [string];
    return {
      address,
      stop: async () => {
        worker.postMessage('stop');
        await once(worker, 'exit');
      },
    };
  },
  'own process': async (dataDirectory) => {
    const child: ChildProcess = fork(self, ['--broker', dataDirectory]);
    const [address] = (await once(child, 'message')) as [string];
    return {
      address,
      stop: async () => {
        child.send('stop');
        await once(child, 'exit');
      },
    };
  },
};

async function fill(kafka: Kafka): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: partitionCount }] });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  const value = JSON.stringify({ type: 'heartbeat', filler: 'x'.repeat(messageBytes - 33) });
  for (let sent = 0; sent < messageCount; sent += messagesPerBatch * partitionCount) {
    await producer.send({
      topic,
      messages: Array.from({ length: messagesPerBatch * partitionCount }, (_, index) => ({
        value,
        partition: index % partitionCount,
      })),
    });
  }
  await producer.disconnect();
}

async function drain(kafka: Kafka, groupId: string, fetchBytes: number): Promise<Measurement> {
  const consumer = kafka.consumer({
    groupId,
    maxBytes: fetchBytes,
    maxBytesPerPartition: fetchBytes,
    maxWaitTimeInMs: 50,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  let received = 0;
  let startedAt = 0;
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachBatch: async ({ batch }) => {
          if (startedAt === 0) {
            startedAt = performance.now();
            histogram.enable();
          }
          for (const message of batch.messages) JSON.parse(String(message.value));
          received += batch.messages.length;
          if (received >= messageCount) resolve();
        },
      })
      .catch(reject);
  });
  histogram.disable();
  const seconds = (performance.now() - startedAt) / 1000;
  await consumer.disconnect();
  const inMs = (nanoseconds: number): number => nanoseconds / 1e6;
  return {
    seconds,
    p50Ms: inMs(histogram.percentile(50)),
    p99Ms: inMs(histogram.percentile(99)),
    maxMs: inMs(histogram.max),
  };
}

async function withBroker<T>(
  placement: Placement,
  dataDirectory: string,
  use: (kafka: Kafka) => Promise<T>,
): Promise<T> {
  const broker = await starters[placement](dataDirectory);
  try {
    return await use(new Kafka({ brokers: [broker.address], clientId: 'bench', logLevel: logLevel.NOTHING }));
  } finally {
    await broker.stop();
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function measureFetchSize(dataDirectory: string, fetchKb: number): Promise<void> {
  const results = new Map<Placement, Measurement[]>(placements.map((placement) => [placement, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const placement of placements) {
      const groupId = `${placement}-${fetchKb}-${round}`;
      const measurement = await withBroker(placement, dataDirectory, (kafka) =>
        drain(kafka, groupId, fetchKb * 1024),
      );
      results.get(placement)?.push(measurement);
    }
  }
  const figure = (placement: Placement, name: keyof Measurement): number =>
    median((results.get(placement) ?? []).map((measurement) => measurement[name]));
  for (const placement of placements) {
    const rate = messageCount / figure(placement, 'seconds') / 1000;
    const ratio = (name: keyof Measurement): string =>
      (figure(placement, name) / figure('own process', name)).toFixed(2);
    const delay = (name: keyof Measurement): string => `${figure(placement, name).toFixed(1)} ms`;
    console.log(
      `fetch ${fetchKb} KB, broker in ${placement.padEnd(13)} ${rate.toFixed(0).padStart(4)}k msg/s ` +
        `(time x${ratio('seconds')})  loop delay p50 ${delay('p50Ms')}, p99 ${delay('p99Ms')} (x${ratio('p99Ms')}), ` +
        `max ${delay('maxMs')}`,
    );
  }
}

async function main(): Promise<void> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'resonance-bench-'));
  try {
    await withBroker('own process', dataDirectory, fill);
    for (const fetchKb of fetchSizesKb) await measureFetchSize(dataDirectory, fetchKb);
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

if (!isMainThread) {
  const { broker, address } = await runBroker((workerData as { dataDirectory: string }).dataDirectory);
  parentPort?.postMessage(address);
  parentPort?.once('message', () => void broker.stop().then(() => process.exit()));
} else if (process.argv[2] === '--broker') {
  const { broker, address } = await runBroker(process.argv[3] ?? '');
  process.send?.(address);
  process.once('message', () => void broker.stop().then(() => process.exit()));
} else {
  await main();
}
