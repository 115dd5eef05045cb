import { resolve } from 'node:path';
import { ResonanceError } from '../../shared/errors.js';

/** What the app itself takes from its command line; the settings' flags are parsed with the settings. */
export interface AppArguments {
  /** `--data-dir DIR`, absolute. */
  readonly dataDirectory: string | null;
  /** `--screenshot FILE`, absolute: save a picture of the live window and exit. */
  readonly screenshotFile: string | null;
  /** `--config` and `--set`, as given. */
  readonly settingsArguments: readonly string[];
}

const settingsFlags = ['--config', '--set'];
const ownFlags = ['--data-dir', '--screenshot'];

/**
 * Drops the executable, Chromium's switches and the app's folder from `process.argv`.
 *
 * @param appPath the app's folder when Electron was told it on the command line, null in a packaged app
 */
export function dropLauncherArguments(argv: readonly string[], appPath: string | null): readonly string[] {
  if (appPath === null) return argv.slice(1);
  const index = argv.findIndex((argument, position) => position > 0 && resolve(argument) === appPath);
  return argv.slice(index < 0 ? 1 : index + 1);
}

/**
 * Switches that are not ours are left to Chromium, which has read them already.
 *
 * @throws ResonanceError `COMMAND_INVALID` for a flag without its value
 */
export function parseAppArguments(
  parameters: readonly string[],
  workingDirectory = process.cwd(),
): AppArguments {
  const own = new Map<string, string>();
  const settingsArguments: string[] = [];
  for (let index = 0; index < parameters.length; index += 1) {
    const parameter = parameters[index] ?? '';
    const flag = [...ownFlags, ...settingsFlags].find(
      (name) => parameter === name || parameter.startsWith(`${name}=`),
    );
    if (flag === undefined) continue;
    let value = parameter.slice(flag.length + 1);
    if (parameter === flag) {
      index += 1;
      value = parameters[index] ?? '';
    }
    if (value === '') throw new ResonanceError('COMMAND_INVALID', `${flag} needs a value`);
    if (flag === '--set' && !/^[^=]+=/.test(value)) {
      throw new ResonanceError('COMMAND_INVALID', `--set ${value}: expected KEY=VALUE`);
    }
    if (settingsFlags.includes(flag)) settingsArguments.push(flag, value);
    else own.set(flag, resolve(workingDirectory, value));
  }
  return {
    dataDirectory: own.get('--data-dir') ?? null,
    screenshotFile: own.get('--screenshot') ?? null,
    settingsArguments,
  };
}
