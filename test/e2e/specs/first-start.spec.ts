import { expect, test } from '../fixtures/resonance.js';
import { ComposePage } from '../pages/compose.js';
import { OverviewPage } from '../pages/overview.js';
import { Shell, viewTitles } from '../pages/shell.js';

test('a first start needs nothing: the node runs on its own broker, and its charts move', async ({
  resonance: { window, broker },
}) => {
  const shell = new Shell(window);
  const overview = new OverviewPage(window);
  await expect(shell.nodeName).toHaveText('resonance');
  await shell.waitUntilRunning();
  await expect(shell.status('Kafka')).toHaveAccessibleName(/embedded/);
  await shell.status('Kafka').click();
  await expect(window.getByText(broker)).toBeVisible();
  await expect(overview.node('resonance')).toContainText('Healthy');
  await expect(overview.reading('Frequency', 'resonance')).toContainText('0.04300');
  await expect(overview.reading('S-ROI', 'resonance')).toContainText('0.5020');
  await overview.waitUntilMoving('Frequency');
  await overview.waitUntilMoving('S-ROI');
  await expect(overview.traffic).toContainText('resonance.state.sync');
  const focusable = await window.locator('svg g').evaluateAll(
    (parts) =>
      parts.filter((part) => {
        (part as SVGElement).focus();
        return document.activeElement === part;
      }).length,
  );
  expect(focusable, 'the keyboard passes the drawings by: the crosshair takes it').toBe(0);
});

test('a node without peers offers a demo mesh, which runs on real sockets', async ({
  resonance: { window },
}) => {
  const shell = new Shell(window);
  const overview = new OverviewPage(window);
  await shell.waitUntilRunning();
  await window.getByRole('button', { name: 'Start the demo mesh' }).click();
  for (const name of ['lexamoris', 'nexus']) {
    await expect(overview.node(name)).toContainText('Healthy', { timeout: 20_000 });
    await expect(overview.reading('Frequency', name)).toContainText('0.04');
  }
  await expect(shell.status('Demo mesh')).toHaveAccessibleName(/2 nodes/);
});

test('views and Compose are reached by keyboard and by menu', async ({ resonance: { app, window } }) => {
  const shell = new Shell(window);
  const compose = new ComposePage(window);
  await expect(shell.view('Overview')).toBeVisible();
  await window.keyboard.press('ControlOrMeta+2');
  await expect(shell.view('Messages')).toBeVisible();
  await expect(shell.entry('Messages')).toHaveAttribute('aria-current', 'page');
  await compose.open();
  await compose.close();
  const click = (id: string) =>
    app.evaluate(({ Menu }, id) => {
      const item = Menu.getApplicationMenu()?.getMenuItemById(id);
      item?.click();
      return item !== undefined;
    }, id);
  expect(await click('view.overview')).toBe(true);
  await expect(shell.view('Overview')).toBeVisible();
  expect(await click('compose')).toBe(true);
  await expect(compose.dialog).toBeVisible();
});

test('each view stands there as soon as it is asked for', async ({ resonance: { window } }) => {
  const shell = new Shell(window);
  await shell.waitUntilAllIsLoaded();
  for (const title of viewTitles) {
    const shown = await shell.entry(title).evaluate(async (entry) => {
      (entry as HTMLElement).click();
      // React renders what a click changes before the page's next turn.
      await Promise.resolve();
      const main = document.querySelector('main');
      return main?.firstElementChild === null ? null : main?.getAttribute('aria-label');
    });
    expect(shown).toBe(title);
  }
});
