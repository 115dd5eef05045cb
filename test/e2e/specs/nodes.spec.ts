import { Peer } from '../fixtures/peer.js';
import { expect, test } from '../fixtures/resonance.js';
import { NodesPage } from '../pages/nodes.js';
import { Shell } from '../pages/shell.js';

test('a peer added in the window is connected, and gone from the settings when removed', async ({
  resonance: { window },
}) => {
  const peer = await Peer.start('aurora');
  try {
    const shell = new Shell(window);
    const nodes = new NodesPage(window);
    await shell.waitUntilRunning();
    await shell.open('Nodes');
    await nodes.addPeer('aurora', peer.settings);
    const detail = await nodes.open('aurora');
    await expect(detail).toContainText('Healthy', { timeout: 20_000 });
    await expect(detail).toContainText('Connected');
    await expect(detail).toContainText(peer.settings.websocket);
    await detail.getByRole('button', { name: 'Remove' }).click();
    await expect(nodes.entry('aurora')).not.toContainText('peer');
  } finally {
    await peer.kill();
  }
});

test('faults of a demo node are switched in the window and show there', async ({ resonance: { window } }) => {
  const shell = new Shell(window);
  const nodes = new NodesPage(window);
  await shell.waitUntilRunning();
  await shell.open('Nodes');
  await window.getByRole('button', { name: 'Start the demo mesh' }).click();
  const detail = await nodes.open('nexus');
  await expect(detail).toContainText('Healthy', { timeout: 20_000 });
  const faults = detail.getByRole('group', { name: 'Faults of nexus' });
  // The box follows the node's answer, not the click.
  await faults.getByLabel('Drift').click();
  await expect(faults.getByLabel('Drift')).toBeChecked();
  await expect(detail).toContainText('drifting');
  await faults.getByLabel('Drift').click();
  await expect(detail).toContainText('supraleitend');
});
