import { hasKcat, produce, readTopicUntil, valueDelimiter } from '../fixtures/kcat.js';
import { expect, test } from '../fixtures/resonance.js';
import { ComposePage } from '../pages/compose.js';
import { DiagnosticsPage } from '../pages/diagnostics.js';
import { MessagesPage } from '../pages/messages.js';
import { Shell } from '../pages/shell.js';

test.describe('messages between the window and a Kafka client outside', () => {
  test.beforeEach(async ({ resonance: { window } }) => {
    test.skip(!(await hasKcat()), 'kcat is not installed here');
    await new Shell(window).waitUntilRunning();
  });

  test('what is composed in the window is read outside, and the receipt says where it is', async ({
    resonance: { window, broker },
  }) => {
    const compose = new ComposePage(window);
    await compose.open();
    await compose.choose('Type', 'Repository event');
    await compose.choose('Via', 'Kafka');
    await compose.field('Event').fill('commit');
    await compose.field('Message').fill('Tune the resonance');
    await expect(compose.json).toHaveValue(/"message": "Tune the resonance"/);
    await window.keyboard.press('ControlOrMeta+Enter');
    await expect(compose.receipt).toContainText('Delivered');
    await expect(compose.receipt).toContainText('resonance.outbound');
    await expect(compose.receipt).toContainText(/partition \d+, offset \d+/);
    await expect(compose.field('Message')).toHaveValue('Tune the resonance');
    const value = await readTopicUntil(
      broker,
      'resonance.outbound',
      ({ type }) => type === 'repository_event',
    );
    expect(value).toMatchObject({
      type: 'repository_event',
      event_type: 'commit',
      source: 'resonance',
      data: { message: 'Tune the resonance' },
    });
  });

  test('the newest message stays in sight while the window changes its size', async ({
    resonance: { app, window, broker },
  }) => {
    const messages = new MessagesPage(window);
    await new Shell(window).open('Messages');
    await messages.search.fill('of many');
    const values = Array.from({ length: 80 }, (_, index) =>
      JSON.stringify({
        type: 'repository_event',
        timestamp: '2026-01-13T02:00:00.123456+00:00',
        event_type: 'push',
        source: 'lexamoris',
        data: { note: `${index + 1} of many` },
      }),
    );
    await produce(broker, 'resonance.inbound', values.join(valueDelimiter));
    await expect(messages.rows(/80 of many/)).toBeInViewport();
    for (const [width, height] of [
      [2_400, 1_300],
      [1_280, 800],
      [900, 640],
      [2_400, 1_300],
    ] as const) {
      await app.evaluate(
        ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(...size),
        [width, height] as [number, number],
      );
      await expect.poll(() => window.evaluate(() => innerWidth)).toBe(width);
      await expect(messages.rows(/80 of many/)).toBeInViewport();
    }
  });

  test('what is produced outside shows in the window, in full', async ({ resonance: { window, broker } }) => {
    const shell = new Shell(window);
    const messages = new MessagesPage(window);
    await shell.open('Messages');
    await produce(
      broker,
      'resonance.inbound',
      JSON.stringify({
        type: 'repository_event',
        timestamp: '2026-01-13T02:00:00.123456+00:00',
        event_type: 'push',
        source: 'lexamoris',
        data: { branch: 'main', commits: 3 },
      }),
    );
    await messages.search.fill('commits');
    await messages.rows('lexamoris').click();
    await expect(messages.detail).toContainText('Repository event');
    await expect(messages.detail).toContainText('resonance.inbound');
    await expect(messages.detail).toContainText('commits: 3');
    await messages.detail.getByText('Raw text').click();
    await expect(messages.detail).toContainText('"timestamp":"2026-01-13T02:00:00.123456+00:00"');
  });

  test('what is no message is refused, kept for reading, and stops nothing', async ({
    resonance: { window, broker },
  }) => {
    const shell = new Shell(window);
    const messages = new MessagesPage(window);
    const diagnostics = new DiagnosticsPage(window);
    const bad = [
      'not json at all',
      '[1, 2, 3]',
      '{"type":"unheard_of"}',
      '{"type":"frequency_sync","frequency":"high","s_roi":0.5,"anchor":"A"}',
      '{"type":"state_update","anchor":"A","data":{"__proto__":{"polluted":true}}}',
      `{"type":"state_update","anchor":"A","data":${'{"a":'.repeat(200)}1${'}'.repeat(200)}}`,
    ];
    for (const value of bad) await produce(broker, 'resonance.inbound', value);
    await produce(
      broker,
      'resonance.inbound',
      '{"type":"repository_event","event_type":"after_the_bad_ones","source":"nexus","data":{}}',
    );
    await shell.open('Messages');
    await messages.search.fill('after_the_bad_ones');
    await expect(messages.rows('nexus')).toBeVisible();
    await shell.open('Diagnostics');
    await diagnostics.show('Rejected');
    for (const reason of [
      'not JSON',
      'not an object',
      'unknown type',
      'wrong shape',
      'forbidden key',
      'too deep',
    ]) {
      await expect(diagnostics.rejected(reason), reason).toHaveCount(1);
    }
    await diagnostics.rejected('not JSON').click();
    await expect(diagnostics.rejectedDetail).toContainText('not json at all');
  });
});

test('the stream can be paused, counts what comes meanwhile, and follows again', async ({
  resonance: { window },
}) => {
  const shell = new Shell(window);
  const messages = new MessagesPage(window);
  await shell.waitUntilRunning();
  await shell.open('Messages');
  await expect(messages.rows(/State update/).first()).toBeVisible();
  await messages.muteHeartbeats();
  await expect(messages.rows(/Heartbeat/)).toHaveCount(0);
  await messages.pause.click();
  const before = (await messages.arrived.textContent()) ?? '';
  const shown = await messages.rows(/./).allTextContents();
  await expect(messages.arrived).not.toHaveText(before);
  expect(await messages.rows(/./).allTextContents()).toEqual(shown);
  await messages.arrived.click();
  await expect(window.getByText('Following', { exact: true })).toBeVisible();
});

test('a draft that is no valid message can’t be sent, and the reason stands beside it', async ({
  resonance: { window },
}) => {
  const compose = new ComposePage(window);
  await new Shell(window).waitUntilRunning();
  await compose.open();
  await compose.json.fill('{ "type": "frequency_sync", "frequency": ');
  await expect(compose.send).toBeDisabled();
  await compose.json.fill('{ "type": "frequency_sync", "frequency": "high", "s_roi": 0.5 }');
  await expect(compose.send).toBeDisabled();
  await expect(compose.json).toHaveAccessibleDescription(/Not yet:.*frequency/);
  await compose.json.fill('{ "type": "frequency_sync", "frequency": 0.05, "s_roi": 0.5 }');
  await expect(compose.send).toBeEnabled();
});
