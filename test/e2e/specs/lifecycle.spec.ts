import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ElectronApplication } from '@playwright/test';
import { expect, test } from '../fixtures/resonance.js';
import { launchAgain } from '../fixtures/second-launch.js';
import { Shell } from '../pages/shell.js';

/** What the page shows, alerts unfolded. The driver gives a crashed page up for good, so main asks the new one. */
function textOfPage(app: ElectronApplication): Promise<string> {
  return app.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    if (contents === undefined || contents.isCrashed() || contents.isLoading()) return '';
    return (await contents.executeJavaScript(`(() => {
      const button = document.querySelector('button[aria-label$="alert"], button[aria-label$="alerts"]');
      if (button?.getAttribute('aria-expanded') === 'false') button.click();
      return document.body.innerText;
    })()`)) as string;
  });
}

test('a second launch brings the window to the front and ends', async ({ resonance }) => {
  const { app, dataDirectory } = resonance;
  const isVisible = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
  expect(await isVisible()).toBe(false);
  const { code, log } = await launchAgain(dataDirectory);
  expect(code, log).toBe(0);
  await expect.poll(isVisible).toBe(true);
});

test('a picture is refused while another instance has the data folder', async ({ resonance }) => {
  const picture = join(resonance.dataDirectory, 'picture.png');
  const { code } = await launchAgain(resonance.dataDirectory, '--screenshot', picture);
  expect(code).toBe(1);
});

test('two data folders run side by side', async ({ launch }) => {
  const first = await launch();
  const second = await launch();
  expect(second.dataDirectory).not.toBe(first.dataDirectory);
  for (const { window } of [first, second]) await expect(new Shell(window).entry('Overview')).toBeVisible();
});

test('a wrong command line is one clear line', async ({ resonance }) => {
  const { code, log } = await launchAgain(resonance.dataDirectory, '--screenshot');
  expect(code).toBe(2);
  expect(log).toContain('--screenshot needs a value');
});

test('a page that crashes comes back and says so', async ({ resonance, expectedErrors }) => {
  const { app, log } = resonance;
  expectedErrors.push(/./);
  await expect.poll(() => textOfPage(app)).toContain('Compose');
  await app.evaluate(({ BrowserWindow }) => {
    setImmediate(() => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer());
  });
  await expect.poll(log).toContain('the page died');
  await expect.poll(() => textOfPage(app)).toContain('was reloaded');
});

test('a page that does not respond can be reloaded', async ({ resonance, expectedErrors }) => {
  const { app, log } = resonance;
  expectedErrors.push(/./);
  await expect.poll(() => textOfPage(app)).toContain('Compose');
  // Chromium takes half a minute to notice, and a native dialog has no buttons for the driver.
  await app.evaluate(({ BrowserWindow, dialog }) => {
    dialog.showMessageBox = async () => ({ response: 1, checkboxChecked: false });
    setImmediate(() => BrowserWindow.getAllWindows()[0]?.emit('unresponsive'));
  });
  await expect.poll(log).toContain('the page died');
  await expect.poll(() => textOfPage(app)).toContain('Compose');
});

test('the window opens where it was left', async ({ launch }) => {
  const first = await launch();
  await first.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.setBounds({ x: 120, y: 80, width: 1_100, height: 720 }),
  );
  const boundsOf = (app: typeof first.app) =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds());
  await expect.poll(() => boundsOf(first.app)).toEqual({ x: 120, y: 80, width: 1_100, height: 720 });
  await first.quit();
  const state = JSON.parse(await readFile(join(first.dataDirectory, 'window.json'), 'utf8'));
  expect(state.bounds).toEqual({ x: 120, y: 80, width: 1_100, height: 720 });
  const second = await launch({ dataDirectory: first.dataDirectory });
  expect(await boundsOf(second.app)).toEqual({ x: 120, y: 80, width: 1_100, height: 720 });
});

test('the theme is switched by the menu, saved, and known before the settings are read', async ({
  launch,
}) => {
  const first = await launch({ settings: { window: { theme: 'light' } } });
  await new Shell(first.window).waitUntilRunning();
  const isDark = () => first.window.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  expect(await isDark()).toBe(false);
  await first.app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('toggle-theme')?.click());
  await expect.poll(isDark).toBe(true);
  await expect.poll(() => readFile(first.settingsFile, 'utf8')).toContain('"dark"');
  await first.quit();
  const state = JSON.parse(await readFile(join(first.dataDirectory, 'window.json'), 'utf8'));
  expect(state.theme).toBe('dark');
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} quits in order`, async ({ resonance: { app, dataDirectory } }) => {
    const child = app.process();
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill(signal);
    expect(await exited).toBe(0);
    expect(JSON.parse(await readFile(join(dataDirectory, 'window.json'), 'utf8')).theme).toBe('system');
  });
}

test('quitting ends in time even when main is stuck', async ({ resonance: { app } }) => {
  const exited = new Promise<void>((resolve) => app.process().once('exit', () => resolve()));
  await app.evaluate(({ app }) => {
    setTimeout(() => {
      app.quit();
      for (;;);
    });
  });
  const startedAtMs = performance.now();
  await exited;
  expect(performance.now() - startedAtMs).toBeLessThan(6_000);
});

test('what nobody caught in main is logged, told, and ends nothing', async ({
  resonance,
  expectedErrors,
}) => {
  expectedErrors.push(/on purpose/);
  await resonance.app.evaluate(() => {
    setTimeout(() => {
      throw new Error('thrown on purpose');
    });
    Promise.reject(new Error('rejected on purpose'));
  });
  await expect.poll(resonance.log).toMatch(/uncaught exception.*thrown on purpose/);
  await expect.poll(resonance.log).toMatch(/unhandled rejection.*rejected on purpose/);
  expect(await resonance.window.evaluate(() => document.readyState)).toBe('complete');
});
