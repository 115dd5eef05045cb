import { expect, test } from 'vitest';
import { createClient } from '../../../../src/renderer/src/ipc/client.js';
import { createTestBridge } from '../bridge.js';

test('a failed command throws with the code, retriability and hint that main gave', async () => {
  const bridge = createTestBridge({
    'peer.reconnect': () => ({
      ok: false,
      error: {
        code: 'NOT_FOUND',
        message: 'no peer atlas',
        retriable: false,
        hint: 'Add it in the settings.',
      },
    }),
  });
  await expect(createClient(bridge).call('peer.reconnect', 'atlas')).rejects.toMatchObject({
    name: 'ResonanceError',
    code: 'NOT_FOUND',
    message: 'no peer atlas',
    hint: 'Add it in the settings.',
    retriable: false,
  });
});

test('a call that does not get through is an error that names the command', async () => {
  const bridge = createTestBridge({
    'doctor.run': () => {
      throw new Error('channel closed');
    },
  });
  await expect(createClient(bridge).call('doctor.run')).rejects.toMatchObject({
    code: 'INTERNAL',
    message: expect.stringMatching(/doctor\.run.*channel closed/),
  });
});

test('listeners hear their own event only, until they unsubscribe', () => {
  const bridge = createTestBridge();
  const heard: string[] = [];
  const unsubscribe = createClient(bridge).onEvent('action', (action) => heard.push(action));
  bridge.event({ name: 'quitting', value: { unsent: 1, deadlineMs: 1 } });
  bridge.event({ name: 'action', value: 'compose' });
  unsubscribe();
  bridge.event({ name: 'action', value: 'find' });
  expect(heard).toEqual(['compose']);
});
