import { LogBuffer } from '../../../src/main/monitor/log-buffer.js';
import { Monitor, type MonitorOptions } from '../../../src/main/monitor/monitor.js';
import { noLinks } from '../../../src/main/monitor/node-tracker.js';
import type { Clock, Timer } from '../../../src/shared/clock.js';
import type { Envelope } from '../../../src/shared/envelope.js';
import type { LinkState, NodeStatus } from '../../../src/shared/feed.js';
import { encodeMessage, type Message } from '../../../src/shared/message.js';
import { formatTimestamp } from '../../../src/shared/timestamp.js';

/** Half a second into a whole second. */
export const startMs = Date.UTC(2026, 0, 13, 2) + 500;

/** A clock that can stand in for a blocked event loop: time goes on and timers fire late. Its wall time can be set. */
export class JumpingClock implements Clock {
  #nowMs = 0;
  #wallErrorMs = 0;
  readonly #timers = new Set<{ readonly dueMs: number; readonly action: () => void }>();

  get pendingTimers(): number {
    return this.#timers.size;
  }

  wallMs(): number {
    return startMs + this.#nowMs + this.#wallErrorMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, action: () => void): Timer {
    const timer = { dueMs: this.#nowMs + delayMs, action };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  every(): Timer {
    throw new Error('nothing under test repeats a timer');
  }

  /** Runs what falls due, what is overdue first. */
  advance(durationMs: number): void {
    const endMs = this.#nowMs + durationMs;
    for (;;) {
      const [next] = [...this.#timers]
        .filter(({ dueMs }) => dueMs <= endMs)
        .sort((left, right) => left.dueMs - right.dueMs);
      if (next === undefined) break;
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      this.#timers.delete(next);
      next.action();
    }
    this.#nowMs = Math.max(this.#nowMs, endMs);
  }

  /** Time goes on, and no timer fires. */
  block(durationMs: number): void {
    this.#nowMs += durationMs;
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
  profile: { name: '', color: 'grey', readOnly: false },
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
  deadLetters: { total: 0, lastAtMs: null, waiting: 0 },
  repeats: { dropped: 0, withoutId: 0, known: 0 },
  rejections: { total: 0, byReason: {} },
  history: { messages: 0, bytes: 0, dropped: 0, profiles: [] },
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
