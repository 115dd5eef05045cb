import type { ProfileView } from './active-profile.js';
import type { Direction, Transport } from './envelope.js';
import type { ErrorReport } from './errors.js';
import type { LogLevel } from './logger.js';
import type { MessageType } from './message.js';
import type { RejectionReason } from './rejection.js';

/*
 * What the operator sees, as plain data: made by main/monitor, carried by the feed, held by the renderer's stores.
 * Every list is bounded. Times are wall-clock milliseconds unless the name says otherwise.
 */

export type LinkPhase = 'off' | 'connecting' | 'open' | 'backoff' | 'failed';

/** The state of one connection, whichever transport. */
export interface LinkState {
  readonly phase: LinkPhase;
  /** URL or HOST:PORT list. */
  readonly endpoint: string;
  readonly sinceMs: number;
  /** Consecutive failed attempts. */
  readonly attempt: number;
  readonly nextAttemptAtMs: number | null;
  readonly lastError: ErrorReport | null;
  /** Kafka, sending: connected or not, messages wait because it does not take them. Absent while it does. */
  readonly refusal?: Refusal;
}

/** Messages for a partition that are tried again and again. */
export interface Refusal {
  /** Why the last attempt failed. */
  readonly error: ErrorReport;
  /** How long they had waited when that was told, milliseconds. */
  readonly waitedMs: number;
}

export type NodeHealth = 'healthy' | 'late' | 'silent' | 'unknown';

export type BeatState = 'seen' | 'late' | 'missed';

/** One expected heartbeat. */
export interface Beat {
  readonly atMs: number;
  readonly state: BeatState;
}

/** Beats kept for each node's heartbeat bar. */
export const beatsKept = 60;

export interface NodeView {
  readonly name: string;
  readonly isSelf: boolean;
  /** Named in the settings' `peers` (or this node itself); others were only heard of. */
  readonly isConfigured: boolean;
  readonly health: NodeHealth;
  readonly lastBeatAtMs: number | null;
  /** Mean distance of the recent beats. */
  readonly beatIntervalMs: number | null;
  /** Mean deviation from that distance. */
  readonly beatJitterMs: number | null;
  /** WebSocket ping to pong, this node's client to the peer. */
  readonly roundTripMs: number | null;
  /** Oldest first, at most {@link beatsKept}. */
  readonly beats: readonly Beat[];
  readonly lastMessageAtMs: number | null;
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly frequencyHz: number | null;
  readonly sRoi: number | null;
  readonly status: string | null;
  readonly anchor: string | null;
  /** Its clock minus ours, estimated from timestamps; null while unknown. */
  readonly clockSkewMs: number | null;
  /** Last time it was heard over Kafka. */
  readonly kafkaHeardAtMs: number | null;
  /** Our client's link to its server; null for nodes without an endpoint (this node too). */
  readonly websocket: LinkState | null;
  /** Connections it holds to our server. */
  readonly inboundConnections: number;
}

export interface TrafficView {
  /** Topic name, or `websocket`. */
  readonly channel: string;
  readonly messagesInPerSecond: number;
  readonly messagesOutPerSecond: number;
  readonly bytesInPerSecond: number;
  readonly bytesOutPerSecond: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface TrafficPicture {
  readonly channels: readonly TrafficView[];
  readonly total: TrafficView;
  /** When the cluster was switched, and everything counted anew; null when it has not been in this run. */
  readonly switchedAtMs: number | null;
}

/** One second of one node's values; `null` where it said nothing new. */
export interface SeriesPoint {
  readonly node: string;
  readonly frequencyHz: number | null;
  readonly sRoi: number | null;
}

export const seriesWindowsMs = [60_000, 300_000, 3_600_000] as const;
export type SeriesWindowMs = (typeof seriesWindowsMs)[number];

/** Points a chart gets at most. */
export const seriesMaxPoints = 300;

/** A whole chart window: `frequencyHz[i]` is the value at `startMs + i * stepMs`. */
export interface SeriesWindow {
  readonly windowMs: SeriesWindowMs;
  readonly startMs: number;
  readonly stepMs: number;
  readonly nodes: readonly {
    readonly node: string;
    readonly frequencyHz: readonly (number | null)[];
    readonly sRoi: readonly (number | null)[];
  }[];
}

/** One row of the Messages table. */
export interface MessageRow {
  /** Arrival number within this run of the node, from 1; the row's identity. */
  readonly sequence: number;
  readonly atMs: number;
  readonly direction: Direction;
  readonly transport: Transport;
  readonly type: MessageType;
  readonly node: string | null;
  readonly topic: string | null;
  readonly partition: number | null;
  readonly offset: string | null;
  /** Kafka: the profile of the cluster it came over; empty: no profile. */
  readonly profile?: string;
  /** WebSocket: which connection, `server#12` or `peer:nexus`. */
  readonly connection?: string;
  readonly byteLength: number;
  /** Receipt minus the message's own timestamp; null without one. */
  readonly latencyMs: number | null;
  /** The JSON text's beginning, at most 200 characters. */
  readonly preview: string;
  /** A copy of a message that had its effect before: shown, and nothing else. */
  readonly isRepeat?: true;
}

export interface MessageDetail {
  readonly row: MessageRow;
  readonly text: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Empty lists and strings match everything. */
export interface MessageFilter {
  readonly types: readonly MessageType[];
  readonly topics: readonly string[];
  readonly nodes: readonly string[];
  readonly transports: readonly Transport[];
  /** Names of profiles, empty for none; WebSocket messages are of no cluster and match none. */
  readonly profiles: readonly string[];
  /** Case-insensitive substring of the JSON text. */
  readonly text: string;
  readonly muteHeartbeats: boolean;
}

export const emptyMessageFilter: MessageFilter = {
  types: [],
  topics: [],
  nodes: [],
  transports: [],
  profiles: [],
  text: '',
  muteHeartbeats: false,
};

export interface MessagePage {
  /** Newest last. */
  readonly rows: readonly MessageRow[];
  /** Whether older rows that match are still in the history. */
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

export interface LogLine {
  readonly sequence: number;
  readonly atMs: number;
  readonly level: LogLevel;
  readonly component: string;
  readonly message: string;
  /** JSON of the structured context; empty when there is none. */
  readonly fields: string;
}

export interface RejectedMessage {
  readonly sequence: number;
  readonly atMs: number;
  readonly transport: Transport;
  /** Topic/partition/offset or connection. */
  readonly origin: string;
  readonly reason: RejectionReason;
  readonly detail: string;
  readonly byteLength: number;
  /** The text's beginning, at most 2,000 characters. */
  readonly preview: string;
}

/** What became of one delivery of an operator's message. */
export type DeliveryPhase = 'queued' | 'sending' | 'delivered' | 'failed';

export interface Delivery {
  /** `kafka`, or `websocket`. */
  readonly via: 'kafka' | 'websocket';
  /** Topic, or the peer's name. */
  readonly destination: string;
  readonly phase: DeliveryPhase;
  readonly topic?: string;
  readonly partition?: number;
  readonly offset?: string;
  /** WebSocket: milliseconds until the peer's ack. */
  readonly ackMs?: number;
  readonly attempts: number;
  readonly error?: ErrorReport;
}

/** The receipt of one operator's message. */
export interface Receipt {
  /** The message's id. */
  readonly id: string;
  readonly type: MessageType;
  readonly atMs: number;
  readonly target: string | null;
  readonly deliveries: readonly Delivery[];
  /** The operator has discarded it, or put a changed message in its place: nothing more comes of it. */
  readonly isWithdrawn?: true;
}

export interface ConsumerView {
  readonly groupId: string;
  readonly link: LinkState;
  /** Partitions this instance consumes. */
  readonly assignment: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
  readonly handlerFailures: number;
}

/** The node as a whole. */
export interface NodeStatus {
  readonly phase: 'stopped' | 'starting' | 'running' | 'stopping' | 'failed';
  readonly nodeName: string;
  readonly startedAtMs: number | null;
  /** The named cluster in use. */
  readonly profile: ProfileView;
  readonly kafka: {
    readonly mode: 'external' | 'embedded' | 'undecided';
    readonly brokers: readonly string[];
    readonly producer: LinkState;
    readonly consumer: ConsumerView;
  };
  readonly websocket: {
    /** `ws://127.0.0.1:8765`, or null while it does not listen. */
    readonly url: string | null;
    readonly connections: number;
    readonly slowReadersClosed: number;
    readonly connectionsRefused: number;
    readonly lastError: ErrorReport | null;
  };
  readonly simulation: { readonly running: boolean; readonly nodes: readonly SimulatedNodeView[] };
  readonly outbox: { readonly queued: number; readonly inFlight: number; readonly failed: number };
  readonly deadLetters: {
    /** Messages of this run that could not be handled or delivered. */
    readonly total: number;
    readonly lastAtMs: number | null;
    /** Letters on this node's disk that are not in their topic yet. */
    readonly waiting: number;
  };
  readonly repeats: {
    /** Messages that came again, and had no effect again. */
    readonly dropped: number;
    /** Messages of old nodes, which have no id: a repeat among them is not recognised. */
    readonly withoutId: number;
    /** Ids that are remembered. */
    readonly known: number;
  };
  readonly rejections: {
    readonly total: number;
    readonly byReason: Readonly<Partial<Record<RejectionReason, number>>>;
  };
  readonly history: {
    readonly messages: number;
    readonly bytes: number;
    readonly dropped: number;
    /** Profiles whose Kafka messages are among those kept; empty: no profile. */
    readonly profiles: readonly string[];
  };
}

export const simulationFaults = ['silence', 'drift', 'malformed', 'burst', 'lag'] as const;
export type SimulationFault = (typeof simulationFaults)[number];

export interface SimulatedNodeView {
  readonly name: string;
  readonly url: string;
  readonly faults: readonly SimulationFault[];
}

/** Something the operator should know about, keyed so that it can be updated and cleared. */
export interface Alert {
  readonly key: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly atMs: number;
  readonly message: string;
  readonly hint: string | null;
}

export interface TopicPartitionView {
  readonly partition: number;
  /** Null when it is not known. */
  readonly lowOffset: string | null;
  /** Null when it is not known. */
  readonly highWatermark: string | null;
  /** Committed by this node's consumer group; null when nothing is committed, or it is not known. */
  readonly committedOffset: string | null;
  /** highWatermark - committed (or - low offset); null where the node does not consume this topic, or it is not known. */
  readonly lag: number | null;
  /** Why offsets or lag are not known: nobody leads it, or whom to ask can't be asked. */
  readonly unknown?: ErrorReport;
  /** -1: none. */
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly inSyncReplicas: readonly number[];
}

export interface TopicView {
  readonly name: string;
  /** What the settings use it for: `inbound`, `outbound`, `state sync`, a peer's name; null for others. */
  readonly role: string | null;
  readonly exists: boolean;
  readonly partitions: readonly TopicPartitionView[];
  /** What it has other than a new one would get from the settings; nothing is ever changed. */
  readonly differences: readonly TopicDifference[];
}

/** One setting of a topic that exists already. */
export interface TopicDifference {
  /** `partitions`, `replicationFactor`, or the name of a topic config such as `retention.ms`. */
  readonly setting: string;
  readonly wanted: string;
  readonly actual: string;
}

export type DoctorStepState = 'running' | 'passed' | 'failed' | 'skipped';

export interface DoctorStep {
  /** Stable within a run, for example `kafka.localhost:9092.tcp`. */
  readonly id: string;
  readonly title: string;
  readonly state: DoctorStepState;
  readonly durationMs: number | null;
  /** What was found. */
  readonly detail: string;
  /** What to do, when it failed. */
  readonly hint: string | null;
}

export interface DoctorReport {
  readonly running: boolean;
  readonly startedAtMs: number;
  readonly finishedAtMs: number | null;
  readonly steps: readonly DoctorStep[];
}

/**
 * One flush of the feed. A part that is absent has not changed; a list that is present replaces the old one, except
 * `series`, `rows`, `logs`, `rejections` and `receipts`, which are what is new since the last batch.
 */
export interface FeedBatch {
  readonly sequence: number;
  readonly atMs: number;
  readonly status?: NodeStatus;
  readonly nodes?: readonly NodeView[];
  readonly traffic?: TrafficPicture;
  readonly series?: readonly { readonly atMs: number; readonly points: readonly SeriesPoint[] }[];
  /** Rows that match the filter set by `messages.setFilter`; a sample when there are too many. */
  readonly rows?: readonly MessageRow[];
  /** Matching rows that the sample left out (they are in the history). */
  readonly rowsOmitted?: number;
  readonly logs?: readonly LogLine[];
  readonly rejections?: readonly RejectedMessage[];
  /** Newest state of each receipt that changed. */
  readonly receipts?: readonly Receipt[];
  readonly alerts?: readonly Alert[];
  readonly doctor?: DoctorReport;
}
