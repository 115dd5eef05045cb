import { expectAccessible } from '../fixtures/accessibility.js';
import { hasKcat, produce, readTopicUntil } from '../fixtures/kcat.js';
import { expect, type Resonance, test } from '../fixtures/resonance.js';
import { shrinkTopic } from '../fixtures/small-topic.js';
import { ComposePage } from '../pages/compose.js';
import { DeliveryPage } from '../pages/delivery.js';
import { MessagesPage } from '../pages/messages.js';
import { Shell } from '../pages/shell.js';

const peers = { nexus: { websocket: 'ws://127.0.0.1:9', topic: 'resonance.nexus' } };

/** Sends an event to nexus whose content is too large for its topic. */
async function sendTooLarge({ window }: Resonance, event: string): Promise<void> {
  const compose = new ComposePage(window);
  await compose.open();
  await compose.json.fill(
    JSON.stringify({ type: 'repository_event', event_type: event, data: { diff: '-'.repeat(900) } }, null, 2),
  );
  await compose.choose('Via', 'Kafka');
  await compose.field('Target').selectOption('nexus');
  await window.keyboard.press('ControlOrMeta+Enter');
  await expect(compose.receipt).toContainText('Failed');
  await compose.close();
}

for (const theme of ['dark', 'light'] as const) {
  test(`a message that fails is seen, edited, sent again and read outside (${theme})`, async ({
    launch,
  }, testInfo) => {
    test.skip(!(await hasKcat()), 'kcat is not installed here');
    const resonance = await launch({ peers, settings: { window: { theme } } });
    const { window, broker } = resonance;
    const shell = new Shell(window);
    const delivery = new DeliveryPage(window);
    await shell.waitUntilRunning();
    await shrinkTopic(broker, 'resonance.nexus', 600);
    await sendTooLarge(resonance, 'too-large');
    await expect(shell.entry('Delivery')).toHaveAccessibleName('Delivery: 1 failed');

    await shell.open('Delivery');
    await delivery.show('Dead letters');
    await delivery.letters.filter({ hasText: 'to Kafka resonance.nexus' }).click();
    await expect(delivery.detail).toContainText('KAFKA_MESSAGE_TOO_LARGE');
    await expect(delivery.detail).toContainText('in the topic resonance.dead-letter');
    await window.screenshot({ path: testInfo.outputPath(`dead-letter-${theme}.png`) });
    await expectAccessible(window);

    await delivery.json.fill('{ "type": "repository_event", "event_type": 7 }');
    await expect(delivery.json).toHaveAccessibleDescription(/Not yet:.*event_type/);
    await expect(delivery.button('Send again, as changed')).toBeDisabled();
    await delivery.json.fill(
      '{ "type": "repository_event", "event_type": "small", "data": {}, "source": "resonance" }',
    );
    await delivery.button('Send again, as changed').click();
    const value = await readTopicUntil(broker, 'resonance.nexus', () => true);
    expect(value).toMatchObject({ event_type: 'small', source: 'resonance', id: expect.any(String) });
    await expect(delivery.letters).toHaveCount(0);
    await expect(shell.entry('Delivery')).toHaveAccessibleName('Delivery');
    await delivery.show('Outbox');
    await expect(delivery.group('Delivered lately')).toContainText('resonance.nexus');
    await window.screenshot({ path: testInfo.outputPath(`outbox-${theme}.png`) });
  });
}

test('many dead letters are discarded at once, brought back, and sent again at once', async ({ launch }) => {
  const resonance = await launch({ peers });
  const { window, broker } = resonance;
  const shell = new Shell(window);
  const delivery = new DeliveryPage(window);
  await shell.waitUntilRunning();
  await shrinkTopic(broker, 'resonance.nexus', 600);
  for (const event of ['first', 'second', 'third']) await sendTooLarge(resonance, event);
  await shell.open('Delivery');
  await delivery.show('Dead letters');
  await expect(delivery.letters).toHaveCount(3);
  await delivery.chooseAll.check();
  await delivery.button('Discard chosen').click();
  await expect(delivery.letters).toHaveCount(0);
  await expect(window.getByText('No dead letters')).toBeVisible();
  await shell.notifications.getByRole('button', { name: 'Undo' }).click();
  await expect(delivery.letters).toHaveCount(3);
  await delivery.chooseAll.check();
  await delivery.button('Send chosen again').click();
  await expect(shell.notifications).toContainText('3 messages are on their way again');
  // They are still too large: each is a dead letter again, and none is lost.
  await expect(delivery.letters).toHaveCount(3);
});

test('a message that comes again is marked as a repeat, in its row and in full', async ({
  resonance: { window, broker },
}) => {
  test.skip(!(await hasKcat()), 'kcat is not installed here');
  const shell = new Shell(window);
  const messages = new MessagesPage(window);
  await shell.waitUntilRunning();
  const id = '018bcfe5-6800-7000-8000-000000000001';
  const event = JSON.stringify({ type: 'repository_event', event_type: 'push', source: 'nexus', id });
  for (let copy = 0; copy < 3; copy += 1) await produce(broker, 'resonance.inbound', event);
  await shell.open('Messages');
  await messages.search.fill(id);
  await expect(messages.rows('nexus')).toHaveCount(3);
  await expect(messages.rows('repeat')).toHaveCount(2);
  await messages.rows('repeat').last().click();
  await expect(messages.detail).toContainText('this copy has none');
  await shell.open('Diagnostics');
  await window.getByText('About', { exact: true }).click();
  await expect(window.getByRole('main')).toContainText('2 had no effect again');
});
