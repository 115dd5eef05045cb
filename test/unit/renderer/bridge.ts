import type { FeedBatch, MessageRow, NodeStatus, NodeView } from '../../../src/shared/feed.js';
import type {
  CommandName,
  CommandOutcome,
  CommandParameters,
  CommandResults,
  FeedStart,
  ResonanceBridge,
  WindowEventMessage,
} from '../../../src/shared/ipc.js';

/** What the far side does with a command; throws what the bridge should reject with. */
export type Answers = {
  [N in CommandName]?: (
    parameters: CommandParameters<N>,
  ) => CommandOutcome<N> | CommandResults[N] | Promise<CommandResults[N] | CommandOutcome<N>>;
};

export interface TestBridge extends ResonanceBridge {
  /** Every command so far, in order. */
  readonly calls: readonly { readonly name: CommandName; readonly parameters: unknown }[];
  /** Answers may be changed between calls. */
  readonly answers: Answers;
  feed(batch: FeedBatch): void;
  event(event: WindowEventMessage): void;
  callsOf(name: CommandName): readonly unknown[];
}

/** The far side of the bridge, in the same process: answers by table, feeds on request. */
export function createTestBridge(answers: Answers = {}): TestBridge {
  const feedListeners = new Set<(batchJson: string) => void>();
  const eventListeners = new Set<(event: WindowEventMessage) => void>();
  const calls: { name: CommandName; parameters: unknown }[] = [];
  return {
    calls,
    answers,
    async invoke<N extends CommandName>(name: N, parameters: CommandParameters<N>) {
      calls.push({ name, parameters });
      const answer = answers[name] as ((given: CommandParameters<N>) => unknown) | undefined;
      const value = await answer?.(parameters);
      if (typeof value === 'object' && value !== null && 'ok' in value) return value as CommandOutcome<N>;
      return { ok: true, value } as CommandOutcome<N>;
    },
    onFeed(listener) {
      feedListeners.add(listener);
      return () => feedListeners.delete(listener);
    },
    onEvent(listener) {
      eventListeners.add(listener);
      return () => eventListeners.delete(listener);
    },
    feed(batch) {
      for (const listener of feedListeners) listener(JSON.stringify(batch));
    },
    event(event) {
      for (const listener of eventListeners) listener(event);
    },
    callsOf: (name) => calls.filter((call) => call.name === name).map((call) => call.parameters),
  };
}

export function feedStart(sequence: number, batch: Partial<FeedBatch> = {}): FeedStart {
  return { batch: { sequence, atMs: 0, ...batch }, logs: [], rejections: [], receipts: [] };
}

export function messageRow(sequence: number, part: Partial<MessageRow> = {}): MessageRow {
  return {
    sequence,
    atMs: sequence,
    direction: 'in',
    transport: 'kafka',
    type: 'heartbeat',
    node: 'nexus',
    topic: 'resonance.state.sync',
    partition: 0,
    offset: String(sequence),
    byteLength: 20,
    latencyMs: null,
    preview: '{}',
    ...part,
  };
}

export function nodeView(name: string, part: Partial<NodeView> = {}): NodeView {
  return {
    name,
    isSelf: false,
    isConfigured: false,
    health: 'healthy',
    lastBeatAtMs: null,
    beatIntervalMs: null,
    beatJitterMs: null,
    roundTripMs: null,
    beats: [],
    lastMessageAtMs: null,
    messagesIn: 0,
    messagesOut: 0,
    frequencyHz: null,
    sRoi: null,
    status: null,
    anchor: null,
    clockSkewMs: null,
    kafkaHeardAtMs: null,
    websocket: null,
    inboundConnections: 0,
    ...part,
  };
}

export function nodeStatus(part: Partial<NodeStatus> = {}): NodeStatus {
  const link = {
    phase: 'open',
    endpoint: 'localhost:9092',
    sinceMs: 0,
    attempt: 0,
    nextAttemptAtMs: null,
    lastError: null,
  } as const;
  return {
    phase: 'running',
    nodeName: 'resonance',
    profile: { name: '', color: 'grey', readOnly: false },
    startedAtMs: 0,
    kafka: {
      mode: 'embedded',
      brokers: ['localhost:9092'],
      producer: link,
      consumer: { groupId: 'resonance-group', link, assignment: [], handlerFailures: 0 },
    },
    websocket: {
      url: 'ws://127.0.0.1:8765',
      connections: 0,
      slowReadersClosed: 0,
      connectionsRefused: 0,
      lastError: null,
    },
    simulation: { running: false, nodes: [] },
    deadLetters: { total: 0, lastAtMs: null, waiting: 0 },
    repeats: { dropped: 0, withoutId: 0, known: 0 },
    outbox: { queued: 0, inFlight: 0, failed: 0 },
    rejections: { total: 0, byReason: {} },
    history: { messages: 0, bytes: 0, dropped: 0, profiles: [] },
    ...part,
  };
}
