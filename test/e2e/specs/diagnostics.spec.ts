import { expect, test } from '../fixtures/resonance.js';
import { DiagnosticsPage } from '../pages/diagnostics.js';
import { Shell } from '../pages/shell.js';

test('the doctor walks what is configured and says what to do where it fails', async ({ launch }) => {
  const peers = { absent: { websocket: 'ws://127.0.0.1:9', topic: 'resonance.absent' } };
  const { window } = await launch({ peers });
  const shell = new Shell(window);
  const diagnostics = new DiagnosticsPage(window);
  await shell.waitUntilRunning();
  await shell.open('Diagnostics');
  await diagnostics.show('Doctor');
  await diagnostics.runDoctor.click();
  await expect(diagnostics.runDoctor).toHaveText('Run again', { timeout: 30_000 });
  await expect(diagnostics.doctorSteps.filter({ hasText: 'Passed' }).first()).toBeVisible();
  const failed = diagnostics.doctorSteps.filter({ hasText: 'Failed' });
  await expect(failed.first()).toContainText('127.0.0.1:9');
});

test('the app’s own log shows in the window as in the file', async ({ resonance: { window, log } }) => {
  const shell = new Shell(window);
  const diagnostics = new DiagnosticsPage(window);
  await shell.waitUntilRunning();
  await shell.open('Diagnostics');
  await diagnostics.show('Log');
  await expect(diagnostics.log).toContainText('The embedded broker is ready');
  await expect(diagnostics.log).toContainText('the node has started');
  expect(log()).toContain('the node has started');
});
