import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePorts } from '../../support/free-ports.js';
import { applicationFolder, expect, test } from '../fixtures/resonance.js';
import { launchAgain } from '../fixtures/second-launch.js';
import { OverviewPage } from '../pages/overview.js';
import { Shell } from '../pages/shell.js';

test('a wrong setting is named with what is allowed, and the node runs on the next best value', async ({
  launch,
}) => {
  const { window } = await launch({
    settings: { sync: { intervalMs: 'often' }, resonance: { frequencyHz: 0.05 } },
  });
  const shell = new Shell(window);
  await shell.waitUntilRunning();
  await shell.alertsButton.click();
  const alert = window.getByRole('banner').getByText(/sync\.intervalMs/);
  await expect(alert).toContainText('often');
  await expect(window.getByText('target 0.05 Hz')).toBeVisible();
});

test('a settings file that is no JSON does not keep the window shut', async ({ launch }) => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'resonance-e2e-'));
  const [port] = await freePorts(1);
  await writeFile(join(dataDirectory, 'settings.json'), '{ "node": ');
  const { window } = await launch({
    dataDirectory,
    parameters: ['--set', `kafka.brokers=127.0.0.1:${port}`, '--set', 'websocket.port=0'],
  });
  const shell = new Shell(window);
  await shell.waitUntilRunning();
  await shell.alertsButton.click();
  await expect(window.getByRole('banner').getByText(/settings\.json/)).toBeVisible();
});

test('a taken WebSocket port is shown with what to do, and the rest runs', async ({ launch }) => {
  const first = await launch();
  const firstShell = new Shell(first.window);
  await firstShell.waitUntilRunning();
  const name = await firstShell.status('WebSocket').getAttribute('aria-label');
  const port = Number(/:(\d+)$/.exec(name ?? '')?.[1]);
  const { window } = await launch({ settings: { websocket: { port } } });
  const shell = new Shell(window);
  await expect(shell.status('WebSocket')).toHaveAccessibleName(/not listening/);
  await shell.status('WebSocket').click();
  await expect(
    window
      .getByRole('banner')
      .getByText(new RegExp(`${port}`))
      .first(),
  ).toBeVisible();
  await expect(new OverviewPage(window).node('resonance')).toContainText('Healthy');
});

test('a data folder that a node without a window uses is not touched, and the window says so', async ({
  launch,
}) => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'resonance-e2e-'));
  const [port] = await freePorts(1);
  const flags = ['--set', `kafka.brokers=127.0.0.1:${port}`, '--set', 'websocket.port=0'];
  const cli = join(applicationFolder, 'out', 'main', 'cli.js');
  const node = spawn(process.execPath, [cli, 'start', '--json', '--data-dir', dataDirectory, ...flags], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    await once(createInterface({ input: node.stdout }), 'line');
    const { window } = await launch({ dataDirectory, parameters: flags });
    const shell = new Shell(window);
    await expect(shell.status('Sync')).toHaveAccessibleName(/failed/);
    await shell.alertsButton.click();
    await expect(
      window
        .getByRole('banner')
        .getByText(/another|in use|locked|holds/i)
        .first(),
    ).toBeVisible();
  } finally {
    const exited = once(node, 'exit');
    node.kill('SIGTERM');
    await exited;
  }
});

test('--screenshot saves a picture of the live window and ends', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'resonance-e2e-'));
  const [port] = await freePorts(1);
  const file = join(dataDirectory, 'pictures', 'live.png');
  try {
    const { code, log } = await launchAgain(
      dataDirectory,
      '--screenshot',
      file,
      '--set',
      `kafka.brokers=127.0.0.1:${port}`,
      '--set',
      'websocket.port=0',
    );
    expect(code, log).toBe(0);
    const png = await readFile(file);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBeGreaterThanOrEqual(900);
    expect(png.length).toBeGreaterThan(20_000);
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
});
