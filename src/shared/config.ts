import { z } from 'zod';
import {
  brokerAddress,
  defaultKafkaSecurity,
  kafkaSecuritySchema,
  newTopicsSchema,
  profileSchema,
  sendingCompressions,
} from './kafka-config.js';
import { logLevels } from './logger.js';

/*
 * The settings schema: names, bounds, defaults (the user's document's values) and the words that the window and the
 * command line show for them. Everything else about settings (layers, files, forms) derives from it.
 */

/** No dots: a node's name is one step of a setting's dot path. */
const nodeName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,62}$/i,
    'letters, digits, `_` and `-`, at most 63, the first a letter or digit',
  );

const topicName = z
  .string()
  .regex(/^[a-zA-Z0-9._-]{1,249}$/, 'a Kafka topic name: letters, digits, `.`, `_` and `-`, at most 249')
  .refine((name) => name !== '.' && name !== '..', 'a Kafka topic name may not be `.` or `..`');

const webSocketUrl = z.string().refine((text) => {
  try {
    const { protocol } = new URL(text);
    return protocol === 'ws:' || protocol === 'wss:';
  } catch {
    return false;
  }
}, 'a ws:// or wss:// address, for example ws://nexus-node:8767');

const origin = z.string().refine((text) => {
  try {
    return new URL(text).origin === text;
  } catch {
    return false;
  }
}, 'an origin such as https://dashboard.example, without a path');

export const peerSchema = z.strictObject({
  websocket: webSocketUrl.meta({ title: 'WebSocket endpoint', description: 'Where this peer listens.' }),
  topic: topicName.meta({ title: 'Topic', description: 'The Kafka topic addressed to this peer.' }),
});

export const configSchema = z.strictObject({
  node: z.strictObject({
    name: nodeName.meta({ title: 'Node name', description: 'How this node names itself to the mesh.' }),
    anchor: z
      .string()
      .min(1)
      .max(256)
      .meta({ title: 'Anchor', description: 'Sent with every message; old nodes are told apart by it.' }),
  }),
  resonance: z.strictObject({
    frequencyHz: z
      .number()
      .min(0)
      .max(1_000_000)
      .meta({ title: 'Target frequency', description: 'Drift is measured against it.', unit: 'Hz' }),
    sRoiThreshold: z
      .number()
      .min(0)
      .max(1_000_000)
      .meta({ title: 'S-ROI threshold', description: 'Nodes below it are marked.' }),
  }),
  sync: z.strictObject({
    intervalMs: z.int().min(100).max(3_600_000).meta({
      title: 'Sync interval',
      description: 'How often state, frequency and heartbeat are broadcast.',
      unit: 'ms',
    }),
  }),
  kafka: z.strictObject({
    mode: z.enum(['auto', 'external', 'embedded']).meta({
      title: 'Broker',
      description:
        'auto: the configured brokers if they answer, else the embedded broker when all of them are on this machine.',
    }),
    brokers: z.array(brokerAddress).min(1).max(64).meta({
      title: 'Brokers',
      description: 'Bootstrap servers, HOST:PORT each. Port 0 lets the embedded broker take any free port.',
    }),
    clientId: z
      .string()
      .min(1)
      .max(249)
      .meta({ title: 'Client id', description: 'Shown in the brokers’ logs.' }),
    groupId: z.string().min(1).max(249).meta({
      title: 'Consumer group',
      description: 'Instances with the same group share the partitions.',
    }),
    topics: z.strictObject({
      outbound: topicName.meta({ title: 'Outbound topic', description: 'From this node to all nodes.' }),
      inbound: topicName.meta({ title: 'Inbound topic', description: 'From all nodes to this node.' }),
      stateSync: topicName.meta({ title: 'State topic', description: 'State synchronisation of all nodes.' }),
    }),
    compression: z.enum(sendingCompressions).meta({
      title: 'Compression',
      description: 'Of what this node sends. It reads all of Kafka’s: gzip, snappy, lz4, zstd.',
    }),
    security: kafkaSecuritySchema,
    newTopics: newTopicsSchema,
  }),
  profile: z
    .string()
    .regex(/^$|^[a-z0-9][a-z0-9_-]{0,62}$/i, 'the name of a profile, or nothing')
    .meta({
      title: 'Profile',
      description: 'The named cluster in use; empty: the kafka section alone.',
    }),
  profiles: z.record(nodeName, profileSchema),
  websocket: z.strictObject({
    host: z.string().min(1).max(255).meta({
      title: 'Listen address',
      description:
        '127.0.0.1 keeps the server on this machine; 0.0.0.0 opens it to the network without authentication.',
    }),
    port: z.int().min(0).max(65_535).meta({ title: 'Listen port', description: '0 takes any free port.' }),
    pingIntervalMs: z
      .int()
      .min(100)
      .max(3_600_000)
      .meta({ title: 'Ping interval', description: 'How often an open connection is probed.', unit: 'ms' }),
    pingTimeoutMs: z.int().min(100).max(3_600_000).meta({
      title: 'Ping timeout',
      description: 'A connection silent for longer after a ping is dropped.',
      unit: 'ms',
    }),
    allowedOrigins: z.array(origin).max(64).meta({
      title: 'Allowed origins',
      description: 'Web pages that may connect, beside pages of this machine.',
    }),
    allowedHosts: z.array(z.string().min(1).max(255)).max(64).meta({
      title: 'Allowed hosts',
      description: 'Names by which clients may address this server, beside its listen address and localhost.',
    }),
    maxConnections: z
      .int()
      .min(1)
      .max(10_000)
      .meta({ title: 'Connections', description: 'At most so many clients at once.' }),
    maxMessagesPerSecond: z
      .int()
      .min(1)
      .max(1_000_000)
      .meta({ title: 'Rate limit', description: 'Messages a second that one client may send.' }),
  }),
  broker: z.strictObject({
    retentionMs: z.int().min(60_000).max(3_153_600_000_000).meta({
      title: 'Retention time',
      description: 'The embedded broker deletes older messages.',
      unit: 'ms',
    }),
    retentionBytes: z.int().min(1_048_576).max(1_099_511_627_776).meta({
      title: 'Retention size',
      description: 'The embedded broker keeps at most so much for each partition.',
      unit: 'bytes',
    }),
  }),
  history: z.strictObject({
    maxMessages: z
      .int()
      .min(100)
      .max(1_000_000)
      .meta({ title: 'Message history', description: 'Messages kept for the Messages view.' }),
    maxBytes: z
      .int()
      .min(1_048_576)
      .max(1_073_741_824)
      .meta({ title: 'Message history size', description: 'Memory for the kept messages.', unit: 'bytes' }),
  }),
  peers: z.record(nodeName, peerSchema),
  log: z.strictObject({
    level: z.enum(logLevels).meta({ title: 'Log level', description: 'How much the app says about itself.' }),
  }),
  window: z.strictObject({
    theme: z
      .enum(['system', 'dark', 'light'])
      .meta({ title: 'Theme', description: 'Colours of the window.' }),
  }),
});

/** The node's whole configuration, validated. */
export type Config = z.infer<typeof configSchema>;
export type PeerConfig = z.infer<typeof peerSchema>;

export const defaultConfig: Config = {
  node: { name: 'resonance', anchor: 'BOLZANO_71' },
  resonance: { frequencyHz: 0.043, sRoiThreshold: 0.502 },
  sync: { intervalMs: 1_000 },
  kafka: {
    mode: 'auto',
    brokers: ['localhost:9092'],
    clientId: 'resonance-node',
    groupId: 'resonance-group',
    topics: {
      outbound: 'resonance.outbound',
      inbound: 'resonance.inbound',
      stateSync: 'resonance.state.sync',
    },
    compression: 'none',
    security: defaultKafkaSecurity,
    newTopics: { partitions: 0, replicationFactor: 0, retentionMs: 0 },
  },
  profile: '',
  profiles: {},
  websocket: {
    host: '127.0.0.1',
    port: 8765,
    pingIntervalMs: 20_000,
    pingTimeoutMs: 10_000,
    allowedOrigins: [],
    allowedHosts: [],
    maxConnections: 1_000,
    maxMessagesPerSecond: 5_000,
  },
  broker: { retentionMs: 604_800_000, retentionBytes: 1_073_741_824 },
  history: { maxMessages: 50_000, maxBytes: 67_108_864 },
  peers: {
    lexamoris: { websocket: 'ws://lexamoris-node:8766', topic: 'resonance.lexamoris' },
    nexus: { websocket: 'ws://nexus-node:8767', topic: 'resonance.nexus' },
  },
  log: { level: 'info' },
  window: { theme: 'system' },
};

/** Where a value came from, lowest precedence first. */
export const configSources = ['default', 'file', 'environment', 'flag'] as const;
export type ConfigSource = (typeof configSources)[number];

/** One value that was not taken: shown as `path: got GIVEN, expected ALLOWED (source)`. */
export interface ConfigProblem {
  /** Dot path, for example `websocket.port`; empty when the whole source is unreadable. */
  readonly path: string;
  readonly source: ConfigSource;
  readonly given: string;
  readonly allowed: string;
}

export interface ResolvedConfig {
  /** Always valid: a wrong value falls back to the next lower source that has a valid one. */
  readonly config: Config;
  /** Source of each leaf by dot path. */
  readonly sources: Readonly<Record<string, ConfigSource>>;
  readonly problems: readonly ConfigProblem[];
}
