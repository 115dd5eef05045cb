import { afterEach, beforeEach, expect, test } from 'vitest';
import { ClusterReader } from '../../../src/main/kafka/cluster-reader.js';
import { startTestBroker, type TestBroker } from '../../support/embedded-broker.js';
import { KafkaFixture } from '../../support/kafka-fixture.js';

let broker: TestBroker;
let fixture: KafkaFixture;
let reader: ClusterReader;

beforeEach(async () => {
  broker = await startTestBroker();
  fixture = new KafkaFixture(broker.brokers);
  reader = new ClusterReader(fixture.parts);
});

afterEach(async () => {
  reader.close();
  await fixture.close();
  await broker.close();
});

test('tells all that ask over one connection why it failed, and asks over a new one afterwards', async () => {
  await reader.run('looking', async ({ metadata, ask }) => {
    const [id = -1] = metadata.brokers.keys();
    let secondAsks = (): void => undefined;
    const bothAsked = new Promise<void>((resolve) => {
      secondAsks = resolve;
    });
    const first = ask(id, async () => {
      await bothAsked;
      throw new Error('the login was refused');
    });
    const second = ask(id, async () => {
      secondAsks();
      await first.catch(() => undefined);
      // What kafkajs says of a socket that is ended under a request.
      throw new Error('Connection error: this Kafka client is closed');
    });
    await expect(first).rejects.toThrow('the login was refused');
    await expect(second).rejects.toThrow('the login was refused');
    expect(await ask(id, async () => 'an answer')).toBe('an answer');
  });
});
