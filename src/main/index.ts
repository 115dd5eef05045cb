import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app } from 'electron';
import { describeError } from '../shared/errors.js';
import type { Logger } from '../shared/logger.js';
import { createAppLog } from './app/app-log.js';
import { createAppOrigin } from './app/app-origin.js';
import { registerAppScheme } from './app/app-protocol.js';
import { Application } from './app/application.js';
import { dropLauncherArguments, parseAppArguments } from './app/command-line.js';
import { settleDataDirectory } from './app/data-directory.js';
import { guardProcess } from './app/process-guard.js';
import { createSystemClock } from './system-clock.js';

/*
 * Start-up in phases, each of which needs the one before: arguments, data folder, single instance, page scheme;
 * Electron ready; the window shows; then the node, whose modules are loaded only now. `Application.quit` is the mirror.
 */

function main(): void {
  const parameters = dropLauncherArguments(process.argv, app.isPackaged ? null : app.getAppPath());
  const given = parseAppArguments(parameters);
  const dataDirectory = settleDataDirectory(app, given.dataDirectory, process.env);
  const log = createAppLog(dataDirectory, createSystemClock());
  const { logger } = log;

  if (!app.requestSingleInstanceLock()) {
    logger.info('Resonance already runs with this data folder; its window comes to the front', {
      dataDirectory,
    });
    app.exit(given.screenshotFile === null ? 0 : 1);
    return;
  }

  // Under root Chromium can't sandbox; the start script says so and passes the switch, which the call would contradict.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  registerAppScheme();
  const application = new Application({
    arguments: given,
    dataDirectory,
    log,
    origin: createAppOrigin(app.isPackaged ? undefined : process.env.ELECTRON_RENDERER_URL),
    bundles: dirname(dirname(fileURLToPath(import.meta.url))),
  });
  guardProcess(logger, (message) => application.report(message));
  application.installMenu();

  app.on('second-instance', () => application.bringToFront());
  app.on('activate', () => application.bringToFront());
  app.on('before-quit', (event) => {
    event.preventDefault();
    void application.quit();
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());

  void run(application, given.screenshotFile, logger);
}

async function run(application: Application, screenshotFile: string | null, logger: Logger): Promise<void> {
  await app.whenReady();
  try {
    await application.openWindow();
  } catch (error) {
    // Loading is cut short when quitting overtakes it.
    if (application.isQuitting) return;
    logger.error('the window did not open', { error: describeError(error) });
    app.exit(1);
    return;
  }
  if (application.isQuitting) return;
  if (screenshotFile !== null) void application.takeScreenshot(screenshotFile);
  try {
    await application.startNode();
  } catch (error) {
    // The window says so too, and stays open to let the cause be mended.
    logger.error('the node did not start', { error: describeError(error) });
  }
}

try {
  main();
} catch (error) {
  // No log yet: the command line or the data folder is wrong.
  process.stderr.write(`${describeError(error)}\n`);
  app.exit(2);
}
