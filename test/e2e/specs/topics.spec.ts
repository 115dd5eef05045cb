import { hasKcat, produce } from '../fixtures/kcat.js';
import { expect, test } from '../fixtures/resonance.js';
import { Shell } from '../pages/shell.js';

test('topics show what the node reads, and a new one is created', async ({ resonance: { window } }) => {
  const shell = new Shell(window);
  await shell.waitUntilRunning();
  const view = await shell.open('Topics');
  const row = (name: string) => view.getByRole('row').filter({ hasText: name });
  await expect(row('resonance.state.sync')).toContainText('Healthy');
  await expect(row('resonance.inbound')).toContainText('inbound');
  await view.getByRole('button', { name: 'New topic' }).click();
  const dialog = window.getByRole('dialog', { name: 'Create a topic' });
  await dialog.getByLabel('Name').fill('resonance.archive');
  await dialog.getByLabel('Partitions').fill('3');
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(shell.notifications).toContainText('resonance.archive is created');
  await expect(row('resonance.archive')).toContainText('Healthy');
  await view.getByRole('button', { name: 'Partitions of resonance.archive' }).click();
  await expect(view.getByRole('table', { name: /resonance\.archive/ }).getByRole('row')).toHaveCount(4);
});

test('what is produced outside is counted, and read by the node’s group', async ({
  resonance: { window, broker },
}) => {
  test.skip(!(await hasKcat()), 'kcat is not installed here');
  const shell = new Shell(window);
  await shell.waitUntilRunning();
  const view = await shell.open('Topics');
  for (let count = 0; count < 5; count += 1) {
    await produce(broker, 'resonance.inbound', `{"type":"heartbeat","anchor":"OUTSIDE_${count}"}`);
  }
  const cells = view.getByRole('row').filter({ hasText: 'resonance.inbound' }).getByRole('cell');
  await expect(async () => {
    await view.getByRole('button', { name: 'Refresh' }).click();
    // Used for, state, partitions, replicas, messages, lag.
    await expect(cells.nth(4)).toHaveText('5', { timeout: 1_000 });
    await expect(cells.nth(5)).toHaveText('0', { timeout: 1_000 });
  }).toPass();
});

test('a topic with other settings than new ones get says what is and what is wanted', async ({ launch }) => {
  const before = await launch();
  await new Shell(before.window).waitUntilRunning();
  await before.quit();
  const { window } = await launch({
    dataDirectory: before.dataDirectory,
    parameters: ['--set', 'kafka.newTopics.partitions=3'],
  });
  const shell = new Shell(window);
  await shell.waitUntilRunning();
  const view = await shell.open('Topics');
  const line = view.getByRole('row').filter({ hasText: 'Not as the settings want new topics' }).first();
  await expect(line).toContainText(/Partitions\s*is 1, wanted 3/);
  await shell.alertsButton.click();
  const alert = window.getByRole('banner').getByText(/other settings than new ones get/);
  await expect(alert).toContainText('resonance.inbound (partitions)');
});
