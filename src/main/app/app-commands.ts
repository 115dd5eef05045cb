import { dirname } from 'node:path';
import { type App, type BrowserWindow, dialog, shell } from 'electron';
import { ResonanceError } from '../../shared/errors.js';
import type { AppInfo, CommandParameters } from '../../shared/ipc.js';

export interface AppPlaces {
  readonly dataDirectory: string;
  readonly settingsFile: string;
  readonly logsDirectory: string;
}

export function describeApp(app: App, places: AppPlaces): AppInfo {
  return {
    version: app.getVersion(),
    electron: process.versions.electron,
    chrome: process.versions.chrome,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    dataDirectory: places.dataDirectory,
    settingsFile: places.settingsFile,
  };
}

/**
 * Opens one of the app's own folders in the desktop's file manager: the page names the place, never a path.
 *
 * @throws ResonanceError NOT_FOUND when the desktop can't open it
 */
export async function revealPlace(place: CommandParameters<'app.reveal'>, places: AppPlaces): Promise<void> {
  const directory = {
    settings: dirname(places.settingsFile),
    data: places.dataDirectory,
    logs: places.logsDirectory,
  }[place];
  const problem = await shell.openPath(directory);
  if (problem !== '') {
    throw new ResonanceError('NOT_FOUND', `The file manager did not open: ${problem}`, {
      hint: `The folder is ${directory}`,
    });
  }
}

/** Shows the desktop's own dialog; null when the operator chose nothing. */
export async function chooseFile(window: BrowserWindow | undefined): Promise<string | null> {
  const options = { properties: ['openFile' as const, 'showHiddenFiles' as const] };
  const { filePaths } = await (window === undefined
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options));
  return filePaths[0] ?? null;
}
