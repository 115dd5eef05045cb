import type { Clock, Timer } from '../../shared/clock.js';
import { toErrorReport } from '../../shared/errors.js';
import type { SimulatedNodeView, SimulationFault } from '../../shared/feed.js';
import type { Logger } from '../../shared/logger.js';
import type { Message } from '../../shared/message.js';
import { formatTimestamp } from '../../shared/timestamp.js';
import type { KafkaConnectionSettings } from '../kafka/connection-settings.js';
import { KafkaAdmin } from '../kafka/kafka-admin.js';
import { ResonanceProducer } from '../kafka/resonance-producer.js';
import { ResonanceWebSocketClient } from '../websocket/resonance-websocket-client.js';
import { ResonanceWebSocketServer } from '../websocket/resonance-websocket-server.js';
import { ValueGenerator } from './simulated-values.js';

export interface SimulatedNodeOptions {
  readonly name: string;
  readonly anchor: string;
  /** Port of its own WebSocket server on 127.0.0.1; 0 takes any free one. */
  readonly port: number;
  /** The Resonance node's WebSocket server. */
  readonly resonanceUrl: string;
  readonly kafka: {
    readonly connection: KafkaConnectionSettings;
    /** The topics as the Resonance node names them. */
    readonly topics: { readonly inbound: string; readonly stateSync: string };
  };
  /** Beat and broadcast interval. Default 1,000 ms. */
  readonly intervalMs?: number;
  /** 0..1: where in its swing the node begins. */
  readonly phase: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

const lagMs = 5_000;
const burstMessages = 500;
const beatsBetweenEvents = 15;
/** By then the connections are open. */
const firstEventBeat = 3;

/**
 * A demo node on real sockets: its own WebSocket server, a client to the Resonance node, a Kafka producer. It speaks as the
 * old nodes do (no ids, no stamps), and misbehaves on request.
 */
export class SimulatedNode {
  readonly #options: SimulatedNodeOptions;
  readonly #faults = new Set<SimulationFault>();
  readonly #values: ValueGenerator;
  readonly #server: ResonanceWebSocketServer;
  readonly #link: ResonanceWebSocketClient;
  readonly #admin: KafkaAdmin;
  readonly #producer: ResonanceProducer;
  readonly #lagging = new Set<Timer>();
  #latest = { frequency: 0.043, s_roi: 0.52 };
  #url = '';
  #beat = 0;
  #timer: Timer | null = null;

  constructor(options: SimulatedNodeOptions) {
    const { name, anchor, port, resonanceUrl, kafka, phase, clock, random } = options;
    const logger = options.logger.child(`demo:${name}`);
    const identity = { name, anchor };
    this.#options = options;
    this.#values = new ValueGenerator(phase, random);
    this.#server = new ResonanceWebSocketServer({
      port,
      identity,
      readState: () => this.#latest,
      clock,
      logger,
      onEnvelope: () => undefined,
      isMute: () => this.#faults.has('silence'),
    });
    this.#link = new ResonanceWebSocketClient({
      name: 'resonance',
      url: resonanceUrl,
      identity,
      clock,
      random,
      logger,
      onEnvelope: () => undefined,
    });
    const connection = { ...kafka.connection, clientId: `${name}-demo` };
    this.#admin = new KafkaAdmin({ connection, clock, logger });
    this.#producer = new ResonanceProducer({
      connection,
      identity,
      // What is outbound for this node is inbound for Resonance.
      topics: {
        outbound: kafka.topics.inbound,
        inbound: kafka.topics.inbound,
        stateSync: kafka.topics.stateSync,
      },
      targets: {},
      readState: () => this.#latest,
      catalogue: this.#admin,
      clock,
      logger,
    });
  }

  view(): SimulatedNodeView {
    return { name: this.#options.name, url: this.#url, faults: [...this.#faults] };
  }

  /** @throws ResonanceError `WEBSOCKET_PORT_TAKEN` */
  async start(): Promise<void> {
    const { url } = await this.#server.start();
    this.#url = url;
    this.#link.start();
    this.#producer.start();
    const { clock, intervalMs = 1_000 } = this.#options;
    this.#timer = clock.every(intervalMs, () => this.#onBeat());
    this.#onBeat();
  }

  setFault(fault: SimulationFault, isEnabled: boolean): void {
    if (isEnabled) this.#faults.add(fault);
    else this.#faults.delete(fault);
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = null;
    for (const timer of this.#lagging) timer.cancel();
    this.#lagging.clear();
    await Promise.all([
      this.#link.close(),
      this.#server.close({ deadlineMs: 500 }),
      this.#producer.close(1_000),
    ]);
    await this.#admin.close();
  }

  #onBeat(): void {
    this.#beat += 1;
    const { frequencyHz, sRoi } = this.#values.next(this.#faults);
    this.#latest = { frequency: frequencyHz, s_roi: sRoi };
    if (this.#faults.has('silence')) return;
    const messages = this.#createMessages();
    if (!this.#faults.has('lag')) {
      for (const message of messages) this.#send(message);
      return;
    }
    const timer = this.#options.clock.after(lagMs, () => {
      this.#lagging.delete(timer);
      for (const message of messages) this.#send(message);
    });
    this.#lagging.add(timer);
  }

  #createMessages(): Message[] {
    const { name, anchor } = this.#options;
    const common = { timestamp: formatTimestamp(this.#options.clock.wallMs()), anchor };
    const state = {
      ...this.#latest,
      status: this.#faults.has('drift') ? 'drifting' : 'supraleitend',
      anchor,
    };
    const messages: Message[] = [
      { type: 'state_update', ...common, data: state },
      { type: 'frequency_sync', ...common, ...this.#latest },
      { type: 'heartbeat', ...common, ...this.#latest },
    ];
    if (this.#beat % beatsBetweenEvents === firstEventBeat) {
      const data = {
        sha: `${name.slice(0, 4)}${this.#beat}`,
        message: 'Update resonance frequency',
        author: name,
      };
      messages.push({ type: 'repository_event', ...common, event_type: 'commit', data, source: name });
    }
    if (this.#faults.has('burst')) {
      for (let index = 0; index < burstMessages; index += 1) {
        messages.push({ type: 's_roi_update', ...common, s_roi: this.#latest.s_roi, burst: index });
      }
    }
    if (this.#faults.has('malformed')) messages.push(...malformedMessages(common.timestamp));
    return messages;
  }

  #send(message: Message): void {
    // The link adds `source`, as the old nodes do over WebSocket.
    this.#link.post(message);
    if (this.#producer.link.phase !== 'open') return;
    const topic = message.type === 'repository_event' ? {} : { topic: this.#options.kafka.topics.stateSync };
    this.#producer.publish(message, { ...topic, deliveryTimeoutMs: 5_000 }).catch((error: unknown) => {
      this.#options.logger.debug('a demo node could not publish', {
        node: this.#options.name,
        error: toErrorReport(error),
      });
    });
  }
}

/** Wrong on purpose: what a broken program sends, which the type checker would not let pass. */
function malformedMessages(timestamp: string): Message[] {
  const malformed: unknown[] = [
    { type: 'frequency_sync', timestamp, frequency: 'fast' },
    { type: 'telepathy', timestamp },
    { type: 'heartbeat', timestamp: 'yesterday' },
  ];
  return malformed as Message[];
}
