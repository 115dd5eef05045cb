import { z } from 'zod';
import type { WindowAction } from './channels.js';
import {
  type ClientImportPreview,
  clientFileSourceSchema,
  clientImportRequestSchema,
} from './client-import.js';
import { type ComposeRequest, composeRequestSchema } from './compose.js';
import type { Config, ConfigProblem, ConfigSource } from './config.js';
import {
  type GroupDetail,
  type GroupSummary,
  groupIdSchema,
  type ResetOutcome,
  type ResetPlan,
  resetRequestSchema,
} from './consumer-groups.js';
import type { DeadLetterList } from './dead-letter.js';
import { transports } from './envelope.js';
import type { ErrorReport } from './errors.js';
import {
  type FeedBatch,
  type LogLine,
  type MessageDetail,
  type MessagePage,
  type Receipt,
  type RejectedMessage,
  type SeriesWindow,
  seriesWindowsMs,
  simulationFaults,
  type TopicView,
} from './feed.js';
import { logLevels } from './logger.js';
import { messageTypes } from './message.js';
import { maxMessageBytes } from './parse-message.js';
import { type SecretsView, secretNames } from './secrets.js';

/*
 * The one contract between window and node. Preload exposes `window.resonance` from it, main registers a validated
 * handler for each command, the renderer's ipc folder is typed by it.
 */

export interface AppInfo {
  readonly version: string;
  readonly electron: string;
  readonly chrome: string;
  readonly node: string;
  readonly platform: string;
  readonly dataDirectory: string;
  readonly settingsFile: string;
}

export interface SettingsView {
  readonly config: Config;
  readonly sources: Readonly<Record<string, ConfigSource>>;
  readonly problems: readonly ConfigProblem[];
  readonly file: string;
}

/** `problems` empty: saved and applied. Otherwise nothing was saved. */
export interface SettingsUpdateResult {
  readonly problems: readonly ConfigProblem[];
  readonly settings: SettingsView;
}

/** Everything the window needs for its first picture. */
export interface FeedStart {
  readonly batch: FeedBatch;
  readonly logs: readonly LogLine[];
  readonly rejections: readonly RejectedMessage[];
  readonly receipts: readonly Receipt[];
}

const nothing = z.undefined();
const nodeName = z.string().min(1).max(63);

export const messageFilterSchema = z.strictObject({
  types: z.array(z.enum(messageTypes)).max(messageTypes.length),
  topics: z.array(z.string().max(249)).max(256),
  nodes: z.array(nodeName).max(256),
  transports: z.array(z.enum(transports)).max(transports.length),
  profiles: z.array(z.string().max(64)).max(256),
  text: z.string().max(1_000),
  muteHeartbeats: z.boolean(),
});

/** Parameter schemas by command name; main validates every call with them. */
export const commandParameters = {
  'app.info': nothing,
  /** Opens a file or folder of the app itself in the desktop's file manager. */
  'app.reveal': z.enum(['settings', 'data', 'logs']),
  /** Lets the operator choose a file; its path, or null. */
  'app.chooseFile': nothing,
  /** Starts the feed (again, after a reload) and returns the present picture. */
  'feed.start': nothing,
  /** Two unacknowledged batches at most are under way. */
  'feed.acknowledge': z.int().min(0),
  'messages.setFilter': messageFilterSchema,
  'messages.page': z.strictObject({
    filter: messageFilterSchema,
    /** Rows older than this sequence; null for the newest. */
    before: z.int().min(0).nullable(),
    /** Rows newer than this sequence; wins over `before` when not null. */
    after: z.int().min(0).nullable(),
    limit: z.int().min(1).max(500),
  }),
  'messages.detail': z.int().min(1),
  'series.window': z.literal(seriesWindowsMs),
  'compose.send': composeRequestSchema,
  /** Forgets a failed delivery, or tries it again. */
  'outbox.retry': z.string().max(128),
  'outbox.discard': z.string().max(128),
  /** Puts a changed message in the place of a failed one, and sends it to where the failed copies were for. */
  'outbox.replace': z.strictObject({ id: z.string().max(128), text: z.string().max(maxMessageBytes) }),
  /** The message of an entry as JSON, null once it is delivered or discarded. */
  'outbox.text': z.string().max(128),
  'deadLetters.list': nothing,
  /** `text`: the message as the operator changed it, or null for as it was. */
  'deadLetters.resend': z.strictObject({
    id: z.string().max(128),
    text: z.string().max(maxMessageBytes).nullable(),
  }),
  'deadLetters.discard': z.string().max(128),
  /** Takes a discard back, of a letter or of an outbox entry: the letter waits again. */
  'deadLetters.restore': z.string().max(128),
  'topics.list': nothing,
  'topics.create': z.strictObject({
    name: z.string().min(1).max(249),
    partitions: z.int().min(1).max(1_000),
    replicationFactor: z.int().min(1).max(32),
  }),
  'groups.list': nothing,
  'groups.describe': groupIdSchema,
  /** What a reset would do, or the undo of one by its snapshot; nothing is changed before the plan is applied. */
  'groups.previewReset': resetRequestSchema,
  'groups.previewUndo': z.string().max(64),
  /** `pauseOwn`: this node leaves the group for the change, and joins again. */
  'groups.apply': z.strictObject({ planId: z.string().max(64), pauseOwn: z.boolean() }),
  'peer.reconnect': nodeName,
  'doctor.run': nothing,
  'settings.get': nothing,
  /** Dot path to new value; `null` takes the value out of the file, so that the default shows again. */
  'settings.update': z.record(z.string().max(256), z.unknown()),
  'settings.addPeer': z.strictObject({
    name: nodeName,
    websocket: z.string().max(2_048),
    topic: z.string().max(249),
  }),
  'settings.removePeer': nodeName,
  /** Keeps a secret of a profile (empty name: the kafka section), or forgets it with null; it can't be read back. */
  'settings.setSecret': z.strictObject({
    profile: z.string().max(63),
    name: z.enum(secretNames),
    value: z.string().min(1).max(16_384).nullable(),
    keep: z.enum(['keychain', 'session']),
  }),
  /** Which secrets of a profile are there, and where they are kept. */
  'settings.secretState': z.string().max(63),
  /** Profiles keep their secrets, and what waits for their cluster, under a new name. */
  'profiles.rename': z.strictObject({ from: nodeName, to: nodeName }),
  'profiles.duplicate': z.strictObject({ from: nodeName, to: nodeName }),
  /** Not of the active one. `profiles.restore` takes it back until the app quits. */
  'profiles.remove': nodeName,
  'profiles.restore': nodeName,
  'profiles.previewImport': clientFileSourceSchema,
  'profiles.import': clientImportRequestSchema,
  'simulation.start': z.array(nodeName).max(10),
  'simulation.stop': nothing,
  'simulation.setFault': z.strictObject({
    node: nodeName,
    fault: z.enum(simulationFaults),
    enabled: z.boolean(),
  }),
  'logs.setLevel': z.enum(logLevels),
} as const satisfies Record<string, z.ZodType>;

export interface CommandResults {
  'app.info': AppInfo;
  'app.reveal': undefined;
  'app.chooseFile': string | null;
  'feed.start': FeedStart;
  'feed.acknowledge': undefined;
  'messages.setFilter': undefined;
  'messages.page': MessagePage;
  'messages.detail': MessageDetail | null;
  'series.window': SeriesWindow;
  'compose.send': Receipt;
  'outbox.retry': undefined;
  'outbox.discard': undefined;
  'outbox.replace': Receipt;
  'outbox.text': string | null;
  'deadLetters.list': DeadLetterList;
  'deadLetters.resend': undefined;
  'deadLetters.discard': undefined;
  'deadLetters.restore': undefined;
  'topics.list': readonly TopicView[];
  'topics.create': undefined;
  'groups.list': readonly GroupSummary[];
  'groups.describe': GroupDetail;
  'groups.previewReset': ResetPlan;
  'groups.previewUndo': ResetPlan;
  'groups.apply': ResetOutcome;
  'peer.reconnect': undefined;
  'doctor.run': undefined;
  'settings.get': SettingsView;
  'settings.update': SettingsUpdateResult;
  'settings.addPeer': SettingsUpdateResult;
  'settings.removePeer': SettingsUpdateResult;
  'settings.setSecret': SecretsView;
  'settings.secretState': SecretsView;
  'profiles.rename': SettingsUpdateResult;
  'profiles.duplicate': SettingsUpdateResult;
  'profiles.remove': SettingsUpdateResult;
  'profiles.restore': SettingsUpdateResult;
  'profiles.previewImport': ClientImportPreview;
  'profiles.import': SettingsUpdateResult;
  'simulation.start': undefined;
  'simulation.stop': undefined;
  'simulation.setFault': undefined;
  'logs.setLevel': undefined;
}

export type CommandName = keyof typeof commandParameters & keyof CommandResults;
export type CommandParameters<N extends CommandName> = z.infer<(typeof commandParameters)[N]>;

/** An `invoke` never rejects across the bridge: errors keep their code and hint as data. */
export type CommandOutcome<N extends CommandName> =
  | { readonly ok: true; readonly value: CommandResults[N] }
  | { readonly ok: false; readonly error: ErrorReport };

/** Things main tells the window outside the feed. */
export interface WindowEvents {
  /** A menu item or shortcut handled by main. */
  action: WindowAction;
  /** The settings changed (from the window, the file or another source). */
  settings: SettingsView;
  /** Quitting waits for these; the window shows them. */
  quitting: { readonly unsent: number; readonly deadlineMs: number };
}

/** `window.resonance`, as preload exposes it. */
export interface ResonanceBridge {
  invoke<N extends CommandName>(name: N, parameters: CommandParameters<N>): Promise<CommandOutcome<N>>;
  /** Returns its unsubscribe. The listener gets JSON text of a {@link FeedBatch}. */
  onFeed(listener: (batchJson: string) => void): () => void;
  onEvent(listener: (event: WindowEventMessage) => void): () => void;
}

export type WindowEventMessage = {
  [N in keyof WindowEvents]: { readonly name: N; readonly value: WindowEvents[N] };
}[keyof WindowEvents];

export type { WindowAction } from './channels.js';
export type { ComposeRequest };
