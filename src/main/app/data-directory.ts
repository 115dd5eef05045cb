import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { App } from 'electron';

/**
 * Settles where this instance keeps everything, before Electron is ready: `--data-dir`, else RESONANCE_DATA_DIR, else the
 * desktop's folder for the app. Chromium's own files, and with them the single-instance lock, go below it, so that
 * two data folders run side by side.
 *
 * @returns the absolute path
 */
export function settleDataDirectory(
  app: App,
  fromArguments: string | null,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const fromEnvironment = environment.RESONANCE_DATA_DIR;
  const directory =
    fromArguments ??
    (fromEnvironment === undefined || fromEnvironment === ''
      ? app.getPath('userData')
      : resolve(fromEnvironment));
  // Electron wants the folder to exist, and nothing else runs yet that a short synchronous call could hold up.
  const chromium = join(directory, 'chromium');
  mkdirSync(chromium, { recursive: true, mode: 0o700 });
  app.setPath('userData', chromium);
  app.setPath('sessionData', chromium);
  app.setAppLogsPath(join(directory, 'logs'));
  return directory;
}
