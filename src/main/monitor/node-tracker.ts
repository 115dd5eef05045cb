import type { Clock } from '../../shared/clock.js';
import type { Envelope } from '../../shared/envelope.js';
import type { LinkState, NodeHealth, NodeView, SeriesPoint } from '../../shared/feed.js';
import { parseTimestamp } from '../../shared/timestamp.js';
import type { Attention } from './attention.js';
import { copyOfBeginning } from './bounded-text.js';
import { NodeDirectory } from './node-directory.js';
import type { NodeRecord } from './node-record.js';

const maxStatusLength = 256;

/** A node without heartbeats of its own for so many intervals is judged by its answers to ours. */
const answersCountAfterBeats = 10;

/** What the transports know of a node; the pipeline tells. */
export interface NodeLinks {
  /** Our client's link to the node's server; `null` without an endpoint. */
  readonly websocket: LinkState | null;
  readonly roundTripMs: number | null;
  /** Connections it holds to our server. */
  readonly inboundConnections: number;
}

export const noLinks: NodeLinks = { websocket: null, roundTripMs: null, inboundConnections: 0 };

export interface NodeTrackerOptions {
  readonly clock: Pick<Clock, 'wallMs'>;
  readonly attention: Attention;
  readonly links: (node: string) => NodeLinks;
}

/** Whom to expect. */
export interface ExpectedNodes {
  /** This node's own name. */
  readonly self: string;
  /** Topic by configured peer. */
  readonly peers: Readonly<Record<string, { readonly topic: string }>>;
  /** Distance of heartbeats to expect until a node's own pace shows. */
  readonly heartbeatIntervalMs: number;
}

export interface HealthChange {
  readonly node: string;
  readonly health: NodeHealth;
  readonly previous: NodeHealth;
}

/**
 * Who is in the mesh and how each one does. Every message writes a few fields of its sender's record; everything else
 * is derived when a view is asked for.
 */
export class NodeTracker {
  readonly directory = new NodeDirectory();
  readonly #options: NodeTrackerOptions;
  /** The node addressed by a topic or a connection. */
  readonly #addressees = new Map<string, NodeRecord>();
  #self: NodeRecord | null = null;
  #heartbeatIntervalMs = 1_000;

  constructor(options: NodeTrackerOptions) {
    this.#options = options;
  }

  /**
   * Takes over whom to expect; may be called again when the settings change. A peer that is not expected any more stays
   * as long as it is heard; this node's own former name, and a peer that is silent anyway, are forgotten.
   */
  expect(nodes: ExpectedNodes): void {
    this.#heartbeatIntervalMs = nodes.heartbeatIntervalMs;
    const expected = new Set([nodes.self, ...Object.keys(nodes.peers)]);
    for (const record of this.directory.records) {
      const isSilent = record.health === 'silent' || record.health === 'unknown';
      const isGone = record.isConfigured && !expected.has(record.name) && (record.isSelf || isSilent);
      if (isGone) this.directory.forget(record);
      record.isConfigured = false;
      record.isSelf = false;
    }
    this.#self = this.directory.configure(nodes.self);
    this.#self.isSelf = true;
    this.#addressees.clear();
    for (const [name, { topic }] of Object.entries(nodes.peers)) {
      const record = this.directory.configure(name);
      this.#addressees.set(topic, record);
      this.#addressees.set(`peer:${name}`, record);
    }
  }

  /**
   * Accounts for one message.
   *
   * @returns the sender's record, if it can be told
   */
  observe(envelope: Envelope): NodeRecord | null {
    const self = this.#self;
    if (envelope.direction === 'out') {
      if (self !== null) self.messagesOut += 1;
      this.#countAddressee(envelope);
      const isOwn = self !== null && (envelope.node === null || envelope.node === self.name);
      const sender = isOwn ? self : this.directory.resolve(envelope);
      // What is relayed for another node was accounted for when it came in.
      if (isOwn) this.#hear(self, envelope);
      return sender;
    }
    if (self !== null) self.messagesIn += 1;
    const record = this.directory.resolve(envelope);
    if (record === null) return null;
    if (record === self) {
      // Its own echo: shows that the topic works, and nothing new about the node.
      if (envelope.transport === 'kafka') record.kafkaHeardAtMs = envelope.atMs;
      return record;
    }
    record.messagesIn += 1;
    if (envelope.transport === 'kafka') record.kafkaHeardAtMs = envelope.atMs;
    this.#hear(record, envelope);
    return record;
  }

  /** Once a second: what changed in health since the last time. */
  tick(): readonly HealthChange[] {
    const nowMs = this.#options.attention.nowMs();
    this.directory.tick(nowMs);
    const changes: HealthChange[] = [];
    for (const record of this.directory.records) {
      if (record.isHeardSinceTick) {
        record.isHeardSinceTick = false;
        record.lastHeardMs = nowMs;
      }
      const health = this.#healthOf(record, nowMs);
      const previous = record.health;
      if (health === previous) continue;
      record.health = health;
      changes.push({ node: record.name, health, previous });
    }
    return changes;
  }

  /** The values that nodes said since the last call: one second of the series. */
  takePoints(): readonly SeriesPoint[] {
    const points: SeriesPoint[] = [];
    for (const record of this.directory.records) {
      if (!record.isFrequencyFresh && !record.isSRoiFresh) continue;
      points.push({
        node: record.name,
        frequencyHz: record.isFrequencyFresh ? record.frequencyHz : null,
        sRoi: record.isSRoiFresh ? record.sRoi : null,
      });
      record.isFrequencyFresh = false;
      record.isSRoiFresh = false;
    }
    return points;
  }

  /** This node first, then the configured ones, then the others, by name. */
  views(): readonly NodeView[] {
    const nowMs = this.#options.attention.nowMs();
    const atMs = this.#options.clock.wallMs();
    const rank = (view: NodeView): number => (view.isSelf ? 0 : view.isConfigured ? 1 : 2);
    return [...this.directory.records]
      .map((record) => this.#view(record, nowMs, atMs))
      .sort((left, right) => rank(left) - rank(right) || (left.name < right.name ? -1 : 1));
  }

  #hear(record: NodeRecord, envelope: Envelope): void {
    const { message, atMs } = envelope;
    record.lastMessageAtMs = atMs;
    record.isHeardSinceTick = true;
    switch (message.type) {
      case 'heartbeat':
        this.#beat(record, envelope);
        takeFrequency(record, message.frequency);
        takeSRoi(record, message.s_roi);
        return;
      case 'frequency_sync':
        takeFrequency(record, message.frequency);
        takeSRoi(record, message.s_roi);
        return;
      case 's_roi_update':
        takeSRoi(record, message.s_roi);
        return;
      case 'state_update': {
        const state = message.data ?? message;
        takeFrequency(record, state.frequency);
        takeSRoi(record, state.s_roi);
        if (state.status !== undefined && state.status !== record.status) {
          record.status = copyOfBeginning(state.status, maxStatusLength);
          record.hasNews = true;
        }
        return;
      }
      case 'repository_event':
        return;
    }
  }

  #beat(record: NodeRecord, envelope: Envelope): void {
    const { message, atMs } = envelope;
    // A backlog is read a thousand heartbeats a millisecond: one of them tells as much as all.
    if (record.lastBeatLookedAtMs === atMs) return;
    record.lastBeatLookedAtMs = atMs;
    const nowMs = this.#options.attention.nowMs();
    if (isAnswer(envelope)) {
      const ownPaceMs = record.heartbeats.intervalMs(this.#heartbeatIntervalMs);
      if (nowMs - record.lastOwnBeatMs < answersCountAfterBeats * ownPaceMs) return;
    } else {
      record.lastOwnBeatMs = nowMs;
    }
    const sentAtMs = message.timestamp === undefined ? null : parseTimestamp(message.timestamp);
    record.heartbeats.beat(nowMs, atMs, sentAtMs, this.#heartbeatIntervalMs);
  }

  #countAddressee(envelope: Envelope): void {
    const address = envelope.kafka?.topic ?? envelope.connection;
    const addressee = address === undefined ? undefined : this.#addressees.get(address);
    if (addressee !== undefined) addressee.messagesOut += 1;
  }

  #healthOf(record: NodeRecord, nowMs: number): NodeHealth {
    const lastHeardMs = record.isHeardSinceTick ? nowMs : record.lastHeardMs;
    return record.heartbeats.health(nowMs, this.#heartbeatIntervalMs, lastHeardMs);
  }

  #view(record: NodeRecord, nowMs: number, atMs: number): NodeView {
    const { heartbeats } = record;
    const { beats, intervalMs, jitterMs } = heartbeats.summary(nowMs, atMs, this.#heartbeatIntervalMs);
    const links = this.#options.links(record.name);
    return {
      name: record.name,
      isSelf: record.isSelf,
      isConfigured: record.isConfigured,
      health: this.#healthOf(record, nowMs),
      lastBeatAtMs: heartbeats.lastBeatAtMs,
      beatIntervalMs: intervalMs,
      beatJitterMs: jitterMs,
      roundTripMs: links.roundTripMs,
      beats,
      lastMessageAtMs: record.lastMessageAtMs,
      messagesIn: record.messagesIn,
      messagesOut: record.messagesOut,
      frequencyHz: record.frequencyHz,
      sRoi: record.sRoi,
      status: record.status,
      anchor: record.anchor,
      clockSkewMs: record.isSelf ? null : heartbeats.skew.estimateMs,
      kafkaHeardAtMs: record.kafkaHeardAtMs,
      websocket: links.websocket,
      inboundConnections: links.inboundConnections,
    };
  }
}

/**
 * Whether a heartbeat is the peer's answer to one of ours: those come at our pace, over our own link, and without the
 * `source` that a node's own heartbeats carry over WebSocket.
 */
function isAnswer({ connection, message }: Envelope): boolean {
  return message.source === undefined && connection?.startsWith('peer:') === true;
}

function takeFrequency(record: NodeRecord, frequencyHz: unknown): void {
  if (typeof frequencyHz !== 'number') return;
  if (record.frequencyHz !== frequencyHz) {
    record.frequencyHz = frequencyHz;
    record.hasNews = true;
  }
  record.isFrequencyFresh = true;
}

function takeSRoi(record: NodeRecord, sRoi: unknown): void {
  if (typeof sRoi !== 'number') return;
  if (record.sRoi !== sRoi) {
    record.sRoi = sRoi;
    record.hasNews = true;
  }
  record.isSRoiFresh = true;
}
