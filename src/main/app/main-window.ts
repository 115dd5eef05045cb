import { BrowserWindow, dialog, screen } from 'electron';
import { channels } from '../../shared/channels.js';
import type { Clock, Timer } from '../../shared/clock.js';
import type { WindowEventMessage } from '../../shared/ipc.js';
import type { Logger } from '../../shared/logger.js';
import type { AppOrigin } from './app-origin.js';
import { CrashBackoff } from './crash-backoff.js';
import { backgroundColor } from './theme.js';
import { minimumSize, placeWindow, type WindowState } from './window-state.js';

const title = 'Resonance';
/** From a failed load to the news that a crash was its cause. */
const crashNoticeMs = 250;

export interface MainWindowOptions {
  readonly origin: AppOrigin;
  /** Absolute path of the bundled preload script. */
  readonly preload: string;
  /** Absolute path of the picture that task bars show (not used on macOS, where the package has it). */
  readonly icon: string;
  readonly state: WindowState;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The operator closes the window. */
  readonly onClose: () => void;
  readonly onVisibility: (isVisible: boolean) => void;
  /** The page died and is being brought back. */
  readonly onCrash: (reason: string) => void;
}

/** The one window: opens where it was left, brings its page back when it dies, and is not closed but by `destroy`. */
export class MainWindow {
  readonly #options: MainWindowOptions;
  readonly #window: BrowserWindow;
  readonly #crashes = new CrashBackoff();
  #reload: Timer | undefined;

  constructor(options: MainWindowOptions) {
    this.#options = options;
    const { origin, preload, icon, state } = options;
    const primary = screen.getPrimaryDisplay();
    const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id);
    this.#window = new BrowserWindow({
      ...placeWindow(
        state.bounds,
        [primary, ...others].map(({ workArea }) => workArea),
      ),
      minWidth: minimumSize.width,
      minHeight: minimumSize.height,
      title,
      icon,
      show: false,
      backgroundColor: backgroundColor(),
      webPreferences: {
        preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        webviewTag: false,
        navigateOnDragDrop: false,
        spellcheck: false,
        devTools: origin.isDevelopment,
      },
    });
    this.#watch();
  }

  /** Loads the page; ends when the window shows its first frame, or, blank, that there is none to show. */
  async open(): Promise<void> {
    const contents = this.#window.webContents;
    const painted = new Promise<void>((resolve) => this.#window.once('ready-to-show', () => resolve()));
    const failed = contents.loadURL(this.#options.origin.entryUrl).then(
      () => painted,
      (error: unknown) => {
        this.#options.logger.error('the page did not load', { error: String(error) });
        this.#recoverUnlessCrashed();
      },
    );
    await Promise.race([painted, failed]);
    if (this.#window.isDestroyed()) return;
    if (this.#options.state.isMaximized) this.#window.maximize();
    this.#window.show();
  }

  get contents(): Electron.WebContents {
    return this.#window.webContents;
  }

  sendFeed(batchJson: string): void {
    this.#send(channels.feed, batchJson);
  }

  sendEvent(event: WindowEventMessage): void {
    this.#send(channels.event, event);
  }

  bringToFront(): void {
    if (this.#window.isDestroyed()) return;
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
  }

  refreshBackground(): void {
    if (!this.#window.isDestroyed()) this.#window.setBackgroundColor(backgroundColor());
  }

  /** As it is to open next time. */
  currentState(): Omit<WindowState, 'theme'> {
    return { bounds: this.#window.getNormalBounds(), isMaximized: this.#window.isMaximized() };
  }

  destroy(): void {
    this.#reload?.cancel();
    if (!this.#window.isDestroyed()) this.#window.destroy();
  }

  #send(channel: string, payload: unknown): void {
    if (this.#window.isDestroyed() || this.#window.webContents.isCrashed()) return;
    this.#window.webContents.send(channel, payload);
  }

  #watch(): void {
    const window = this.#window;
    const { logger, onClose, onVisibility } = this.#options;
    window.on('close', (event) => {
      event.preventDefault();
      onClose();
    });
    window.on('show', () => onVisibility(true));
    window.on('restore', () => onVisibility(true));
    window.on('hide', () => onVisibility(false));
    window.on('minimize', () => onVisibility(false));
    window.on('page-title-updated', (event) => event.preventDefault());
    window.on('unresponsive', () => this.#offerReload());
    window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
      if (reason === 'clean-exit') return;
      logger.error('the page died', { reason, exitCode });
      this.#recover(reason);
    });
    window.webContents.on('preload-error', (_event, path, error) => {
      logger.error('preload failed', { path, error: error.message });
    });
  }

  /** A crash fails the load as well, and is told a little later; it must not count twice. */
  #recoverUnlessCrashed(): void {
    this.#options.clock.after(crashNoticeMs, () => {
      if (this.#window.isDestroyed() || this.#reload !== undefined) return;
      this.#recover('did not load');
    });
  }

  #recover(reason: string): void {
    const { clock, logger, onCrash } = this.#options;
    const delayMs = this.#crashes.next(clock.monotonicMs());
    if (delayMs > 0) {
      logger.error('the page keeps dying; waiting before the next try', { delayMs });
      this.#window.setTitle(`${title}: the window failed, trying again in ${delayMs / 1_000} s`);
    }
    this.#reload?.cancel();
    this.#reload = clock.after(delayMs, () => {
      if (this.#window.isDestroyed()) return;
      this.#window.setTitle(title);
      onCrash(reason);
      this.#reload = undefined;
      this.#window.webContents.reload();
    });
  }

  #offerReload(): void {
    const { logger } = this.#options;
    logger.warn('the page does not respond');
    const responsive = new AbortController();
    this.#window.once('responsive', () => responsive.abort());
    dialog
      .showMessageBox(this.#window, {
        type: 'warning',
        message: 'The window does not respond',
        detail: 'The node keeps running. Reloading the window loses nothing but what is typed in it.',
        buttons: ['Wait', 'Reload'],
        defaultId: 0,
        cancelId: 0,
        noLink: true,
        signal: responsive.signal,
      })
      .then(({ response }) => {
        if (response === 1 && !this.#window.isDestroyed()) this.#window.webContents.forcefullyCrashRenderer();
      })
      .catch((error: unknown) => logger.warn('the dialog failed', { error: String(error) }));
  }
}
