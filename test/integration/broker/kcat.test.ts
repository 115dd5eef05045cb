import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KafkajsClients, Received } from '../../support/broker/kafkajs-clients.js';
import { kcatPath, type RunningTool, startTool } from '../../support/broker/run-tool.js';
import { startTestBroker, type TestBroker } from '../../support/embedded-broker.js';

const TOPIC = 'resonance.kcat';

if (kcatPath === undefined) console.warn('kcat is not installed: the embedded broker is not tested with it');

describe.skipIf(kcatPath === undefined)('kcat on the embedded broker', () => {
  let broker: TestBroker;
  const running: RunningTool[] = [];

  beforeEach(async () => {
    broker = await startTestBroker({ defaults: { minSessionTimeoutMs: 1_000 } });
  });

  afterEach(async () => {
    for (const tool of running.splice(0)) {
      tool.process.kill('SIGKILL');
      await tool.ended();
    }
    await broker.close();
  });

  function kcat(args: readonly string[], input = ''): RunningTool {
    const tool = startTool(kcatPath ?? '', ['-b', broker.brokers[0] ?? '', ...args], input);
    running.push(tool);
    return tool;
  }

  async function produce(input: string, ...options: string[]): Promise<void> {
    expect(await kcat(['-P', '-t', TOPIC, ...options], input).ended()).toMatchObject({ code: 0 });
  }

  async function consumeAll(...options: string[]): Promise<string[]> {
    const { code, lines } = await kcat(['-C', '-t', TOPIC, '-e', '-q', ...options]).ended();
    expect(code).toBe(0);
    return lines;
  }

  it('produces to a topic it creates, and consumes from the beginning', async () => {
    await produce('one\ntwo\nthree\n');
    expect(await consumeAll('-o', 'beginning', '-f', '%o %s\n')).toEqual(['0 one', '1 two', '2 three']);
  });

  it.each(['gzip', 'snappy', 'lz4', 'zstd'])('gets back what it compressed with %s', async (codec) => {
    const lines = Array.from({ length: 300 }, (_, index) => `a line that compresses well, number ${index}`);
    await produce(`${lines.join('\n')}\n`, '-z', codec);
    expect(await consumeAll('-o', 'beginning')).toEqual(lines);
  });

  it('keeps keys, headers and tombstones', async () => {
    await produce('key=value\nonly-key=\n', '-K', '=', '-Z', '-H', 'id=7');
    expect(await consumeAll('-o', 'beginning', '-Z', '-f', '%k|%s|%h\n')).toEqual([
      'key|value|id=7',
      'only-key|NULL|id=7',
    ]);
  });

  it('produces idempotently', async () => {
    await produce('one\ntwo\n', '-X', 'enable.idempotence=true');
    expect(await consumeAll('-o', 'beginning')).toEqual(['one', 'two']);
  });

  it('is told that transactions are not served', async () => {
    const { code, errors } = await kcat(
      ['-P', '-t', TOPIC, '-X', 'transactional.id=tx', '-X', 'transaction.timeout.ms=3000'],
      'one\n',
    ).ended();
    expect(code).not.toBe(0);
    expect(errors).toMatch(/[Tt]ransactional/);
  });

  it('reads from an offset, from the end, and by time', async () => {
    await produce('one\ntwo\nthree\n');
    expect(await consumeAll('-o', '1')).toEqual(['two', 'three']);
    expect(await consumeAll('-o', '-1')).toEqual(['three']);
    expect(await consumeAll('-o', 's@0')).toEqual(['one', 'two', 'three']);
  });

  it('lists the broker and its topics', async () => {
    await produce('one\n');
    const { lines } = await kcat(['-L', '-J']).ended();
    expect(JSON.parse(lines.join(''))).toMatchObject({
      controllerid: 1,
      brokers: [{ id: 1, name: `127.0.0.1:${broker.port}` }],
      topics: [{ topic: TOPIC, partitions: [{ partition: 0, leader: 1, isrs: [{ id: 1 }] }] }],
    });
  });

  it('consumes in a group and goes on from where it left', async () => {
    await produce('one\ntwo\n');
    const group = ['-G', 'kcat-group', '-q', '-X', 'auto.offset.reset=earliest', '-e', TOPIC];
    expect((await kcat(group).ended()).lines).toEqual(['one', 'two']);
    await produce('three\n');
    expect((await kcat(group).ended()).lines).toEqual(['three']);
  });

  it('reads what kafkajs wrote, and kafkajs what it wrote', async () => {
    const clients = new KafkajsClients(broker.brokers);
    const producer = await clients.producer();
    await producer.send({ topic: TOPIC, compression: 1, messages: [{ value: 'from kafkajs' }] });
    await produce('from kcat\n', '-z', 'gzip');
    expect(await consumeAll('-o', 'beginning')).toEqual(['from kafkajs', 'from kcat']);
    const consumer = await clients.consumer({ groupId: 'mixed' });
    const received = new Received();
    await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => received.add(String(message.value)) });
    await received.until((values) => values.length === 2);
    expect(received.values).toEqual(['from kafkajs', 'from kcat']);
    await clients.close();
  });

  it('goes on consuming after the broker restarts', async () => {
    await produce('before\n');
    const consumer = kcat([
      '-C',
      // kcat itself gives up when its only broker is away, unless told otherwise.
      '-E',
      '-q',
      '-u',
      '-t',
      TOPIC,
      '-o',
      'beginning',
      '-X',
      'reconnect.backoff.ms=50',
    ]);
    await consumer.line((line) => line === 'before');
    broker = await broker.restart();
    await produce('after\n');
    await consumer.line((line) => line === 'after');
    expect(consumer.lines).toEqual(['before', 'after']);
  });
});
