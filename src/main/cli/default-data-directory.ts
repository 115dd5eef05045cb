import { join, resolve } from 'node:path';

/**
 * The folder of a run without a window: `--data-dir`, else RESONANCE_DATA_DIR, else the one that the desktop app uses.
 *
 * @param platform as `process.platform` names it
 */
export function dataDirectoryOf(
  fromArguments: string | null,
  environment: Readonly<Record<string, string | undefined>>,
  platform: string,
  home: string,
): string {
  const given = fromArguments ?? environment.RESONANCE_DATA_DIR;
  if (given !== undefined && given !== '') return resolve(given);
  switch (platform) {
    case 'win32':
      return join(environment.APPDATA ?? join(home, 'AppData', 'Roaming'), 'resonance');
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'resonance');
    default:
      return join(environment.XDG_CONFIG_HOME || join(home, '.config'), 'resonance');
  }
}
