import { join } from 'node:path';
import type { Locator } from '@playwright/test';
import { Kafka, logLevel } from 'kafkajs';
import { runCli } from '../../support/cli-process.js';
import { expectAccessible } from '../fixtures/accessibility.js';
import { expect, type Resonance, test } from '../fixtures/resonance.js';
import { Shell } from '../pages/shell.js';

/** The command line beside the app, on a data folder of its own. */
function besides({ dataDirectory, broker }: Resonance) {
  return async (...parameters: string[]): Promise<void> => {
    const own = ['--data-dir', join(dataDirectory, 'cli'), '--set', `kafka.brokers=${broker}`];
    const { exitCode, stderr } = await runCli([...parameters, ...own]);
    expect(exitCode, stderr).toBe(0);
  };
}

async function openGroup({ window }: Resonance, name: string): Promise<Locator> {
  const shell = new Shell(window);
  const view = await shell.open('Topics');
  await view.getByText('Consumer groups', { exact: true }).click();
  const list = view.getByRole('navigation', { name: 'Consumer groups' });
  await list.getByRole('button', { name: new RegExp(`^${name}`) }).click();
  return view.getByRole('region', { name: `Group ${name}` });
}

/** The cells of a partition's row: partition, committed, end, lag; or partition, before, after, difference. */
function cellsOf(table: Locator, topic: string): Locator {
  return table.getByRole('row').filter({ hasText: topic }).first().getByRole('cell');
}

test('a group is reset by keyboard after a preview, and the change is taken back', async ({ resonance }) => {
  const { window } = resonance;
  await new Shell(window).waitUntilRunning();
  const cli = besides(resonance);
  const topic = 'resonance.outbound';
  for (let count = 0; count < 3; count += 1) await cli('send', '--type', 'event', '--message', 'x');
  await cli('groups', 'reset', 'archive', '--to-latest', '--topic', topic, '--apply');

  const pane = await openGroup(resonance, 'archive');
  await expect(pane).toContainText('Nobody reads');
  await expect(cellsOf(pane.getByRole('table', { name: 'Offsets of archive' }), topic)).toHaveText([
    '0',
    '3',
    '3',
    '0',
    '–',
  ]);
  await pane.getByRole('button', { name: 'Reset offsets' }).press('Enter');
  const dialog = window.getByRole('dialog', { name: 'Reset the offsets of archive' });
  await expect(dialog.getByRole('radio', { name: 'Earliest' })).toBeFocused();
  for (let count = 0; count < 3; count += 1) await window.keyboard.press('ArrowRight');
  await expect(dialog.getByRole('radio', { name: 'Shift by' })).toBeFocused();
  await window.keyboard.press('Tab');
  await window.keyboard.type('-2');
  const plan = dialog.getByRole('table', { name: 'Before and after' });
  await expect(cellsOf(plan, topic)).toHaveText(['0', '3', '1', '−2', '0 to 3', '']);
  await expectAccessible(window);
  await dialog.getByRole('button', { name: 'Apply' }).press('Enter');

  const outcome = window.getByRole('dialog', { name: 'Offsets of archive' });
  await expect(outcome).toContainText('1 partition of archive changed');
  await expect(outcome.getByRole('button', { name: 'Close', exact: true })).toBeFocused();
  await outcome.getByRole('button', { name: 'Undo' }).press('Enter');
  const undo = window.getByRole('dialog', { name: 'Undo “shift by -2” of archive' });
  await expect(cellsOf(undo.getByRole('table'), topic)).toHaveText(['0', '1', '3', '+2', '0 to 3', '']);
  await undo.getByRole('button', { name: 'Apply' }).press('Enter');
  await expect(outcome).toContainText('1 partition of archive changed');
  await window.keyboard.press('Escape');

  const changes = pane.getByRole('table', { name: 'Changes made from here' });
  await expect(changes).toContainText('shift by -2');
  await expect(changes).toContainText('undo of “shift by -2”');
  await expect(cellsOf(pane.getByRole('table', { name: 'Offsets of archive' }), topic).nth(1)).toHaveText(
    '3',
  );
});

test('the node’s own group is reset while the node reads, which steps out for it', async ({ resonance }) => {
  const { window } = resonance;
  await new Shell(window).waitUntilRunning();
  const topic = 'resonance.inbound';
  const self = ['--set', 'peers.self.websocket=ws://127.0.0.1:9', '--set', `peers.self.topic=${topic}`];
  await besides(resonance)('send', '--type', 'event', '--message', 'x', '--target', 'self', ...self);

  const pane = await openGroup(resonance, 'resonance-group');
  const offsets = pane.getByRole('table', { name: 'Offsets of resonance-group' });
  await expect(cellsOf(offsets, topic).nth(1)).toHaveText('1', { timeout: 15_000 });
  await expect(pane.getByRole('table', { name: 'Members' })).toContainText('this node');
  await pane.getByRole('button', { name: 'Reset offsets' }).click();
  const dialog = window.getByRole('dialog', { name: 'Reset the offsets of resonance-group' });
  await dialog.getByLabel('Topics').selectOption(topic);
  await expect(dialog.getByRole('note')).toContainText('This node itself reads in the group');
  await dialog.getByRole('button', { name: 'Pause reading and apply' }).click();
  const outcome = window.getByRole('dialog', { name: 'Offsets of resonance-group' });
  await expect(cellsOf(outcome.getByRole('table'), topic)).toHaveText(['0', '1', '0', '−1', '0 to 1', '']);
  await outcome.getByRole('button', { name: 'Close', exact: true }).click();
  // It has read on from there.
  await expect(pane).toContainText('Active', { timeout: 15_000 });
  await expect(cellsOf(offsets, topic).nth(1)).toHaveText('1', { timeout: 15_000 });
});

test('a group in which somebody else reads is not reset, and the dialog names who', async ({ resonance }) => {
  const { window, broker } = resonance;
  await new Shell(window).waitUntilRunning();
  await besides(resonance)('send', '--type', 'event', '--message', 'x');
  const kafka = new Kafka({ brokers: [broker], clientId: 'elsewhere', logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: 'busy' });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: ['resonance.outbound'] });
    await consumer.run({ eachMessage: async () => undefined });
    const pane = await openGroup(resonance, 'busy');
    await expect(pane.getByRole('table', { name: 'Members' })).toContainText('elsewhere', {
      timeout: 15_000,
    });
    await pane.getByRole('button', { name: 'Reset offsets' }).click();
    const dialog = window.getByRole('dialog', { name: 'Reset the offsets of busy' });
    await expect(dialog.getByRole('note')).toContainText('elsewhere at 127.0.0.1');
    await expect(dialog.getByRole('button', { name: 'Apply' })).toBeDisabled();
  } finally {
    await consumer.disconnect();
  }
});
