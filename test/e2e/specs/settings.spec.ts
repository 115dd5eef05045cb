import { readFile } from 'node:fs/promises';
import { expect, test } from '../fixtures/resonance.js';
import { OverviewPage } from '../pages/overview.js';
import { Shell } from '../pages/shell.js';

test('settings are checked as they are typed, saved to the file, and applied without losing the session', async ({
  resonance: { window, settingsFile },
}) => {
  const shell = new Shell(window);
  const overview = new OverviewPage(window);
  await shell.waitUntilRunning();
  await expect(overview.node('resonance')).toContainText('Healthy');
  const view = await shell.open('Settings');
  const unsaved = window.getByRole('region', { name: 'Unsaved changes' });

  const interval = view.getByRole('textbox', { name: 'Sync interval', exact: true });
  await interval.fill('often');
  await expect(interval).toHaveAttribute('aria-invalid', 'true');
  await expect(unsaved.getByRole('button', { name: 'Show what to mend' })).toBeVisible();
  await interval.fill('500');
  await expect(interval).not.toHaveAttribute('aria-invalid', 'true');

  await view.getByRole('textbox', { name: 'Node name', exact: true }).fill('resonance-two');
  await view.getByRole('textbox', { name: 'Target frequency', exact: true }).fill('0.05');
  await expect(unsaved).toContainText('3 unsaved changes');
  await unsaved.getByRole('button', { name: 'Save' }).click();
  await expect(unsaved).toHaveCount(0);
  await expect(shell.nodeName).toHaveText('resonance-two');
  await shell.waitUntilRunning();
  expect(JSON.parse(await readFile(settingsFile, 'utf8'))).toMatchObject({
    node: { name: 'resonance-two' },
    sync: { intervalMs: 500 },
    resonance: { frequencyHz: 0.05 },
  });

  await shell.open('Overview');
  await expect(window.getByText('target 0.05 Hz')).toBeVisible();
  await expect(overview.node('resonance-two')).toContainText('Healthy');
  await overview.waitUntilMoving('Frequency');
});

test('a flag wins over the file: its setting says so and can’t be typed over', async ({ launch }) => {
  const { window } = await launch({ parameters: ['--set', 'node.anchor=TEST_ANCHOR'] });
  const shell = new Shell(window);
  await shell.waitUntilRunning();
  const view = await shell.open('Settings');
  await expect(view.getByRole('textbox', { name: 'Anchor', exact: true })).toHaveValue('TEST_ANCHOR');
  await expect(view.getByRole('textbox', { name: 'Anchor', exact: true })).toBeDisabled();
});

test('a wrong value of the file is shown at its setting and mended; what is typed outlives a change elsewhere', async ({
  launch,
}) => {
  const { window, settingsFile } = await launch({ settings: { sync: { intervalMs: 'soon' } } });
  const shell = new Shell(window);
  await shell.waitUntilRunning();
  const view = await shell.open('Settings');
  const problem = view.getByRole('alert').filter({ hasText: 'sync.intervalMs' });
  await expect(problem).toContainText('expected a whole number');

  const anchor = view.getByRole('textbox', { name: 'Anchor', exact: true });
  await anchor.fill('TYPED');
  await problem.getByRole('button', { name: 'Take it out of the file' }).click();
  await expect(problem).toHaveCount(0);
  expect(JSON.parse(await readFile(settingsFile, 'utf8')).sync).toEqual({});
  await expect(anchor).toHaveValue('TYPED');

  await shell.open('Overview');
  await shell.open('Settings');
  await expect(anchor).toHaveValue('TYPED');
  await window.keyboard.press('Control+s');
  const saved = shell.notifications.getByRole('status').filter({ hasText: '1 setting saved' });
  await saved.getByRole('button', { name: 'Undo' }).click();
  await expect(anchor).toHaveValue('BOLZANO_71');
});
