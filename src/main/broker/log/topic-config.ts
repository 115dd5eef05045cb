/** The settings a topic has, with Apache Kafka's meaning. -1 means without limit where that makes sense. */
export interface TopicConfig {
  /** `retention.ms`, default 604 800 000 (7 days). -1: for ever. */
  readonly retentionMs: number;
  /** `retention.bytes` per partition, default -1. */
  readonly retentionBytes: number;
  /** `segment.bytes`, default 67 108 864 (64 MiB; smaller than Apache Kafka's 1 GiB, for a workstation). */
  readonly segmentBytes: number;
  /** `max.message.bytes`: largest record batch, default 1 048 588. */
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
