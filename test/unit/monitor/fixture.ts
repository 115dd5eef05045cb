import { LogBuffer } from '../../../src/main/monitor/log-buffer.js';
import { Monitor, type MonitorOptions } from '../../../src/main/monitor/monitor.js';
import { noLinks } from '../../../src/main/monitor/node-tracker.js';
import type { Clock, Timer } from '../../../src/shared/clock.js';
import type { Envelope } from '../../../src/shared/envelope.js';
import type { LinkState, NodeStatus } from '../../../src/shared/feed.js';
import { encodeMessage, type Message } from '../../../src/shared/message.js';
import { formatTimestamp } from '../../../src/shared/timestamp.js';
import { ManualClock } from '../../support/manual-clock.js';

/** Half a second into a whole second. */
export const startMs = Date.UTC(2026, 0, 13, 2) + 500;

/** A clock that can jump, so that timers fire late, as after a blocked event loop; its wall time can be set. */
export class JumpingClock implements Clock {
  readonly #inner = new ManualClock(startMs);
  #jumpedMs = 0;
  #wallErrorMs = 0;

  get pendingTimers(): number {
    return this.#inner.pendingTimers;
  }

  wallMs(): number {
    return this.#inner.wallMs() + this.#jumpedMs + this.#wallErrorMs;
  }

  monotonicMs(): number {
    return this.#inner.monotonicMs() + this.#jumpedMs;
  }

  after(delayMs: number, action: () => void): Timer {
    return this.#inner.after(delayMs, action);
  }

  every(intervalMs: number, action: () => void): Timer {
    return this.#inner.every(intervalMs, action);
  }

  advance(durationMs: number): void {
    this.#inner.advance(durationMs);
  }

  /** Time goes on, and no timer fires. */
  block(durationMs: number): void {
    this.#jumpedMs += durationMs;
  }

  setWallBy(changeMs: number): void {
    this.#wallErrorMs += changeMs;
  }
}

export function envelopeOf(message: Message, atMs: number, change: Partial<Envelope> = {}): Envelope {
  const text = encodeMessage(message);
  return {
    message,
    direction: 'in',
    transport: 'websocket',
    node: message.source ?? null,
    text,
    byteLength: Buffer.byteLength(text),
    atMs,
    ...change,
  };
}

export function heartbeatOf(
  source: string,
  sentAtMs: number,
  receivedAtMs = sentAtMs,
  change: Partial<Envelope> = {},
): Envelope {
  return envelopeOf(
    { type: 'heartbeat', source, timestamp: formatTimestamp(sentAtMs) },
    receivedAtMs,
    change,
  );
}

const link: LinkState = {
  phase: 'off',
  endpoint: '',
  sinceMs: 0,
  attempt: 0,
  nextAttemptAtMs: null,
  lastError: null,
};

export const idleStatus: NodeStatus = {
  phase: 'running',
  nodeName: 'resonance',
  startedAtMs: startMs,
  kafka: {
    mode: 'embedded',
    brokers: [],
    producer: link,
    consumer: { groupId: 'resonance-group', link, assignment: [], handlerFailures: 0 },
  },
  websocket: { url: null, connections: 0, slowReadersClosed: 0, connectionsRefused: 0, lastError: null },
  simulation: { running: false, nodes: [] },
  outbox: { queued: 0, inFlight: 0, failed: 0 },
  rejections: { total: 0, byReason: {} },
  history: { messages: 0, bytes: 0, dropped: 0 },
};

export interface MonitorFixture {
  readonly monitor: Monitor;
  readonly clock: JumpingClock;
  readonly logs: LogBuffer;
}

export function createMonitor(change: Partial<MonitorOptions> = {}): MonitorFixture {
  const clock = new JumpingClock();
  const logs = new LogBuffer();
  const monitor = new Monitor({
    clock,
    logs,
    nodes: {
      self: 'resonance',
      peers: { lexamoris: { topic: 'resonance.lexamoris' }, nexus: { topic: 'resonance.nexus' } },
      heartbeatIntervalMs: 1_000,
    },
    history: { maxMessages: 1_000, maxBytes: 1_048_576 },
    links: () => noLinks,
    status: () => idleStatus,
    doctor: () => null,
    receipts: () => [],
    ...change,
  });
  return { monitor, clock, logs };
}
