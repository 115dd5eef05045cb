import { activeConfig, activeProfile } from '../../shared/active-profile.js';
import type { Clock } from '../../shared/clock.js';
import { changesMesh, refusalWords } from '../../shared/command-effects.js';
import type { Config } from '../../shared/config.js';
import { toErrorReport } from '../../shared/errors.js';
import type { FeedBatch, NodeStatus } from '../../shared/feed.js';
import type { CommandParameters, CommandResults, FeedStart, SettingsView } from '../../shared/ipc.js';
import { readOnlyProfile } from '../kafka/read-only-profile.js';
import type { LogControl } from '../log/logger.js';
import type { LogBuffer } from '../monitor/log-buffer.js';
import { Monitor } from '../monitor/monitor.js';
import type { NodeLinks } from '../monitor/node-tracker.js';
import type { SecretStore } from '../settings/secret-store.js';
import type { SettingsStore } from '../settings/settings-store.js';
import type { DemoMesh } from '../simulation/demo-mesh.js';
import { DirectoryLock } from '../storage/directory-lock.js';
import { translateStorageError } from '../storage-errors.js';
import type { BrokerSelector } from './broker-selector.js';
import { pipelineChange } from './config-changes.js';
import { DemoDesk } from './demo-desk.js';
import { Doctor } from './doctor.js';
import { createDoctorWalks } from './doctor-walks.js';
import { NodeAlerts } from './node-alerts.js';
import { createNodeCommands, type NodeCommands } from './node-commands.js';
import type { NodeCommandName, NodeRuntime } from './node-runtime.js';
import { readNodeStatus } from './node-status.js';
import { notRunning } from './operator-desk.js';
import type { PipelineObserver } from './pipeline-observer.js';
import { ProfileDesk } from './profile-desk.js';
import { profileDirectory } from './profile-directory.js';
import { ResonancePipeline } from './resonance-pipeline.js';
import { withinDeadline } from './within-deadline.js';

export interface ResonanceNodeOptions {
  /** Loaded already. */
  readonly settings: SettingsStore;
  readonly dataDirectory: string;
  readonly brokers: BrokerSelector;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly log: LogControl;
  /** The lines that the window shows; one of the log's sinks. */
  readonly logs: LogBuffer;
}

/**
 * The node through its whole life: one pipeline after another as the settings change, and over them what must not be
 * lost by that: the monitor with its history and series, the demo mesh, the doctor.
 */
export class ResonanceNode implements NodeRuntime {
  readonly monitor: Monitor;
  readonly profiles: ProfileDesk;
  readonly #options: ResonanceNodeOptions;
  readonly #commands: NodeCommands;
  readonly #doctor: Doctor;
  readonly #demo: DemoDesk;
  readonly #alerts: NodeAlerts;
  readonly #feedListeners = new Set<(batch: FeedBatch) => void>();
  #config: Config;
  #pipeline: ResonancePipeline | null = null;
  #lock: DirectoryLock | null = null;
  #hasFailed = false;
  #changes: Promise<unknown> = Promise.resolve();
  #stopping: Promise<void> | null = null;
  #unsubscribe: () => void = () => undefined;

  constructor(options: ResonanceNodeOptions) {
    const { settings, clock, logs, log } = options;
    this.#options = options;
    this.#config = activeConfig(settings.view().config);
    log.setLevel(this.#config.log.level);
    this.#doctor = new Doctor({ clock, onChange: () => this.monitor.feed.markChanged('doctor') });
    this.monitor = new Monitor({
      clock,
      logs,
      nodes: expectedNodes(this.#config),
      history: this.#config.history,
      links: (node) => this.#linksOf(node),
      status: () => this.status(),
      doctor: () => this.#doctor.report,
      receipts: () => this.#pipeline?.outbox?.receipts() ?? [],
      onHealthChange: (change) =>
        this.#alerts.healthChanged(change, Object.hasOwn(this.#config.peers, change.node)),
    });
    this.#alerts = new NodeAlerts(this.monitor.alerts, log.logger);
    this.#demo = new DemoDesk({ clock, logger: log.logger });
    this.profiles = new ProfileDesk({
      settings,
      secrets: options.secrets,
      dataDirectory: options.dataDirectory,
      clock,
      whilePaused: (action) => this.#whilePaused(action),
      onRenamed: (from, to) => this.monitor.renameProfile(from, to),
    });
    this.#commands = createNodeCommands(this);
  }

  get config(): Config {
    return this.#config;
  }

  get settings(): SettingsStore {
    return this.#options.settings;
  }

  get secrets(): SecretStore {
    return this.#options.secrets;
  }

  get log(): LogControl {
    return this.#options.log;
  }

  get mesh(): DemoMesh | null {
    return this.#demo.mesh;
  }

  /** @throws ResonanceError `SHUTTING_DOWN` before the start and after the stop */
  get pipeline(): ResonancePipeline {
    if (this.#pipeline === null) throw notRunning();
    return this.#pipeline;
  }

  status(): NodeStatus {
    return readNodeStatus({
      config: this.#config,
      pipeline: this.#pipeline,
      monitor: this.monitor,
      mesh: this.#demo.mesh,
      hasFailed: this.#hasFailed,
    });
  }

  /** @throws ResonanceError `DATA_DIRECTORY_LOCKED`, `STORAGE_FULL`, `STORAGE_FAILED` */
  async start(): Promise<void> {
    this.monitor.start();
    this.#alerts.settingsProblems(this.settings.view().problems);
    const unsubscribeSettings = this.settings.onChange((view) => this.#applySettings(view));
    const unsubscribeSecrets = this.secrets.onChange((profile) => {
      if (profile === this.#config.profile) this.#applyByRebuild();
    });
    this.#unsubscribe = () => {
      unsubscribeSettings();
      unsubscribeSecrets();
    };
    try {
      this.#lock = await DirectoryLock.acquire(this.#options.dataDirectory);
      await this.#inTurn(() => this.#startPipeline());
    } catch (error) {
      const translated = translateStorageError(error);
      this.#hasFailed = true;
      this.#alerts.notStarted('the node could not be started', toErrorReport(translated));
      this.monitor.feed.markChanged('status');
      throw translated;
    }
  }

  stop(deadlineMs = 5_000): Promise<void> {
    this.#stopping ??= this.#stop(deadlineMs);
    return this.#stopping;
  }

  async execute<N extends NodeCommandName>(
    name: N,
    parameters: CommandParameters<N>,
  ): Promise<CommandResults[N]> {
    if (changesMesh(name) && activeProfile(this.#config).readOnly) throw readOnlyProfile(refusalWords[name]);
    return this.#commands[name](parameters);
  }

  onFeed(listener: (batch: FeedBatch) => void): () => void {
    this.#feedListeners.add(listener);
    return () => {
      this.#feedListeners.delete(listener);
      if (this.#feedListeners.size === 0) this.monitor.feed.stop();
    };
  }

  startFeed(): FeedStart {
    return this.monitor.feed.start((batch) => {
      for (const listener of this.#feedListeners) listener(batch);
    });
  }

  onSettings(listener: (settings: SettingsView) => void): () => void {
    return this.settings.onChange(listener);
  }

  unsentCount(): number {
    const counts = this.#pipeline?.outbox?.counts();
    return counts === undefined ? 0 : counts.queued + counts.inFlight;
  }

  /** Begins a doctor's run, or joins the one under way; its steps come with the feed. */
  runDoctor(): Promise<unknown> {
    const pipeline = this.#pipeline;
    return this.#doctor.run(
      createDoctorWalks({
        config: this.#config,
        brokers: pipeline?.kafka?.selected ?? null,
        secrets: this.secrets,
        ownUrl: pipeline?.listenState.url ?? null,
        peerUrls: pipeline?.peers.endpoints() ?? {},
        clock: this.#options.clock,
        logger: this.#options.log.logger.child('doctor'),
      }),
    );
  }

  /** Starts demo nodes and turns the links of the peers of those names to them. */
  startDemo(names: readonly string[]): Promise<void> {
    return this.#inTurn(async () => {
      await this.#demo.start(names, this.pipeline, this.#config);
      this.monitor.feed.markChanged('status');
    });
  }

  stopDemo(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#demo.stop(this.#pipeline);
      this.monitor.feed.markChanged('status');
    });
  }

  async #startPipeline(): Promise<void> {
    const { dataDirectory, brokers, secrets, clock, log } = this.#options;
    if (this.#stopping !== null) return;
    this.monitor.setProfile(this.#config.profile);
    const pipeline = new ResonancePipeline({
      config: this.#config,
      dataDirectory: profileDirectory(dataDirectory, this.#config.profile),
      brokers,
      secrets,
      clock,
      logger: log.logger,
      observer: this.#observer(this.#config.profile),
    });
    this.#pipeline = pipeline;
    await pipeline.start();
  }

  /** @param profile of the pipeline that it watches: the settings may have another one by the time it has stopped */
  #observer(profile: string): PipelineObserver {
    const { monitor } = this;
    const { clock } = this.#options;
    return {
      onEnvelope: (envelope) => monitor.observe(envelope, profile),
      onRejected: ({ preview, ...rejected }) =>
        monitor.reject({ ...rejected, text: preview, atMs: clock.wallMs() }),
      onReceipt: (receipt) => monitor.feed.receiptChanged(receipt),
      onChange: () => {
        monitor.feed.markChanged('status');
        monitor.feed.markChanged('nodes');
      },
      raiseAlert: (alert) => monitor.alerts.raise(alert),
      clearAlert: (key) => monitor.alerts.clear(key),
    };
  }

  #linksOf(node: string): NodeLinks {
    const pipeline = this.#pipeline;
    const link = pipeline?.peers.get(node);
    const connections = pipeline?.server.connections().filter((connection) => connection.node === node);
    return {
      websocket: link?.link ?? null,
      roundTripMs: link?.roundTripMs ?? null,
      inboundConnections: connections?.length ?? 0,
    };
  }

  #applySettings(view: SettingsView): void {
    const before = this.#config;
    this.#config = activeConfig(view.config);
    this.#options.log.setLevel(view.config.log.level);
    this.#alerts.settingsProblems(view.problems);
    this.monitor.expect(expectedNodes(view.config));
    for (const name of Object.keys(before.peers)) {
      if (!Object.hasOwn(this.#config.peers, name)) this.#alerts.peerLeft(name);
    }
    this.monitor.history.resize(view.config.history);
    this.monitor.feed.markChanged('status');
    const change = pipelineChange(before, this.#config);
    if (change === 'rebuild') this.#applyByRebuild();
    else if (change === 'peers') this.#apply(async () => this.#pipeline?.updatePeers(this.#config.peers));
  }

  #applyByRebuild(): void {
    this.#apply(() => this.#rebuild());
  }

  #apply(action: () => Promise<void>): void {
    this.#inTurn(action).catch((error: unknown) => {
      this.#alerts.notStarted('the new settings could not be applied', toErrorReport(error));
    });
  }

  /** Puts a pipeline for the present settings in the place of the running one. */
  async #rebuild(): Promise<void> {
    this.#options.log.logger.info('applying the new settings');
    const hadDemo = await this.#demo.suspend();
    await this.#pipeline?.stop(3_000);
    await this.#startPipeline();
    this.#alerts.started();
    this.#hasFailed = false;
    if (hadDemo.length > 0) this.#resumeDemo(hadDemo);
  }

  #resumeDemo(names: readonly string[]): void {
    this.startDemo(names).catch((error: unknown) => {
      this.#options.log.logger.warn('the demo mesh did not come back', { error: toErrorReport(error) });
    });
  }

  /** Runs while no file of the running profile is open. What it changes in the settings starts the pipeline again. */
  #whilePaused(action: () => Promise<boolean>): Promise<void> {
    return this.#inTurn(async () => {
      await this.#pipeline?.stop(3_000);
      let isChanged = false;
      try {
        isChanged = await action();
      } finally {
        if (!isChanged) this.#applyByRebuild();
      }
    });
  }

  /** Changes of the node's structure come one after the other. */
  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#changes.then(action);
    this.#changes = result.catch(() => undefined);
    return result;
  }

  async #stop(deadlineMs: number): Promise<void> {
    const { clock, log, brokers } = this.#options;
    const context = { clock, logger: log.logger };
    this.#unsubscribe();
    this.#doctor.stop();
    await withinDeadline('demo mesh', deadlineMs / 5, () => this.#demo.suspend(), context);
    await withinDeadline(
      'pipeline',
      deadlineMs * 0.6,
      async () => this.#pipeline?.stop(deadlineMs * 0.55),
      context,
    );
    await withinDeadline('broker', deadlineMs / 5, () => brokers.stop(deadlineMs / 6), context);
    await withinDeadline('lock', deadlineMs / 10, async () => this.#lock?.release(), context);
    this.monitor.stop();
  }
}

function expectedNodes(config: Config) {
  return { self: config.node.name, peers: config.peers, heartbeatIntervalMs: config.sync.intervalMs };
}
