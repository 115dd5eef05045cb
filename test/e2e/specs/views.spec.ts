import type { Locator, Page, TestInfo } from '@playwright/test';
import { expectAccessible } from '../fixtures/accessibility.js';
import { expect, type Resonance, test } from '../fixtures/resonance.js';
import { ComposePage } from '../pages/compose.js';
import { OverviewPage } from '../pages/overview.js';
import { Shell, type ViewTitle, viewTitles } from '../pages/shell.js';

const sizes = [
  { width: 1_280, height: 800 },
  { width: 2_560, height: 1_440 },
] as const;

/** What each view has to say on a running mesh: a picture before it says nothing. */
const signs: Readonly<Record<ViewTitle, (view: Locator) => Locator>> = {
  Overview: (view) => view.getByRole('heading', { name: 'nexus' }),
  Messages: (view) => view.locator('tbody').getByRole('row').nth(5),
  Nodes: (view) => view.getByRole('heading', { name: 'resonance' }),
  Topics: (view) => view.getByRole('table').getByText('resonance.state.sync'),
  Delivery: (view) => view.getByText('Nothing is waiting'),
  Diagnostics: (view) => view.getByRole('button', { name: 'Run the doctor' }),
  Settings: (view) => view.getByRole('textbox', { name: 'Node name' }),
};

async function showMesh({ window }: Resonance): Promise<void> {
  await new Shell(window).waitUntilRunning();
  await window.getByRole('button', { name: 'Start the demo mesh' }).click();
  const overview = new OverviewPage(window);
  await expect(overview.node('nexus')).toContainText('Healthy', { timeout: 20_000 });
  await overview.waitUntilMoving('Frequency');
}

/** Kept with the results of the run, for people to look at. */
async function takePicture(window: Page, testInfo: TestInfo, name: string): Promise<void> {
  await window.screenshot({ path: testInfo.outputPath(name) });
}

for (const theme of ['dark', 'light'] as const) {
  test(`every view in the ${theme} theme: a picture, and nothing serious from axe`, async ({
    launch,
  }, testInfo) => {
    test.setTimeout(120_000);
    const resonance = await launch({ settings: { window: { theme } } });
    const { app, window } = resonance;
    const shell = new Shell(window);
    await showMesh(resonance);
    expect(await window.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)).toBe(
      theme === 'dark',
    );
    for (const { width, height } of sizes) {
      await app.evaluate(
        ({ BrowserWindow }, size) =>
          BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
        { width, height },
      );
      await expect.poll(() => window.evaluate(() => innerWidth)).toBe(width);
      for (const title of viewTitles) {
        await expect(signs[title](await shell.open(title)).first()).toBeVisible();
        const hasSidewaysScroll = await window.evaluate(
          () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
        );
        expect(hasSidewaysScroll, `${title} fits ${width} pixels`).toBe(false);
        await takePicture(window, testInfo, `${title.toLowerCase()}-${theme}-${width}.png`);
        if (width === sizes[0].width) await expectAccessible(window);
      }
    }
    await new ComposePage(window).open();
    await takePicture(window, testInfo, `compose-${theme}.png`);
    await expectAccessible(window);
  });
}
