import createFetchManager from 'kafkajs/src/consumer/fetchManager.js';
import Runner from 'kafkajs/src/consumer/runner.js';
import { expect, it } from 'vitest';
import { stopFetchersOfStoppedConsumer } from '../../../src/main/kafka/faults/stopped-fetcher.js';

const logger: { namespace(): unknown; debug(): void; info(): void } = {
  namespace: () => logger,
  debug: () => undefined,
  info: () => undefined,
};

it('a fetcher that finds its consumer stopped ends, and lets the event loop turn', async () => {
  stopFetchersOfStoppedConsumer();
  let asked = 0;
  const runner = Object.create(Runner.prototype);
  runner.running = false;
  runner.logger = logger;
  runner.fetchManager = createFetchManager({
    logger,
    getNodeIds: () => ['1', '2'],
    fetch: (nodeId: string) => {
      asked += 1;
      // Unmended this would go on for ever.
      if (asked > 100) throw new Error('asked again and again');
      return runner.fetch(nodeId);
    },
    handler: async () => undefined,
  });
  await runner.fetchManager.start();
  expect(asked).toBeLessThanOrEqual(4);
});
