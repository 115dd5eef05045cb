/**
 * Ingest: 200,000 messages of about 200 bytes drained from a broker. The floor is what kafkajs can do by itself
 * (eachBatch + JSON.parse, its own settings); ours parses, validates, builds envelopes and commits; the whole node
 * besides finds repeats, merges states and keeps what the window shows. Every run has a process and a consumer group of
 * its own; they take turns. Then the CPU of an idle consumer, kafkajs as released and as ours.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Kafka, logLevel } from 'kafkajs';
import { KafkaAdmin } from '../../src/main/kafka/kafka-admin.js';
import { ResonanceConsumer } from '../../src/main/kafka/resonance-consumer.js';
import { ResonanceProducer } from '../../src/main/kafka/resonance-producer.js';
import { createSystemClock } from '../../src/main/system-clock.js';
import type { Message } from '../../src/shared/message.js';
import { createUuidV7 } from '../../src/shared/uuid.js';
import { brokerProviders, type TestBroker } from '../support/brokers.js';
import { silentLogger } from '../support/silent-logger.js';
import { startTestNode } from '../support/test-node.js';

const messageCount = 200_000;
const partitions = 4;
const rounds = 3;
const idleMs = 5_000;
const topic = 'bench';
const clock = createSystemClock();

type Contender = 'kafkajs' | 'ours' | 'node';

const contenders: readonly Contender[] = ['kafkajs', 'ours', 'node'];

interface Drained {
  readonly messagesPerSecond: number;
  readonly cpuSeconds: number;
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
}

async function drain(
  contender: Contender,
  brokers: readonly string[],
  sendResult: (result: Drained) => void,
) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let startMs = 0;
  let startCpu = process.cpuUsage();
  let received = 0;
  const finished = new Promise<void>((resolve) => {
    consume(contender, brokers, (count) => {
      if (received === 0) {
        startMs = performance.now();
        startCpu = process.cpuUsage();
        delay.enable();
      }
      received += count;
      if (received >= messageCount) resolve();
    }).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    });
  });
  await finished;
  const seconds = (performance.now() - startMs) / 1_000;
  delay.disable();
  const { user, system } = process.cpuUsage(startCpu);
  sendResult({
    messagesPerSecond: messageCount / seconds,
    cpuSeconds: (user + system) / 1e6,
    loopDelayP99Ms: delay.percentile(99) / 1e6 - 1,
    loopDelayMaxMs: delay.max / 1e6 - 1,
  });
}

async function consume(
  contender: Contender,
  brokers: readonly string[],
  onMessages: (count: number) => void,
): Promise<void> {
  if (contender === 'node') {
    const { node } = await startTestNode({
      settings: { kafka: { mode: 'external', brokers, groupId: randomUUID(), topics: { inbound: topic } } },
    });
    let counted = 0;
    clock.every(10, () => {
      const { newestSequence } = node.monitor.history;
      if (newestSequence > counted) onMessages(newestSequence - counted);
      counted = newestSequence;
    });
    return;
  }
  if (contender === 'ours') {
    const connection = { brokers, clientId: 'bench' };
    const consumer = new ResonanceConsumer({
      connection,
      groupId: randomUUID(),
      topics: [topic],
      catalogue: new KafkaAdmin({ connection, clock, logger: silentLogger }),
      clock,
      logger: silentLogger,
      onEnvelopes: (envelopes) => onMessages(envelopes.length),
    });
    await consumer.start();
    return;
  }
  const kafka = new Kafka({ brokers: [...brokers], clientId: 'bench', logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: randomUUID() });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachBatch: async ({ batch }) => {
      for (const { value } of batch.messages) JSON.parse(String(value));
      onMessages(batch.messages.length);
    },
  });
}

async function idle(contender: Contender, brokers: readonly string[], sendResult: (cpuMs: number) => void) {
  let received = 0;
  await consume(contender, brokers, (count) => {
    received += count;
  });
  while (received < messageCount) await new Promise((resolve) => clock.after(100, () => resolve(null)));
  // Commits and garbage of the drain are over by then.
  await new Promise((resolve) => clock.after(2_000, () => resolve(null)));
  const before = process.cpuUsage();
  await new Promise((resolve) => clock.after(idleMs, () => resolve(null)));
  const { user, system } = process.cpuUsage(before);
  sendResult((user + system) / 1_000);
}

async function fill(brokers: readonly string[]): Promise<void> {
  const connection = { brokers, clientId: 'bench' };
  const admin = new KafkaAdmin({ connection, clock, logger: silentLogger });
  await admin.createTopic(topic, { partitions });
  const producer = new ResonanceProducer({
    connection,
    identity: { name: 'bench', anchor: 'BOLZANO_71' },
    topics: { outbound: topic, inbound: topic, stateSync: topic },
    targets: {},
    readState: () => ({}),
    catalogue: admin,
    clock,
    logger: silentLogger,
  });
  const startMs = performance.now();
  for (let sent = 0; sent < messageCount; sent += 4_000) {
    await Promise.all(
      Array.from({ length: 4_000 }, (_, index) =>
        producer.publish(exampleMessage(sent + index), { key: `node-${index % 16}` }),
      ),
    );
  }
  const seconds = (performance.now() - startMs) / 1_000;
  print(`  produced ${Math.round(messageCount / seconds)} messages/s (acks=all, idempotent)`);
  await producer.close();
  await admin.close();
}

/** As the mesh sends it, about 200 bytes: every other message with the id that Resonance gives and old nodes don't. */
function exampleMessage(index: number): Message {
  const common = {
    timestamp: '2026-01-13T02:00:00.123456+00:00',
    source: 'lexamoris',
    anchor: 'BOLZANO_71',
    ...(index % 8 < 4 ? { id: createUuidV7() } : {}),
  };
  switch (index % 4) {
    case 0:
      return {
        type: 'state_update',
        ...common,
        data: { frequency: 0.043, s_roi: 0.502, status: 'supraleitend', connected_nodes: ['nexus'] },
      };
    case 1:
      return { type: 'frequency_sync', ...common, frequency: 0.043, s_roi: 0.502, note: 'x'.repeat(50) };
    case 2:
      return { type: 'heartbeat', ...common, frequency: 0.043, s_roi: 0.502, note: 'x'.repeat(50) };
    default:
      return {
        type: 'repository_event',
        ...common,
        event_type: 'commit',
        data: { sha: 'abc123', message: 'Update resonance frequency' },
      };
  }
}

async function inChild<T>(
  mode: 'drain' | 'idle',
  contender: Contender,
  brokers: readonly string[],
): Promise<T> {
  const child: ChildProcess = fork(process.argv[1] ?? '', [mode, contender, ...brokers]);
  try {
    const [result] = (await once(child, 'message')) as [T];
    return result;
  } finally {
    child.kill('SIGKILL');
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function compare({ brokers }: TestBroker): Promise<void> {
  await fill(brokers);
  const results: Record<Contender, Drained[]> = { kafkajs: [], ours: [], node: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of contenders) {
      results[contender].push(await inChild<Drained>('drain', contender, brokers));
    }
  }
  const of = (contender: Contender, figure: keyof Drained): number =>
    median(results[contender].map((result) => result[figure]));
  for (const contender of contenders) {
    print(
      `  ${contender.padEnd(8)} ${Math.round(of(contender, 'messagesPerSecond'))} messages/s, ` +
        `${of(contender, 'cpuSeconds').toFixed(2)} s CPU, loop delay p99 ${of(contender, 'loopDelayP99Ms').toFixed(1)} ms, ` +
        `max ${of(contender, 'loopDelayMaxMs').toFixed(1)} ms`,
    );
  }
  for (const contender of ['ours', 'node'] as const) {
    const ratio = of(contender, 'messagesPerSecond') / of('kafkajs', 'messagesPerSecond');
    print(
      `  ${contender === 'ours' ? 'ingest' : 'ingest by the whole node'} ${ratio.toFixed(2)}x of kafkajs eachBatch + ` +
        'JSON.parse (goal >= 0.75)',
    );
  }
  const [released, mended] = [
    await inChild<number>('idle', 'kafkajs', brokers),
    await inChild<number>('idle', 'ours', brokers),
  ];
  print(`  idle CPU in ${idleMs / 1_000} s: kafkajs ${released.toFixed(0)} ms, ours ${mended.toFixed(0)} ms`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<void> {
  for (const { name, start } of brokerProviders()) {
    print(`on ${name}, ${messageCount} messages, ${partitions} partitions, medians of ${rounds}`);
    const broker = await start();
    try {
      await compare(broker);
    } finally {
      await broker.close();
    }
  }
}

const [mode, contender, ...brokers] = process.argv.slice(2) as [string?, Contender?, ...string[]];
if (mode === 'drain' && contender !== undefined)
  await drain(contender, brokers, (result) => process.send?.(result));
else if (mode === 'idle' && contender !== undefined)
  await idle(contender, brokers, (cpuMs) => process.send?.(cpuMs));
else await main();
