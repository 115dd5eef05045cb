import { describe, expect, type OnTestFinishedHandler, test } from 'vitest';
import type { Alert } from '../../../src/shared/feed.js';
import { startTestBroker } from '../../support/embedded-broker.js';
import { startTestNode, type TestNode } from '../../support/test-node.js';

type OnFinished = (close: OnTestFinishedHandler) => void;

async function start(settings: Record<string, unknown>, onTestFinished: OnFinished): Promise<TestNode> {
  const node = await startTestNode({ settings });
  onTestFinished(() => node.close());
  return node;
}

/** Resolves once the bell has an alert with this key that says so: it may have said less before. */
async function untilAlert({ feed }: TestNode, key: string, message: RegExp): Promise<Alert> {
  return feed(({ alerts }) => alerts?.find((alert) => alert.key === key && message.test(alert.message)));
}

async function untilNoAlert({ feed }: TestNode, key: string): Promise<void> {
  await feed(({ alerts }) =>
    alerts !== undefined && !alerts.some((alert) => alert.key === key) ? true : undefined,
  );
}

// Each waits for seconds to pass: side by side.
describe.concurrent('the bell of a node', () => {
  test('rings when the brokers are gone for some seconds, and is quiet again when they are back', async ({
    onTestFinished,
  }) => {
    const broker = await startTestBroker();
    onTestFinished(() => broker.close());
    const node = await start({ kafka: { mode: 'external', brokers: broker.brokers } }, onTestFinished);
    await node.feed(({ status }) => (status?.kafka.consumer.link.phase === 'open' ? true : undefined));
    // On a busy machine it may have rung for the start.
    await untilNoAlert(node, 'kafka.link');
    await broker.broker.stop({ deadlineMs: 0 });
    expect(await untilAlert(node, 'kafka.link', /^Kafka is not connected: .+/)).toMatchObject({
      severity: 'error',
      hint: expect.stringContaining('broker'),
    });
    const again = await broker.restart();
    onTestFinished(() => again.close());
    await untilNoAlert(node, 'kafka.link');
  }, 60_000);

  test('rings for a peer that was never reached, and is quiet again when it connects by itself', async ({
    onTestFinished,
  }) => {
    const node = await start(
      {
        peers: { nexus: { websocket: 'ws://127.0.0.1:9', topic: 'resonance.nexus' } },
      },
      onTestFinished,
    );
    const neverReached = /^nexus was never reached over WebSocket: /;
    expect(await untilAlert(node, 'peer.nexus.link', neverReached)).toMatchObject({ severity: 'warning' });
    await start(
      {
        node: { name: 'nexus' },
        peers: { resonance: { websocket: node.url, topic: 'resonance.inbound' } },
      },
      onTestFinished,
    );
    await untilNoAlert(node, 'peer.nexus.link');
  }, 60_000);
});
