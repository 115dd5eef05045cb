import type { ElectronApplication, Page } from '@playwright/test';
import { startTestBroker } from '../../support/embedded-broker.js';
import { freePorts } from '../../support/free-ports.js';
import { hasKcat, readTopic } from '../fixtures/kcat.js';
import { Peer } from '../fixtures/peer.js';
import { expect, test } from '../fixtures/resonance.js';
import { ComposePage } from '../pages/compose.js';
import { DeliveryPage } from '../pages/delivery.js';
import { OverviewPage } from '../pages/overview.js';
import { Shell } from '../pages/shell.js';

const quitWithinMs = 5_000;

/** Resolves once so many wait. */
async function queueEvent(window: Page, event: string, waiting: number): Promise<void> {
  const compose = new ComposePage(window);
  await compose.sendEvent(event);
  await expect(compose.receipt).toContainText(/Queued|Sending/);
  await compose.close();
  await expect(new Shell(window).entry('Delivery')).toHaveAccessibleName(`Delivery: ${waiting} on their way`);
}

/** Quits as an operator would; how long that took. */
async function quit(app: ElectronApplication): Promise<number> {
  const exited = new Promise<void>((resolve) => app.process().once('exit', () => resolve()));
  const startedAtMs = performance.now();
  await app.evaluate(({ app }) => setImmediate(() => app.quit()));
  await exited;
  return performance.now() - startedAtMs;
}

test('with Kafka down, what an operator queues survives a quit within 5 s, and is delivered once and in order when it is back', async ({
  launch,
}, testInfo) => {
  test.skip(!(await hasKcat()), 'kcat is not installed here');
  const [port = 0] = await freePorts(1);
  const broker = `127.0.0.1:${port}`;
  const events = ['first', 'second', 'third'];
  const first = await launch({ settings: { kafka: { mode: 'external', brokers: [broker] } } });
  const shell = new Shell(first.window);
  await expect(shell.status('Sync')).toHaveAccessibleName(/running/, { timeout: 30_000 });
  for (const [index, event] of events.entries()) await queueEvent(first.window, event, index + 1);
  await shell.open('Delivery');
  const delivery = new DeliveryPage(first.window);
  await expect(delivery.group('On their way').getByRole('region', { name: 'Receipt' })).toHaveCount(3);
  await first.window.screenshot({ path: testInfo.outputPath('on-their-way.png') });
  expect(await quit(first.app)).toBeLessThan(quitWithinMs);

  const second = await launch({ dataDirectory: first.dataDirectory });
  const shellAgain = new Shell(second.window);
  await expect(shellAgain.entry('Delivery')).toHaveAccessibleName('Delivery: 3 on their way');
  const kafka = await startTestBroker({ port });
  try {
    await expect(shellAgain.entry('Delivery')).toHaveAccessibleName('Delivery', { timeout: 20_000 });
    const values = await readTopic(broker, 'resonance.outbound');
    expect(values.map(({ event_type }) => event_type)).toEqual(events);
  } finally {
    await second.quit();
    await kafka.close();
  }
});

test('a page that crashes while messages wait comes back with them, and nothing is lost', async ({
  launch,
  expectedErrors,
}) => {
  expectedErrors.push(/./);
  const [port] = await freePorts(1);
  const { app, window, log } = await launch({
    settings: { kafka: { mode: 'external', brokers: [`127.0.0.1:${port}`] } },
  });
  const shell = new Shell(window);
  await expect(shell.status('Sync')).toHaveAccessibleName(/running/, { timeout: 30_000 });
  await queueEvent(window, 'kept', 1);
  await app.evaluate(({ BrowserWindow }) => {
    setImmediate(() => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer());
  });
  // The driver gives a crashed page up for good, so main asks the new one.
  const entry = () =>
    app.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      if (contents === undefined || contents.isCrashed() || contents.isLoading()) return '';
      return (await contents.executeJavaScript(
        `document.querySelector('nav [aria-label^="Delivery"]')?.ariaLabel ?? ''`,
      )) as string;
    });
  await expect.poll(log).toContain('the page died');
  await expect.poll(entry).toBe('Delivery: 1 on their way');
});

test('main blocked for 2 s calls no peer down, and the window goes on', async ({ launch }) => {
  const nexus = await Peer.start('nexus');
  try {
    const { app, window, log } = await launch({ peers: { nexus: nexus.settings } });
    const shell = new Shell(window);
    const overview = new OverviewPage(window);
    await shell.waitUntilRunning();
    await expect(overview.node('nexus')).toContainText('Healthy', { timeout: 20_000 });
    const before = nexus.received.length;
    const logBefore = log().length;
    await app.evaluate(() => {
      const endMs = Date.now() + 2_000;
      while (Date.now() < endMs);
    });
    await expect.poll(() => nexus.received.length).toBeGreaterThan(before + 5);
    await expect(overview.node('nexus')).toContainText('Healthy');
    await overview.waitUntilMoving('Frequency');
    await expect(shell.alertsButton).toHaveAccessibleName(/^No alert/);
    const news = log().slice(logBefore);
    expect(news).not.toMatch(/nexus is (late|silent)|did not answer|is gone|timed out|no answer/);
  } finally {
    await nexus.kill();
  }
});
