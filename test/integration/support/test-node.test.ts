import { afterEach, expect, it } from 'vitest';
import { startTestNode, type TestNode } from '../../support/test-node.js';

let node: TestNode | undefined;
afterEach(() => node?.close());

it('tells all that wait for something in the feed of a test’s node what the picture of one of them took over', async () => {
  node = await startTestNode();
  const { alerts } = node.node.monitor;
  const waiting = node.feed((batch) => batch.alerts?.find(({ key }) => key === 'test'));
  alerts.raise({ key: 'test', severity: 'warning', message: 'raised' });
  // Before the feed has told of the alert.
  await node.feed(() => true);
  expect((await waiting).message).toBe('raised');
});
