import type { Clock, Timer } from '../../shared/clock.js';
import type { Envelope } from '../../shared/envelope.js';
import type { DoctorReport, NodeStatus, Receipt, SeriesWindow, SeriesWindowMs } from '../../shared/feed.js';
import { AlertBook } from './alert-book.js';
import { Attention } from './attention.js';
import { Feed } from './feed.js';
import type { LogBuffer } from './log-buffer.js';
import { MessageHistory } from './message-history.js';
import { type ExpectedNodes, type HealthChange, type NodeLinks, NodeTracker } from './node-tracker.js';
import { RejectionLog, type RejectionReport } from './rejection-log.js';
import { SeriesRecorder } from './series-recorder.js';
import { TrafficMeter } from './traffic-meter.js';

/** The tick comes so long after the second it closes: timers may fire a millisecond early. */
const afterSecondMs = 5;

export interface MonitorOptions {
  readonly clock: Clock;
  readonly logs: LogBuffer;
  readonly nodes: ExpectedNodes;
  readonly history: { readonly maxMessages: number; readonly maxBytes: number };
  /** What the transports know of a node. */
  readonly links: (node: string) => NodeLinks;
  readonly status: () => NodeStatus;
  readonly doctor: () => DoctorReport | null;
  readonly receipts: () => readonly Receipt[];
  /** Called once a second at most for each node whose health is another one. */
  readonly onHealthChange?: (change: HealthChange) => void;
}

/**
 * Everything the operator sees of the mesh. `observe` is called for every message and costs a few hundred
 * nanoseconds; once a second a tick turns counters into rates, series and health.
 */
export class Monitor {
  readonly alerts: AlertBook;
  readonly history: MessageHistory;
  readonly rejections = new RejectionLog();
  readonly feed: Feed;
  readonly nodes: NodeTracker;
  readonly traffic = new TrafficMeter();
  readonly #options: MonitorOptions;
  readonly #clock: Clock;
  readonly #attention: Attention;
  readonly #series = new SeriesRecorder();
  /** `null` before the first. */
  #profile: string | null = null;
  #timer: Timer | null = null;
  #stopListening: (() => void) | null = null;

  constructor(options: MonitorOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#attention = new Attention(options.clock);
    this.alerts = new AlertBook({ clock: options.clock, onChange: () => this.feed.markChanged('alerts') });
    this.history = new MessageHistory({ ...options.history, clock: options.clock });
    this.nodes = new NodeTracker({ clock: options.clock, attention: this.#attention, links: options.links });
    this.nodes.expect(options.nodes);
    this.feed = new Feed(options.clock, {
      history: this.history,
      logs: options.logs,
      rejections: this.rejections,
      status: options.status,
      nodes: () => this.nodes.views(),
      traffic: () => this.traffic.snapshot(),
      alerts: () => this.alerts.list(),
      doctor: options.doctor,
      receipts: options.receipts,
    });
  }

  /** Starts the tick, once a second, just after each whole second of wall time. Idempotent. */
  start(): void {
    if (this.#timer !== null) return;
    this.#stopListening = this.#options.logs.onLine(() => this.feed.linesAdded());
    this.traffic.tick(this.#clock.monotonicMs());
    this.#arm();
  }

  /** Idempotent. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#attention.expectNoPulse();
    this.#stopListening?.();
    this.#stopListening = null;
    this.feed.stop();
  }

  /** Takes over whom to expect from now on; history and series stay. */
  expect(nodes: ExpectedNodes): void {
    this.nodes.expect(nodes);
    this.feed.markChanged('nodes');
  }

  /**
   * The node works with this profile from now on. Another one than before is another cluster: what flows there is counted
   * from nothing.
   */
  setProfile(name: string): void {
    if (this.#profile !== null && this.#profile !== name) {
      this.traffic.restart(this.#clock.wallMs());
      this.traffic.tick(this.#clock.monotonicMs());
    }
    this.#profile = name;
    this.feed.markChanged('traffic');
  }

  /** The same cluster under another name. */
  renameProfile(from: string, to: string): void {
    if (this.#profile === from) this.#profile = to;
    this.history.renameProfile(from, to);
    this.feed.markChanged('status');
  }

  /**
   * Accounts for one message of any transport and direction.
   *
   * @param profile that the node which it came to works with; default none
   */
  observe(envelope: Envelope, profile = ''): void {
    const record = this.nodes.observe(envelope);
    this.traffic.observe(envelope);
    this.history.append(envelope, record === null ? envelope.node : record.name, profile);
    if (!this.feed.isListenedTo) return;
    const { type } = envelope.message;
    const isNews = record?.hasNews === true || type === 'repository_event' || type === 's_roi_update';
    if (record !== null) record.hasNews = false;
    this.feed.messageAdded(isNews);
  }

  /** Accounts for one message that was refused. */
  reject(report: RejectionReport): void {
    this.rejections.add(report);
    this.feed.linesAdded();
  }

  seriesWindow(windowMs: SeriesWindowMs): SeriesWindow {
    return this.#series.window(windowMs, this.#clock.wallMs());
  }

  #arm(): void {
    const delayMs = 1_000 - (this.#clock.wallMs() % 1_000) + afterSecondMs;
    this.#attention.expectPulse(delayMs);
    this.#timer = this.#clock.after(delayMs, () => this.#tick());
  }

  #tick(): void {
    this.#arm();
    this.traffic.tick(this.#clock.monotonicMs());
    const changes = this.nodes.tick();
    const second = this.#series.record(this.#clock.wallMs() - 1_000, this.nodes.takePoints());
    this.feed.tick(second);
    for (const change of changes) this.#options.onHealthChange?.(change);
  }
}
