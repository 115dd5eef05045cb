import { expect, test } from 'vitest';
import { createClient } from '../../../../src/renderer/src/ipc/client.js';
import { FeedSubscription } from '../../../../src/renderer/src/ipc/feed-subscription.js';
import { createTestBridge, feedStart, type TestBridge } from '../bridge.js';

/** A subscription whose renderings the test lets happen. */
function subscribe(bridge: TestBridge) {
  const applied: number[] = [];
  const errors: unknown[] = [];
  const renderings: (() => void)[] = [];
  const subscription = new FeedSubscription(
    createClient(bridge),
    {
      onStart: (start) => applied.push(start.batch.sequence),
      onBatch: (batch) => applied.push(batch.sequence),
      onError: (error) => errors.push(error),
    },
    (action) => renderings.push(action),
  );
  const render = async (): Promise<void> => {
    for (const action of renderings.splice(0)) action();
    await Promise.resolve();
  };
  return { subscription, applied, errors, render };
}

test('a batch is acknowledged only after it is rendered', async () => {
  const bridge = createTestBridge({ 'feed.start': () => feedStart(1) });
  const { subscription, applied, render } = subscribe(bridge);
  await subscription.start();
  await render();
  bridge.feed({ sequence: 2, atMs: 0 });
  expect(applied).toEqual([1, 2]);
  expect(bridge.callsOf('feed.acknowledge')).toEqual([1]);
  await render();
  expect(bridge.callsOf('feed.acknowledge')).toEqual([1, 2]);
});

test('batches that overtake the first picture are applied after it, older ones not at all', async () => {
  const bridge = createTestBridge({
    'feed.start': () => {
      bridge.feed({ sequence: 4, atMs: 0 });
      bridge.feed({ sequence: 6, atMs: 0 });
      return feedStart(5);
    },
  });
  const { subscription, applied } = subscribe(bridge);
  await subscription.start();
  expect(applied).toEqual([5, 6]);
});

test('a stopped subscription hears nothing and can be started again', async () => {
  const bridge = createTestBridge({ 'feed.start': () => feedStart(1) });
  const { subscription, applied } = subscribe(bridge);
  await subscription.start();
  subscription.stop();
  bridge.feed({ sequence: 2, atMs: 0 });
  await subscription.start();
  bridge.feed({ sequence: 3, atMs: 0 });
  expect(applied).toEqual([1, 1, 3]);
});

test('an acknowledgement that fails is reported', async () => {
  const bridge = createTestBridge({
    'feed.start': () => feedStart(1),
    'feed.acknowledge': () => {
      throw new Error('gone');
    },
  });
  const { subscription, errors, render } = subscribe(bridge);
  await subscription.start();
  await render();
  await expect.poll(() => errors).toHaveLength(1);
});
