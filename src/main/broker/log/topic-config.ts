import { MAX_RECORD_BATCH_BYTES } from '../records/record-batch-framing.js';
import { BrokerLogError } from './broker-log-error.js';

/** The settings a topic has, with Apache Kafka's meaning. -1 means without limit where that makes sense. */
export interface TopicConfig {
  /** `retention.ms`, default 604 800 000 (7 days). -1: for ever. */
  readonly retentionMs: number;
  /** `retention.bytes` per partition, default -1. */
  readonly retentionBytes: number;
  /** `segment.bytes`, default 67 108 864 (64 MiB; smaller than Apache Kafka's 1 GiB, for a workstation). */
  readonly segmentBytes: number;
  /** `max.message.bytes`: largest record batch, default 1 048 588, at most 64 MiB. */
  readonly maxMessageBytes: number;
}

/** One setting as DescribeConfigs shows it. */
export interface TopicConfigEntry {
  /** Kafka's name, e.g. `retention.ms`. */
  readonly name: string;
  readonly value: string;
  readonly isDefault: boolean;
  readonly readOnly: boolean;
}

/** Settings by Kafka's name; null resets to the default. */
export type TopicConfigChanges = Readonly<Record<string, string | null>>;

/** The settings that were given, by Kafka's name: all others have their defaults. */
export type TopicConfigOverrides = Readonly<Record<string, string>>;

interface NumericSetting {
  readonly defaultValue: number;
  readonly min: number;
  readonly max: number;
}

const NUMERIC_SETTINGS = {
  'max.message.bytes': { defaultValue: 1_048_588, min: 0, max: MAX_RECORD_BATCH_BYTES },
  'retention.bytes': { defaultValue: -1, min: -1, max: Number.MAX_SAFE_INTEGER },
  'retention.ms': { defaultValue: 604_800_000, min: -1, max: Number.MAX_SAFE_INTEGER },
  'segment.bytes': { defaultValue: 67_108_864, min: 1_024, max: 0x7fff_ffff },
} as const satisfies Record<string, NumericSetting>;

/** Settings with one value here; clients may name them, and may not change them. */
const FIXED_SETTINGS: Readonly<Record<string, string>> = {
  'cleanup.policy': 'delete',
  'compression.type': 'producer',
  'message.timestamp.type': 'CreateTime',
  'min.insync.replicas': '1',
};

/**
 * The overrides after some changes.
 *
 * @throws BrokerLogError INVALID_CONFIG naming the setting, what was given and what is allowed
 */
export function changeOverrides(
  overrides: TopicConfigOverrides,
  changes: TopicConfigChanges,
): TopicConfigOverrides {
  const changed = new Map(Object.entries(overrides));
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) {
      checkName(name);
      changed.delete(name);
    } else {
      checkValue(name, value);
      changed.set(name, value);
    }
  }
  return Object.fromEntries(changed);
}

/** What the overrides amount to, over the broker's own defaults and over those of every broker. */
export function toTopicConfig(
  overrides: TopicConfigOverrides,
  defaults: TopicConfigOverrides = {},
): TopicConfig {
  const numberOf = (name: keyof typeof NUMERIC_SETTINGS): number =>
    Number(overrides[name] ?? defaults[name] ?? NUMERIC_SETTINGS[name].defaultValue);
  return {
    retentionMs: numberOf('retention.ms'),
    retentionBytes: numberOf('retention.bytes'),
    segmentBytes: numberOf('segment.bytes'),
    maxMessageBytes: numberOf('max.message.bytes'),
  };
}

/** Every setting with its value, sorted by name. */
export function describeTopicConfig(
  overrides: TopicConfigOverrides,
  defaults: TopicConfigOverrides = {},
): TopicConfigEntry[] {
  const numeric = Object.entries(NUMERIC_SETTINGS).map(([name, { defaultValue }]) => ({
    name,
    value: overrides[name] ?? defaults[name] ?? String(defaultValue),
    isDefault: overrides[name] === undefined,
    readOnly: false,
  }));
  const fixed = Object.entries(FIXED_SETTINGS).map(([name, value]) => ({
    name,
    value,
    isDefault: true,
    readOnly: true,
  }));
  return [...numeric, ...fixed].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function checkName(name: string): void {
  if (Object.hasOwn(NUMERIC_SETTINGS, name) || Object.hasOwn(FIXED_SETTINGS, name)) return;
  const known = [...Object.keys(NUMERIC_SETTINGS), ...Object.keys(FIXED_SETTINGS)].join(', ');
  throw new BrokerLogError('INVALID_CONFIG', `There is no setting ${name}; a topic has ${known}`);
}

function checkValue(name: string, value: string): void {
  checkName(name);
  const fixed = FIXED_SETTINGS[name];
  if (fixed !== undefined) {
    if (value === fixed) return;
    throw new BrokerLogError('INVALID_CONFIG', `${name} can only be ${fixed} on this broker, not ${value}`);
  }
  const setting = Object.entries<NumericSetting>(NUMERIC_SETTINGS).find(([known]) => known === name)?.[1];
  if (!setting) return;
  const { min, max } = setting;
  const isWithin = /^-?\d{1,16}$/.test(value) && Number(value) >= min && Number(value) <= max;
  if (isWithin) return;
  throw new BrokerLogError(
    'INVALID_CONFIG',
    `${name} must be a whole number from ${min} to ${max}, not ${value}`,
  );
}
