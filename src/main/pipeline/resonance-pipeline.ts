import { join } from 'node:path';
import { activeProfile } from '../../shared/active-profile.js';
import type { Clock } from '../../shared/clock.js';
import type { ComposeRequest } from '../../shared/compose.js';
import type { Config } from '../../shared/config.js';
import { type ErrorReport, toErrorReport } from '../../shared/errors.js';
import type { LinkState, Receipt } from '../../shared/feed.js';
import type { Logger } from '../../shared/logger.js';
import type { Message, MessageType, StateData } from '../../shared/message.js';
import type { MessageHandler } from '../kafka/handler-registry.js';
import { openFileJournal } from '../outbox/file-journal.js';
import { Outbox } from '../outbox/outbox.js';
import type { SecretSource } from '../settings/secret-store.js';
import { StateSynchronizer, type StateUpdate } from '../sync/state-synchronizer.js';
import type { ResonanceWebSocketServer } from '../websocket/resonance-websocket-server.js';
import { ConnectionAlerts } from './connection-alerts.js';
import { Delivery } from './delivery.js';
import { type BrokerSource, KafkaConnector } from './kafka-connector.js';
import type { KafkaSide } from './kafka-side.js';
import { MeshSender } from './mesh-sender.js';
import { MessageHub } from './message-hub.js';
import { notRunning, OperatorDesk } from './operator-desk.js';
import { PeerLinks } from './peer-links.js';
import type { PipelineContext } from './pipeline-context.js';
import { noObserver, type PipelineObserver } from './pipeline-observer.js';
import { createStateFile } from './state-file.js';
import { watchStorage } from './storage-alerts.js';
import { createPeerLink, createWebSocketServer } from './websocket-side.js';
import { withinDeadline } from './within-deadline.js';

export interface ResonancePipelineOptions {
  readonly config: Config;
  /** Outbox and merged state are kept below it. */
  readonly dataDirectory: string;
  readonly brokers: BrokerSource;
  /** Passwords and the like of the active profile. Default: there are none. */
  readonly secrets?: SecretSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer?: PipelineObserver;
  /** 0 <= x < 1. Default `Math.random`. */
  readonly random?: () => number;
}

export type PipelinePhase = 'stopped' | 'starting' | 'running' | 'stopping';

/** The WebSocket server as it is reached, or why it is not. */
export interface ListenState {
  readonly url: string | null;
  readonly error: ErrorReport | null;
}

const listenAlert = 'websocket.listen';

const noSecrets: SecretSource = { read: async () => null };

/**
 * The running node: Kafka producer and consumer, WebSocket server, peer links, state synchronizer and outbox, joined by
 * one hub. Built for one configuration, of which the peers alone can change while it runs.
 */
export class ResonancePipeline {
  readonly synchronizer: StateSynchronizer;
  readonly server: ResonanceWebSocketServer;
  readonly peers: PeerLinks;
  readonly #options: ResonancePipelineOptions;
  readonly #context: PipelineContext;
  #config: Config;
  readonly delivery: Delivery;
  readonly #sender: MeshSender;
  readonly #alerts: ConnectionAlerts;
  readonly #connector: KafkaConnector;
  #outbox: Outbox | null = null;
  #desk: OperatorDesk | null = null;
  #phase: PipelinePhase = 'stopped';
  #startedAtMs: number | null = null;
  #listen: ListenState = { url: null, error: null };
  #stopping: Promise<void> | null = null;

  constructor(options: ResonancePipelineOptions) {
    const { clock, logger, observer = noObserver } = options;
    this.#options = options;
    this.#config = options.config;
    const readConfig = (): Config => this.#config;
    const hub = new MessageHub(
      [
        {
          name: 'synchronizer',
          takesRepeats: false,
          take: (envelope) => this.synchronizer.receive(envelope),
        },
        { name: 'monitor', takesRepeats: true, take: (envelope) => observer.onEnvelope(envelope) },
      ],
      logger.child('hub'),
    );
    this.#context = {
      get config() {
        return readConfig();
      },
      clock,
      random: options.random ?? Math.random,
      logger,
      observer,
      ownValues: () => this.#ownValues(),
      receive: (envelope) => {
        const marked = this.delivery.repeats.mark(envelope);
        hub.dispatch(marked);
        if (marked.isRepeat !== true) this.delivery.handlers.take(marked);
      },
      show: (envelopes) => hub.dispatchAll(envelopes),
    };
    this.#alerts = new ConnectionAlerts(this.#context);
    this.delivery = new Delivery({
      context: this.#context,
      dataDirectory: options.dataDirectory,
      kafka: () => this.kafka,
      outbox: () => this.#outbox,
      stateSaved: () => this.synchronizer.saved(),
    });
    this.#connector = new KafkaConnector({
      context: this.#context,
      brokers: options.brokers,
      secrets: options.secrets ?? noSecrets,
      delivery: this.delivery.forConsumer,
      dataDirectory: options.dataDirectory,
      isStopping: () => this.#stopping !== null,
    });
    this.server = createWebSocketServer(this.#context, () => this.#onConnectionsChange());
    this.peers = new PeerLinks((name, url) =>
      createPeerLink(this.#context, name, url, (link) => this.#onPeerLinkChange(name, link)),
    );
    this.#sender = new MeshSender({
      context: this.#context,
      peers: this.peers,
      server: this.server,
      producer: () => this.kafka?.producer ?? null,
      kafkaError: () => this.kafkaError,
    });
    this.synchronizer = this.#createSynchronizer();
  }

  get phase(): PipelinePhase {
    return this.#phase;
  }

  get startedAtMs(): number | null {
    return this.#startedAtMs;
  }

  get listenState(): ListenState {
    return this.#listen;
  }

  /** Producer, consumer and admin; null until it is known where the brokers are. */
  get kafka(): KafkaSide | null {
    return this.#connector.side;
  }

  /** Why there are no Kafka connections: certificates, passwords or tokens that are missing or wrong. */
  get kafkaError(): ErrorReport | null {
    return this.#connector.error;
  }

  get outbox(): Outbox | null {
    return this.#outbox;
  }

  get handlerFailures(): number {
    return this.delivery.handlers.registry.failures;
  }

  /**
   * Calls `handler` once for every message of a type, whichever transports bring it, however often. Over Kafka the offset
   * is committed after it ran. One that fails gets the message again, five times in all; then it is a dead letter.
   * Returns the unregister function.
   */
  registerHandler<T extends MessageType>(type: T, handler: MessageHandler<T>): () => void {
    return this.delivery.handlers.registry.register(type, handler);
  }

  /**
   * Starts every part; one that cannot start reports why and leaves the others running.
   *
   * @throws ResonanceError `STORAGE_FULL`, `STORAGE_FAILED` when the outbox cannot be opened
   */
  async start(): Promise<void> {
    if (this.#phase !== 'stopped' || this.#stopping !== null) return;
    const { clock, observer } = this.#context;
    this.#phase = 'starting';
    this.#startedAtMs = clock.wallMs();
    observer.onChange();
    const [outbox] = await Promise.all([this.#createOutbox(), this.delivery.repeats.open()]);
    this.#outbox = outbox;
    await Promise.all([this.#startServer(), this.#startKafka()]);
    if (this.#stopping !== null) return;
    await this.peers.update(this.#config.peers);
    await this.synchronizer.start();
    await outbox.open();
    this.#desk = new OperatorDesk({
      context: this.#context,
      outbox,
      synchronizer: this.synchronizer,
      connectedPeers: () => this.connectedPeers(),
    });
    this.#phase = 'running';
    observer.onChange();
  }

  /** Stops in the reverse order, within the deadline whatever hangs. Idempotent. Default 5,000 ms. */
  stop(deadlineMs = 5_000): Promise<void> {
    this.#stopping ??= this.#stop(deadlineMs);
    return this.#stopping;
  }

  /** Links to these peers from now on, and to no others; every other connection stays as it is. */
  async updatePeers(peers: Config['peers']): Promise<void> {
    const before = Object.entries(this.#config.peers);
    this.#config = { ...this.#config, peers };
    for (const [name, { websocket }] of before) {
      if (peers[name]?.websocket !== websocket) this.#alerts.peerLeft(name);
    }
    this.kafka?.peersChanged();
    if (this.#phase === 'running') await this.peers.update(peers);
    this.#context.observer.onChange();
  }

  /** Changes this node's own state and tells the mesh. @throws ResonanceError `MESSAGE_INVALID` */
  updateState(patch: StateData): StateUpdate {
    return this.synchronizer.updateState(patch);
  }

  /** Sends an operator's message; see {@link OperatorDesk.send}. @throws ResonanceError `SHUTTING_DOWN` beside those */
  async send(request: ComposeRequest, waitMs = 2_000): Promise<Receipt> {
    if (this.#desk === null || this.#stopping !== null) throw notRunning();
    return this.#desk.send(request, waitMs);
  }

  /** Peers that a WebSocket message can reach: an open link of ours, or a connection they hold to our server. */
  connectedPeers(): string[] {
    const { peers } = this.#context.config;
    const connected = new Set(this.peers.connected());
    for (const { node } of this.server.connections()) {
      if (node !== null && Object.hasOwn(peers, node)) connected.add(node);
    }
    return [...connected].sort();
  }

  #createSynchronizer(): StateSynchronizer {
    const { config, clock, logger } = this.#context;
    const { node, resonance, sync } = config;
    return new StateSynchronizer({
      identity: node,
      initial: { frequency: resonance.frequencyHz, s_roi: resonance.sRoiThreshold, status: 'active' },
      intervalMs: sync.intervalMs,
      clock,
      logger: logger.child('sync'),
      publish: (message, { periodic }) => {
        if (periodic) this.#sender.broadcast(message, true);
        else this.#queueChange(message);
      },
      connectedNodes: () => this.connectedPeers(),
      store: createStateFile(join(this.#options.dataDirectory, 'state.json')),
    });
  }

  /** A change of the state goes the way of an operator's message: on disk first, then to everybody. */
  #queueChange(message: Message): void {
    const { config, clock, logger } = this.#context;
    const { id } = message;
    if (this.#outbox === null || id === undefined) {
      this.#sender.broadcast(message, false);
      return;
    }
    if (activeProfile(config).readOnly) return;
    const destinations = [
      { via: 'kafka', destination: config.kafka.topics.stateSync } as const,
      ...this.connectedPeers().map((peer) => ({ via: 'websocket', destination: peer }) as const),
    ];
    const item = { id, atMs: clock.wallMs(), target: null, message, destinations };
    this.#outbox.submit(item).catch((error: unknown) => {
      logger.warn('a change of the state was not queued; the next broadcast carries it', {
        error: toErrorReport(error),
      });
    });
  }

  async #createOutbox(): Promise<Outbox> {
    const { config, clock, random, observer } = this.#context;
    const logger = this.#context.logger.child('outbox');
    return new Outbox({
      journal: await openFileJournal(
        join(this.#options.dataDirectory, 'outbox'),
        logger,
        watchStorage('the outbox', 'outbox', observer),
      ),
      send: {
        kafka: (message, topic, attempt) => this.#sender.overKafka(message, topic, attempt),
        websocket: (message, peer) => this.#sender.overWebSocket(message, peer),
      },
      clock,
      random,
      logger,
      onReceipt: (receipt) => observer.onReceipt(receipt),
      createDeadLetter: (failed) => this.delivery.deadLetters.createFor(failed),
      onDeadLetter: (letter) => this.delivery.deadLetters.written(letter),
      isHeld: activeProfile(config).readOnly,
    });
  }

  async #startServer(): Promise<void> {
    const { logger, observer } = this.#context;
    try {
      const { url } = await this.server.start();
      this.#listen = { url, error: null };
      observer.clearAlert(listenAlert);
    } catch (error) {
      const report = toErrorReport(error);
      this.#listen = { url: null, error: report };
      logger.error('the WebSocket server could not be started', { error: report });
      const { message, hint = null } = report;
      observer.raiseAlert({ key: listenAlert, severity: 'error', message, hint });
    }
    observer.onChange();
  }

  async #startKafka(): Promise<void> {
    const { observer } = this.#context;
    const kafka = await this.#connector.connect();
    if (kafka === null) return;
    const onLinkChange = (): void => {
      this.#alerts.kafkaChanged({ consumer: kafka.consumer.link, producer: kafka.producer.link });
      observer.onChange();
    };
    kafka.producer.onLinkChange((link) => {
      // What it refuses is tried again in its own time.
      if (link.phase === 'open' && link.refusal === undefined) this.#outbox?.kickAll('kafka');
      onLinkChange();
    });
    kafka.consumer.onLinkChange(onLinkChange);
    kafka.start();
    observer.onChange();
  }

  async #stop(deadlineMs: number): Promise<void> {
    const { clock, logger, observer } = this.#context;
    this.#phase = 'stopping';
    observer.onChange();
    const endMs = clock.monotonicMs() + deadlineMs;
    const step = (name: string, shareMs: number, action: () => Promise<unknown>): Promise<void> => {
      const leftMs = Math.max(100, endMs - clock.monotonicMs());
      return withinDeadline(name, Math.min(shareMs, leftMs), action, { clock, logger });
    };
    await step('synchronizer', deadlineMs / 5, () => this.synchronizer.stop());
    await step('outbox', deadlineMs / 5, async () => this.#outbox?.close());
    await Promise.all([
      step('peers', deadlineMs / 5, () => this.peers.close()),
      step('websocket server', deadlineMs / 5, () => this.server.close({ deadlineMs: deadlineMs / 6 })),
      step('kafka', deadlineMs / 2, async () => this.kafka?.close(deadlineMs / 2.5)),
    ]);
    await step('repeats', deadlineMs / 5, () => this.delivery.close());
    this.#alerts.close();
    this.#phase = 'stopped';
    this.#listen = { url: null, error: null };
    observer.onChange();
  }

  #ownValues(): { frequency: number; s_roi: number } {
    const { frequency, s_roi } = this.synchronizer.getState();
    const { resonance } = this.#context.config;
    return { frequency: frequency ?? resonance.frequencyHz, s_roi: s_roi ?? resonance.sRoiThreshold };
  }

  #onPeerLinkChange(name: string, link: LinkState): void {
    if (link.phase === 'open') this.#outbox?.kick(`websocket:${name}`);
    // A link that was replaced says its last word after its successor's first.
    this.#alerts.peerChanged(name, this.peers.get(name)?.link ?? link);
    this.#context.observer.onChange();
  }

  #onConnectionsChange(): void {
    for (const name of this.connectedPeers()) {
      this.#outbox?.kick(`websocket:${name}`);
      this.#alerts.peerReached(name);
    }
    this.#context.observer.onChange();
  }
}
