import { Peer } from '../fixtures/peer.js';
import { expect, test } from '../fixtures/resonance.js';
import { ComposePage } from '../pages/compose.js';
import { OverviewPage } from '../pages/overview.js';
import { Shell } from '../pages/shell.js';

test('a peer that dies is shown as gone, and is back as soon as it is back', async ({ launch }) => {
  const peer = await Peer.start('lexamoris');
  try {
    const { window } = await launch({ peers: { lexamoris: peer.settings } });
    const overview = new OverviewPage(window);
    const card = overview.node('lexamoris');
    await new Shell(window).waitUntilRunning();
    await expect(card).toContainText('Healthy');
    await expect(card).toContainText('Connected');
    peer.frequencyHz = 0.044;
    await expect(overview.reading('Frequency', 'lexamoris')).toContainText('0.04400');
    await expect(card).toContainText('+1.00 mHz');

    await peer.kill();
    await expect(card).toContainText(/Retries (now|in \d+)/);
    await expect(card).toContainText('Silent', { timeout: 30_000 });
    await expect(card.getByRole('button', { name: 'Retry now' })).toBeVisible();

    await peer.start();
    await card.getByRole('button', { name: 'Retry now' }).click();
    await expect(card).toContainText('Connected');
    await expect(card).toContainText('Healthy');
  } finally {
    await peer.kill();
  }
});

test('a message to a peer by WebSocket is acknowledged by it', async ({ launch }) => {
  const peer = await Peer.start('nexus');
  try {
    const { window } = await launch({ peers: { nexus: peer.settings } });
    const compose = new ComposePage(window);
    await new Shell(window).waitUntilRunning();
    await expect(new OverviewPage(window).node('nexus')).toContainText('Connected');
    await compose.open();
    await compose.choose('Type', 'Repository event');
    await compose.choose('Via', 'WebSocket');
    await compose.field('Target').selectOption('nexus');
    await compose.field('Event').fill('tag');
    await compose.send.click();
    await expect(compose.receipt).toContainText('Delivered');
    await expect(compose.receipt).toContainText(/acknowledged in/);
    expect(peer.received).toContainEqual(
      expect.objectContaining({ type: 'repository_event', event_type: 'tag', source: 'resonance' }),
    );
  } finally {
    await peer.kill();
  }
});

test('quitting shows what is still unsent, ends in time, and the next start sends it', async ({ launch }) => {
  const peer = await Peer.start('nexus');
  await peer.kill();
  try {
    const first = await launch({ peers: { nexus: peer.settings } });
    const compose = new ComposePage(first.window);
    await new Shell(first.window).waitUntilRunning();
    await compose.open();
    await compose.choose('Type', 'Repository event');
    await compose.choose('Via', 'WebSocket');
    await compose.field('Target').selectOption('nexus');
    await compose.field('Event').fill('written_before_quitting');
    await compose.send.click();
    await expect(compose.receipt).toContainText('Queued');
    await compose.close();
    const startedAtMs = performance.now();
    const quit = first.quit();
    await expect(first.window.getByRole('alertdialog', { name: 'Quitting' })).toContainText(
      '1 unsent message',
    );
    await quit;
    expect(performance.now() - startedAtMs).toBeLessThan(6_000);

    await peer.start();
    await launch({ dataDirectory: first.dataDirectory });
    await expect
      .poll(() => peer.received, { timeout: 20_000 })
      .toContainEqual(expect.objectContaining({ event_type: 'written_before_quitting' }));
  } finally {
    await peer.kill();
  }
});
