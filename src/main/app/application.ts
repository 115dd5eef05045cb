import { join } from 'node:path';
import { app, BrowserWindow, ipcMain, Menu, nativeTheme, session } from 'electron';
import type { WindowAction } from '../../shared/channels.js';
import { describeError } from '../../shared/errors.js';
import type { CommandName, CommandParameters, CommandResults, SettingsView } from '../../shared/ipc.js';
import type { Logger } from '../../shared/logger.js';
import type { NodeCommandName, NodeRuntime } from '../pipeline/node-runtime.js';
import { createSystemClock } from '../system-clock.js';
import { showAbout } from './about.js';
import { type AppPlaces, chooseFile, describeApp, revealPlace } from './app-commands.js';
import type { AppLog } from './app-log.js';
import { createMenuTemplate } from './app-menu.js';
import type { AppOrigin } from './app-origin.js';
import { serveApp } from './app-protocol.js';
import type { AppArguments } from './command-line.js';
import { serveCommands } from './command-server.js';
import { armExitWatchdog } from './exit-watchdog.js';
import { FeedRelay } from './feed-relay.js';
import { MainWindow } from './main-window.js';
import { denyNavigation } from './navigation-policy.js';
import { createWindowNode } from './node-factory.js';
import { NodeHost } from './node-host.js';
import { LivenessWatch, saveScreenshot } from './screenshot.js';
import { restrictSession } from './session-policy.js';
import { quitDeadlineMs, shutDown } from './shutdown.js';
import { applyTheme } from './theme.js';
import { type Theme, WindowStateFile } from './window-state.js';

export interface ApplicationOptions {
  readonly arguments: AppArguments;
  readonly dataDirectory: string;
  readonly origin: AppOrigin;
  /** Absolute path of the bundles' folder (`out`). */
  readonly bundles: string;
  readonly log: AppLog;
}

/** The window and the node together: what start-up opens in order, shutdown closes in the reverse one. */
export class Application {
  readonly #options: ApplicationOptions;
  readonly #logger: Logger;
  readonly #clock = createSystemClock();
  readonly #stateFile: WindowStateFile;
  readonly #host = new NodeHost();
  readonly #relay: FeedRelay;
  readonly #liveness = new LivenessWatch();
  #window: MainWindow | undefined;
  #theme: Theme = 'system';
  #settings: SettingsView | undefined;
  #exitCode = 0;
  #shutdown: Promise<void> | undefined;

  constructor(options: ApplicationOptions) {
    this.#options = options;
    this.#logger = options.log.logger;
    this.#stateFile = new WindowStateFile(options.dataDirectory, options.log.logger);
    this.#relay = new FeedRelay({
      clock: this.#clock,
      send: (batchJson) => this.#window?.sendFeed(batchJson),
    });
  }

  /** Needs Electron to be ready. Ends when the window shows. */
  async openWindow(): Promise<void> {
    const { origin, bundles } = this.#options;
    const logger = this.#logger;
    restrictSession(session.defaultSession, origin);
    if (!origin.isDevelopment) serveApp(session.defaultSession, join(bundles, 'renderer'));
    denyNavigation(app, origin, logger);
    serveCommands({
      ipcMain,
      origin,
      logger,
      page: () => this.#window?.contents,
      execute: (name, parameters) => this.#execute(name, parameters),
    });
    const state = await this.#stateFile.load();
    this.#setTheme(state.theme);
    nativeTheme.on('updated', () => this.#window?.refreshBackground());
    this.#window = new MainWindow({
      origin,
      state,
      logger,
      clock: this.#clock,
      preload: join(bundles, 'preload', 'index.cjs'),
      icon: join(bundles, '..', 'resources', 'icon-128.png'),
      onClose: () => app.quit(),
      onVisibility: (isVisible) => this.#relay.setVisible(isVisible),
      onCrash: (reason) => {
        this.#relay.notify({
          key: 'window.crashed',
          severity: 'warning',
          message: `The window failed (${reason}) and was reloaded`,
          hint: 'The node kept running; what was typed in the window is gone.',
        });
      },
    });
    await this.#window.open();
  }

  /** Ends when the node runs, or has reported why it can't. */
  async startNode(): Promise<void> {
    const { dataDirectory, arguments: given, log } = this.#options;
    const create = async (): Promise<NodeRuntime> => {
      const node = await createWindowNode({
        dataDirectory,
        settingsArguments: given.settingsArguments,
        environment: process.env,
        clock: this.#clock,
        logSinks: log.sinks,
      });
      log.handOver(node.log.logger);
      return node;
    };
    await this.#host.start(create, (runtime) => this.#connect(runtime));
    this.#logger.info('the node has started');
  }

  /** Saves the picture that `--screenshot` asks for, then quits. */
  async takeScreenshot(file: string): Promise<void> {
    const contents = this.#window?.contents;
    if (contents === undefined) return;
    try {
      await saveScreenshot(contents, this.#liveness, file);
    } catch (error) {
      this.#logger.error('no screenshot', { error: describeError(error) });
      this.#exitCode = 1;
    }
    app.quit();
  }

  bringToFront(): void {
    this.#window?.bringToFront();
  }

  /** Tells the operator of something wrong inside. */
  report(message: string): void {
    this.#relay.notify({
      key: 'app.failure',
      severity: 'error',
      message,
      hint: 'The log has the details.',
    });
  }

  get isQuitting(): boolean {
    return this.#shutdown !== undefined;
  }

  /** Idempotent; ends the process within the deadline. */
  quit(): Promise<void> {
    this.#shutdown ??= this.#shutDown();
    return this.#shutdown;
  }

  async #shutDown(): Promise<void> {
    const logger = this.#logger;
    armExitWatchdog(quitDeadlineMs, logger);
    await shutDown({
      logger,
      clock: this.#clock,
      unsentCount: () => this.#host.unsentCount(),
      announce: (quitting) => this.#window?.sendEvent({ name: 'quitting', value: quitting }),
      steps: [
        { name: 'stopping the node', run: (deadlineMs) => this.#host.stop(deadlineMs) },
        { name: 'saving the window state', run: () => this.#saveState() },
        { name: 'closing the window', run: async () => this.#closeWindow() },
        { name: 'writing the log', run: () => this.#options.log.flush() },
      ],
    });
    app.exit(this.#exitCode);
  }

  #connect(runtime: NodeRuntime): void {
    runtime.onFeed((batch) => {
      this.#liveness.observe(batch);
      this.#relay.relay(batch);
    });
    runtime.onSettings((settings) => this.#takeSettings(settings));
    runtime.execute('settings.get', undefined).then(
      (settings) => this.#takeSettings(settings),
      (error: unknown) => this.#logger.error('no settings', { error: describeError(error) }),
    );
  }

  #takeSettings(settings: SettingsView): void {
    this.#settings = settings;
    this.#setTheme(settings.config.window.theme);
    this.#window?.sendEvent({ name: 'settings', value: settings });
  }

  #setTheme(theme: Theme): void {
    this.#theme = theme;
    applyTheme(theme);
  }

  async #execute<N extends CommandName>(
    name: N,
    parameters: CommandParameters<N>,
  ): Promise<CommandResults[N]> {
    // Each branch answers with the result type of its own name, which the compiler can't follow.
    return (await this.#dispatch(name, parameters)) as CommandResults[N];
  }

  async #dispatch(name: CommandName, parameters: CommandParameters<CommandName>): Promise<unknown> {
    switch (name) {
      case 'app.info':
        return describeApp(app, this.#places());
      case 'app.reveal':
        return revealPlace(parameters as CommandParameters<'app.reveal'>, this.#places());
      case 'app.chooseFile':
        return chooseFile(BrowserWindow.getAllWindows()[0]);
      case 'feed.start':
        return this.#relay.start(await (await this.#host.runtime()).execute('feed.start', undefined));
      default: {
        const runtime = await this.#host.runtime();
        return runtime.execute(name as NodeCommandName, parameters as CommandParameters<NodeCommandName>);
      }
    }
  }

  #places(): AppPlaces {
    return {
      dataDirectory: this.#options.dataDirectory,
      logsDirectory: app.getPath('logs'),
      settingsFile: this.#settings?.file ?? join(this.#options.dataDirectory, 'settings.json'),
    };
  }

  async #saveState(): Promise<void> {
    if (this.#window !== undefined) {
      await this.#stateFile.save({ ...this.#window.currentState(), theme: this.#theme });
    }
  }

  #closeWindow(): void {
    this.#relay.close();
    this.#window?.destroy();
    this.#window = undefined;
  }

  /** The menu, whose items the page carries out. */
  installMenu(): void {
    const { origin } = this.#options;
    const logger = this.#logger;
    const act = (action: WindowAction): void => {
      this.#window?.bringToFront();
      this.#window?.sendEvent({ name: 'action', value: action });
    };
    const template = createMenuTemplate({
      platform: process.platform,
      isDevelopment: origin.isDevelopment,
      act,
      reveal: (place) => {
        revealPlace(place, this.#places()).catch((error: unknown) =>
          logger.warn('nothing to reveal', { error: describeError(error) }),
        );
      },
      showAbout: () => showAbout(app, BrowserWindow.getAllWindows()[0], logger),
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  }
}
