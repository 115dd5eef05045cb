import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KafkajsClients } from '../../support/broker/kafkajs-clients.js';
import { pythonWithKafka, startTool } from '../../support/broker/run-tool.js';
import { startTestBroker, type TestBroker } from '../../support/embedded-broker.js';

if (pythonWithKafka === undefined) {
  console.warn('python3-kafka is not installed: the embedded broker is not tested with it');
}

describe.skipIf(pythonWithKafka === undefined)('kafka-python on the embedded broker', () => {
  let broker: TestBroker;

  beforeEach(async () => {
    broker = await startTestBroker();
  });

  afterEach(() => broker.close());

  async function run(script: string, ...args: string[]): Promise<string[]> {
    const path = fileURLToPath(new URL(`../../support/python/${script}`, import.meta.url));
    const { code, lines, errors } = await startTool(pythonWithKafka ?? '', [
      path,
      broker.brokers[0] ?? '',
      ...args,
    ]).ended();
    expect(errors).toBe('');
    expect(code).toBe(0);
    return lines;
  }

  it('creates a topic, produces, consumes in a group, commits and describes', async () => {
    const [line] = await run('kafka_python_roundtrip.py', 'python', 'python-group', '10');
    expect(JSON.parse(line ?? '')).toEqual({
      offsets: [0, 0, 1, 1, 2, 2, 3, 3, 4, 4],
      values: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      committed: [5, 5],
      ends: [5, 5],
      state: 'Stable',
      members: 1,
      groups: [['python-group', 'consumer']],
      topics: ['python'],
      topicsAfterDeletion: [],
    });
  });

  it('reads what kafkajs wrote', async () => {
    const clients = new KafkajsClients(broker.brokers);
    const producer = await clients.producer();
    await producer.send({
      topic: 'mixed',
      compression: 1,
      messages: [{ value: 'one' }, { key: 'k', value: 'zwei €', headers: { id: 'x' } }],
    });
    await clients.close();
    expect(await run('kafka_python_consume.py', 'mixed', '2')).toEqual(['one', 'zwei €']);
  });
});
