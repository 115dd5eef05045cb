import { type App, type BrowserWindow, dialog } from 'electron';
import { describeError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';

/** Which Resonance this is, and what it runs on. */
export function showAbout(app: App, window: BrowserWindow | undefined, logger: Logger): void {
  const { electron, chrome, node } = process.versions;
  const box = {
    type: 'info' as const,
    title: 'About Resonance',
    message: `Resonance ${app.getVersion()}`,
    detail: `Electron ${electron}\nChromium ${chrome}\nNode.js ${node}`,
    buttons: ['OK'],
    noLink: true,
  };
  const shown = window === undefined ? dialog.showMessageBox(box) : dialog.showMessageBox(window, box);
  shown.catch((error: unknown) => logger.warn('the dialog failed', { error: describeError(error) }));
}
