import { expect, test } from 'vitest';
import { createClient } from '../../../../src/renderer/src/ipc/client.js';
import { createNodeDetailStore } from '../../../../src/renderer/src/stores/node-detail-store.js';
import { createTestBridge, messageRow } from '../bridge.js';

test('the last messages of a node are asked for by its name, newest first', async () => {
  const bridge = createTestBridge({
    'messages.page': () => ({ rows: [messageRow(1), messageRow(2)], hasOlder: false, hasNewer: false }),
  });
  const store = createNodeDetailStore(createClient(bridge));
  store.getState().select('nexus');
  await store.getState().refresh('nexus');
  expect(store.getState().rows?.map((row) => row.sequence)).toEqual([2, 1]);
  expect(bridge.callsOf('messages.page')).toMatchObject([
    { filter: { nodes: ['nexus'], muteHeartbeats: true }, before: null, after: null },
  ]);
});

test('an answer for a node that is no longer looked at is dropped', async () => {
  let finish = (): void => undefined;
  const answered = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const bridge = createTestBridge({
    'messages.page': async () => {
      await answered;
      return { rows: [messageRow(1)], hasOlder: false, hasNewer: false };
    },
  });
  const store = createNodeDetailStore(createClient(bridge));
  store.getState().select('nexus');
  const refreshing = store.getState().refresh('nexus');
  store.getState().select('lexamoris');
  finish();
  await refreshing;
  expect(store.getState()).toMatchObject({ selected: 'lexamoris', rows: null });
});

test('a failure is kept beside the messages that are there', async () => {
  const bridge = createTestBridge({
    'messages.page': () => ({ rows: [messageRow(1)], hasOlder: false, hasNewer: false }),
  });
  const store = createNodeDetailStore(createClient(bridge));
  await store.getState().refresh('nexus');
  bridge.answers['messages.page'] = () => ({
    ok: false,
    error: { code: 'INTERNAL', message: 'no', retriable: false },
  });
  await store.getState().refresh('nexus');
  expect(store.getState().error?.code).toBe('INTERNAL');
  expect(store.getState().rows).toHaveLength(1);
});
