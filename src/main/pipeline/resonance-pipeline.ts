import { join } from 'node:path';
import type { Clock } from '../../shared/clock.js';
import type { ComposeRequest } from '../../shared/compose.js';
import type { Config } from '../../shared/config.js';
import type { Envelope } from '../../shared/envelope.js';
import { type ErrorReport, ResonanceError, toErrorReport } from '../../shared/errors.js';
import type { LinkState, Receipt } from '../../shared/feed.js';
import type { Logger } from '../../shared/logger.js';
import { encodeMessage, type Message, type MessageType, type StateData } from '../../shared/message.js';
import { createUuidV7 } from '../../shared/uuid.js';
import { KafkaAdmin } from '../kafka/kafka-admin.js';
import { ResonanceConsumer } from '../kafka/resonance-consumer.js';
import { ResonanceProducer } from '../kafka/resonance-producer.js';
import { openFileJournal } from '../outbox/file-journal.js';
import { Outbox } from '../outbox/outbox.js';
import type { DeliveryProof } from '../outbox/outbox-record.js';
import { StateSynchronizer, type StateUpdate } from '../sync/state-synchronizer.js';
import { createSystemClock } from '../system-clock.js';
import { ResonanceWebSocketClient } from '../websocket/resonance-websocket-client.js';
import { ResonanceWebSocketServer } from '../websocket/resonance-websocket-server.js';
import type { SelectedBrokers } from './broker-selector.js';
import { type MessageHandler, MessageHandlers } from './message-handlers.js';
import { MessageHub } from './message-hub.js';
import { createOperatorMessage } from './operator-message.js';
import { PeerLinks } from './peer-links.js';
import { noObserver, type PipelineObserver } from './pipeline-observer.js';
import { createStateFile } from './state-file.js';
import { withinDeadline } from './within-deadline.js';

/** Where the brokers are, and the stopping of whatever was started for that. */
export interface BrokerSource {
  select(settings: Config['kafka']): Promise<SelectedBrokers>;
}

export interface ResonancePipelineOptions {
  readonly config: Config;
  /** Outbox and merged state are kept below it. */
  readonly dataDirectory: string;
  /** Decides between the configured brokers and the embedded one; it outlives the pipeline. */
  readonly brokers: BrokerSource;
  readonly logger: Logger;
  readonly observer?: PipelineObserver;
  readonly clock?: Clock;
  /** 0 <= x < 1. Default `Math.random`. */
  readonly random?: () => number;
}

/** The Kafka side, once it is known where the brokers are. */
interface KafkaSide {
  readonly selected: SelectedBrokers;
  readonly admin: KafkaAdmin;
  readonly producer: ResonanceProducer;
  readonly consumer: ResonanceConsumer;
}

/** The pipeline's picture for whoever shows it. */
export interface PipelineSnapshot {
  readonly phase: 'stopped' | 'starting' | 'running' | 'stopping';
  readonly startedAtMs: number | null;
  readonly webSocketUrl: string | null;
  readonly webSocketError: ErrorReport | null;
}

/**
 * The running node: Kafka producer and consumer, WebSocket server, peer links, state synchronizer and outbox, joined by
 * one hub. Built for one configuration; to change it, stop this one and start another.
 */
export class ResonancePipeline {
  readonly synchronizer: StateSynchronizer;
  readonly server: ResonanceWebSocketServer;
  readonly peers: PeerLinks;
  readonly #options: ResonancePipelineOptions;
  readonly #config: Config;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #observer: PipelineObserver;
  readonly #hub: MessageHub;
  readonly #handlers: MessageHandlers;
  #kafka: KafkaSide | null = null;
  #outbox: Outbox | null = null;
  #phase: PipelineSnapshot['phase'] = 'stopped';
  #startedAtMs: number | null = null;
  #webSocketUrl: string | null = null;
  #webSocketError: ErrorReport | null = null;
  #stopping: Promise<void> | null = null;

  constructor(options: ResonancePipelineOptions) {
    const { config } = options;
    this.#options = options;
    this.#config = config;
    this.#clock = options.clock ?? createSystemClock();
    this.#logger = options.logger;
    this.#observer = options.observer ?? noObserver;
    this.#handlers = new MessageHandlers(this.#logger.child('handlers'));
    this.synchronizer = this.#createSynchronizer();
    this.#hub = new MessageHub(
      [
        { name: 'synchronizer', take: (envelope) => this.synchronizer.receive(envelope) },
        { name: 'monitor', take: (envelope) => this.#observer.onEnvelope(envelope) },
        { name: 'handlers', take: (envelope) => this.#handlers.take(envelope) },
      ],
      this.#logger.child('hub'),
    );
    this.server = this.#createServer();
    this.peers = new PeerLinks((name, url) => this.#createPeerLink(name, url));
  }

  /** Null until it is known where the brokers are. */
  get producer(): ResonanceProducer | null {
    return this.#kafka?.producer ?? null;
  }

  get consumer(): ResonanceConsumer | null {
    return this.#kafka?.consumer ?? null;
  }

  get admin(): KafkaAdmin | null {
    return this.#kafka?.admin ?? null;
  }

  get brokers(): SelectedBrokers | null {
    return this.#kafka?.selected ?? null;
  }

  get outbox(): Outbox | null {
    return this.#outbox;
  }

  get handlerFailures(): number {
    return this.#handlers.failures + (this.#kafka?.consumer.handlerFailures ?? 0);
  }

  snapshot(): PipelineSnapshot {
    return {
      phase: this.#phase,
      startedAtMs: this.#startedAtMs,
      webSocketUrl: this.#webSocketUrl,
      webSocketError: this.#webSocketError,
    };
  }

  /**
   * Calls `handler` for every message of a type, from either transport. Over Kafka the offset is committed after it
   * ran. Returns the unregister function.
   */
  registerHandler<T extends MessageType>(type: T, handler: MessageHandler<T>): () => void {
    return this.#handlers.register(type, handler);
  }

  /**
   * Starts every part; one that cannot start reports why and leaves the others running.
   *
   * @throws ResonanceError `STORAGE_FULL`, `STORAGE_FAILED` when the outbox cannot be opened
   */
  async start(): Promise<void> {
    if (this.#phase !== 'stopped') return;
    this.#phase = 'starting';
    this.#startedAtMs = this.#clock.wallMs();
    this.#observer.onChange();
    const outbox = await this.#createOutbox();
    this.#outbox = outbox;
    await Promise.all([this.#startServer(), this.#startKafka()]);
    if (this.#phase !== 'starting') return;
    await this.peers.update(this.#config.peers);
    await this.synchronizer.start();
    await outbox.open();
    this.#phase = 'running';
    this.#observer.onChange();
  }

  /** Stops in the reverse order, within the deadline whatever hangs. Idempotent. Default 5,000 ms. */
  stop(deadlineMs = 5_000): Promise<void> {
    this.#stopping ??= this.#stop(deadlineMs);
    return this.#stopping;
  }

  /** Changes this node's own state and tells the mesh. @throws ResonanceError `MESSAGE_INVALID` */
  updateState(patch: StateData): StateUpdate {
    return this.synchronizer.updateState(patch);
  }

  /**
   * Sends an operator's message: on disk first, then to its destinations.
   *
   * @returns the receipt as it stands after at most `waitMs` (default 2,000): later changes come through the observer
   * @throws ResonanceError `TARGET_UNKNOWN`, `MESSAGE_INVALID`, `WEBSOCKET_NOT_CONNECTED`, `QUEUE_FULL`, `STORAGE_FULL`, `STORAGE_FAILED`, `SHUTTING_DOWN`
   */
  async send(request: ComposeRequest, waitMs = 2_000): Promise<Receipt> {
    const outbox = this.#outbox;
    if (outbox === null || this.#stopping !== null) {
      throw new ResonanceError('SHUTTING_DOWN', 'The node is not running', {
        hint: 'Send again once it has started.',
      });
    }
    const nowMs = this.#clock.wallMs();
    const id = createUuidV7();
    const { message, destinations } = createOperatorMessage(request, {
      config: this.#config,
      nowMs,
      id,
      connectedPeers: this.connectedPeers(),
      updateState: (patch, options) => this.synchronizer.updateState(patch, options),
    });
    const submitted = await outbox.submit({ id, atMs: nowMs, target: request.target, message, destinations });
    return this.#receiptWithin(outbox, submitted, waitMs);
  }

  /** Peers that a WebSocket message can reach: an open link of ours, or a connection they hold to our server. */
  connectedPeers(): string[] {
    const connected = new Set(this.peers.connected());
    for (const { node } of this.server.connections()) {
      if (node !== null && Object.hasOwn(this.#config.peers, node)) connected.add(node);
    }
    return [...connected].sort();
  }

  async #receiptWithin(outbox: Outbox, submitted: Receipt, waitMs: number): Promise<Receipt> {
    let expire = (): void => undefined;
    const expired = new Promise<Receipt>((resolve) => {
      expire = () => resolve(outbox.receipts().find(({ id }) => id === submitted.id) ?? submitted);
    });
    const timer = this.#clock.after(waitMs, expire);
    try {
      return await Promise.race([outbox.settled(submitted.id), expired]);
    } finally {
      timer.cancel();
    }
  }

  #createSynchronizer(): StateSynchronizer {
    const { node, resonance, sync } = this.#config;
    return new StateSynchronizer({
      identity: node,
      initial: { frequency: resonance.frequencyHz, s_roi: resonance.sRoiThreshold, status: 'active' },
      intervalMs: sync.intervalMs,
      clock: this.#clock,
      logger: this.#logger.child('sync'),
      publish: (message, { periodic }) => this.#publish(message, periodic),
      connectedNodes: () => this.connectedPeers(),
      store: createStateFile(join(this.#options.dataDirectory, 'state.json')),
    });
  }

  #createServer(): ResonanceWebSocketServer {
    const { websocket, node } = this.#config;
    return new ResonanceWebSocketServer({
      host: websocket.host,
      port: websocket.port,
      identity: node,
      readState: () => this.#ownValues(),
      limits: {
        maxConnections: websocket.maxConnections,
        maxMessagesPerSecond: websocket.maxMessagesPerSecond,
      },
      pingIntervalMs: websocket.pingIntervalMs,
      pingTimeoutMs: websocket.pingTimeoutMs,
      allowedOrigins: websocket.allowedOrigins,
      allowedHosts: websocket.allowedHosts,
      clock: this.#clock,
      logger: this.#logger.child('websocket'),
      onEnvelope: (envelope) => this.#hub.dispatch(envelope),
      onRejected: ({ connection, rejection, byteLength, preview }) =>
        this.#observer.onRejected({
          transport: 'websocket',
          origin: connection,
          rejection,
          byteLength,
          preview,
        }),
      onConnectionsChange: () => this.#onConnectionsChange(),
    });
  }

  #createPeerLink(name: string, url: string): ResonanceWebSocketClient {
    const { websocket, node } = this.#config;
    return new ResonanceWebSocketClient({
      name,
      url,
      identity: node,
      pingIntervalMs: websocket.pingIntervalMs,
      pingTimeoutMs: websocket.pingTimeoutMs,
      clock: this.#clock,
      random: this.#options.random ?? Math.random,
      logger: this.#logger.child('websocket'),
      onEnvelope: (envelope) => this.#hub.dispatch(envelope),
      onRejected: ({ connection, rejection, byteLength, preview }) =>
        this.#observer.onRejected({
          transport: 'websocket',
          origin: connection,
          rejection,
          byteLength,
          preview,
        }),
      onLinkChange: (link) => this.#onPeerLinkChange(name, link),
    });
  }

  #createOutbox(): Promise<Outbox> {
    const logger = this.#logger.child('outbox');
    return openFileJournal(join(this.#options.dataDirectory, 'outbox'), logger).then(
      (journal) =>
        new Outbox({
          journal,
          send: {
            kafka: (message, topic) => this.#sendOverKafka(message, topic),
            websocket: (message, peer) => this.#sendOverWebSocket(message, peer),
          },
          clock: this.#clock,
          random: this.#options.random ?? Math.random,
          logger,
          onReceipt: (receipt) => this.#observer.onReceipt(receipt),
        }),
    );
  }

  async #startServer(): Promise<void> {
    try {
      const { url } = await this.server.start();
      this.#webSocketUrl = url;
      this.#observer.clearAlert('websocket.listen');
    } catch (error) {
      const report = toErrorReport(error);
      this.#webSocketError = report;
      this.#logger.error('the WebSocket server could not be started', { error: report });
      this.#observer.raiseAlert({
        key: 'websocket.listen',
        severity: 'error',
        message: report.message,
        hint: report.hint ?? null,
      });
    }
    this.#observer.onChange();
  }

  async #startKafka(): Promise<void> {
    const { kafka, node, peers } = this.#config;
    const selected = await this.#options.brokers.select(kafka);
    if (selected.failure === null) this.#observer.clearAlert('kafka.broker');
    else {
      this.#observer.raiseAlert({
        key: 'kafka.broker',
        severity: 'error',
        message: selected.failure.message,
        hint: selected.failure.hint ?? null,
      });
    }
    if (this.#stopping !== null) return;
    const connection = { brokers: selected.brokers, clientId: kafka.clientId };
    const common = { connection, clock: this.#clock, logger: this.#logger.child('kafka') };
    const admin = new KafkaAdmin(common);
    const producer = new ResonanceProducer({
      ...common,
      identity: node,
      topics: kafka.topics,
      targets: Object.fromEntries(Object.entries(peers).map(([name, { topic }]) => [name, topic])),
      readState: () => this.#ownValues(),
      catalogue: admin,
      onSent: (envelope) => this.#observer.onEnvelope(envelope),
    });
    const consumer = new ResonanceConsumer({
      ...common,
      groupId: kafka.groupId,
      topics: [kafka.topics.inbound, kafka.topics.stateSync],
      catalogue: admin,
      onEnvelopes: (envelopes) => this.#hub.dispatchAll(envelopes),
      onRejected: ({ topic, partition, offset, rejection, byteLength, preview }) =>
        this.#observer.onRejected({
          transport: 'kafka',
          origin: `${topic}/${partition}@${offset}`,
          rejection,
          byteLength,
          preview,
        }),
    });
    this.#kafka = { selected, admin, producer, consumer };
    this.#handlers.attach(consumer);
    producer.onLinkChange((link) => {
      if (link.phase === 'open') this.#kickKafkaLanes();
      this.#observer.onChange();
    });
    consumer.onLinkChange(() => this.#observer.onChange());
    producer.start();
    void consumer.start();
    this.#observer.onChange();
  }

  async #stop(deadlineMs: number): Promise<void> {
    this.#phase = 'stopping';
    this.#observer.onChange();
    const { clock } = this;
    const context = { clock, logger: this.#logger };
    const endMs = clock.monotonicMs() + deadlineMs;
    // Each step may use what is left, less a share for those after it, so that the last ones run in any case.
    const step = (name: string, shareMs: number, action: () => Promise<unknown>): Promise<void> =>
      withinDeadline(name, Math.max(100, Math.min(shareMs, endMs - clock.monotonicMs())), action, context);
    await step('synchronizer', deadlineMs / 5, () => this.synchronizer.stop());
    await step('outbox', deadlineMs / 5, async () => this.#outbox?.close());
    const kafka = this.#kafka;
    await Promise.all([
      step('peers', deadlineMs / 5, () => this.peers.close()),
      step('websocket server', deadlineMs / 5, () => this.server.close({ deadlineMs: deadlineMs / 5 })),
      step('kafka', deadlineMs / 2, async () => {
        await Promise.all([kafka?.consumer.close(deadlineMs / 2), kafka?.producer.close(deadlineMs / 2)]);
        await kafka?.admin.close();
      }),
    ]);
    this.#phase = 'stopped';
    this.#webSocketUrl = null;
    this.#observer.onChange();
  }

  get clock(): Clock {
    return this.#clock;
  }

  #ownValues(): { frequency: number; s_roi: number } {
    const { frequency, s_roi } = this.synchronizer.getState();
    const { resonance } = this.#config;
    return { frequency: frequency ?? resonance.frequencyHz, s_roi: s_roi ?? resonance.sRoiThreshold };
  }

  /** The synchronizer's broadcasts and own changes: over Kafka, and over every open peer link. */
  #publish(message: Message, periodic: boolean): void {
    const producer = this.#kafka?.producer;
    // A periodic message is worth nothing later: without a connection it is not even tried.
    if (producer !== undefined && (producer.link.phase === 'open' || !periodic)) {
      const options = periodic
        ? { deliveryTimeoutMs: Math.max(1_000, this.#config.sync.intervalMs * 3) }
        : {};
      producer.publish(message, options).catch((error: unknown) => {
        this.#logger[periodic ? 'debug' : 'warn']('a broadcast did not reach Kafka', {
          type: message.type,
          error: toErrorReport(error),
        });
      });
    }
    const reached = this.peers.postToAll(message);
    if (reached.length > 0) this.#observeSent(message, reached);
  }

  async #sendOverKafka(message: Message, topic: string): Promise<DeliveryProof> {
    const producer = this.#kafka?.producer;
    if (producer === undefined) throw notStarted();
    return producer.publish(message, { topic });
  }

  async #sendOverWebSocket(message: Message, peer: string): Promise<DeliveryProof> {
    const link = this.peers.get(peer);
    // A peer that has only connected to us gets it over that connection; clients of a server do not acknowledge.
    if (link?.link.phase !== 'open' && this.server.sendTo(peer, message) > 0) {
      this.#observeSent(message, [peer]);
      return {};
    }
    if (link === undefined) {
      throw new ResonanceError('TARGET_UNKNOWN', `No peer is named ${peer} any more`, {
        hint: 'Add it again under Settings, Peers, or discard the message.',
      });
    }
    const proof = await link.send(message);
    this.#observeSent(message, [peer]);
    return proof;
  }

  /** Lets the monitor count what left over WebSocket, one envelope for each receiver. */
  #observeSent(message: Message, peers: readonly string[]): void {
    const text = encodeMessage(message);
    const byteLength = Buffer.byteLength(text);
    const atMs = this.#clock.wallMs();
    for (const peer of peers) {
      this.#observer.onEnvelope({
        message,
        direction: 'out',
        transport: 'websocket',
        node: this.#config.node.name,
        text,
        byteLength,
        atMs,
        connection: `peer:${peer}`,
      } satisfies Envelope);
    }
  }

  #onPeerLinkChange(name: string, link: LinkState): void {
    if (link.phase === 'open') this.#outbox?.kick(`websocket:${name}`);
    this.#observer.onChange();
  }

  #onConnectionsChange(): void {
    for (const name of this.connectedPeers()) this.#outbox?.kick(`websocket:${name}`);
    this.#observer.onChange();
  }

  #kickKafkaLanes(): void {
    for (const { deliveries } of this.#outbox?.receipts() ?? []) {
      for (const { via, destination, phase } of deliveries) {
        if (via === 'kafka' && phase !== 'delivered') this.#outbox?.kick(`kafka:${destination}`);
      }
    }
  }
}

function notStarted(): ResonanceError {
  return new ResonanceError('KAFKA_UNREACHABLE', 'The connection to Kafka is still being set up', {
    retriable: true,
  });
}
