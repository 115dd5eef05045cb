import { KeyValueLog, type KeyValueLogOptions } from '../../storage/key-value-log.js';
import { toStorageError } from '../../storage/storage-error.js';
import { BrokerLogError } from './broker-log-error.js';

/** An offset a consumer group committed. */
export interface CommittedOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** -1 when the client gave none. */
  readonly leaderEpoch: number;
  /** Free text of the client, '' when none. */
  readonly metadata: string;
  readonly commitTimestampMs: number;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Committed group offsets: kept in memory, durable before a commit resolves. Errors are `BrokerLogError` KAFKA_STORAGE_ERROR. */
export class OffsetStore {
  readonly #values: KeyValueLog<CommittedOffset>;
  /** The keys of each group's offsets. */
  readonly #groups = new Map<string, Set<string>>();

  private constructor(values: KeyValueLog<CommittedOffset>) {
    this.#values = values;
    for (const [key] of values.entries()) this.#remember(groupOf(key), key);
  }

  /** @throws StorageError */
  static async open(options: KeyValueLogOptions): Promise<OffsetStore> {
    return new OffsetStore(await KeyValueLog.open<CommittedOffset>(options));
  }

  /** Group ids that have at least one committed offset. */
  groups(): string[] {
    return [...this.#groups.keys()];
  }

  get(group: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.#values.get(keyOf(group, { topic, partition }));
  }

  /** Every offset of the group; empty when unknown. */
  list(group: string): CommittedOffset[] {
    return [...(this.#groups.get(group) ?? [])].flatMap((key) => this.#values.get(key) ?? []);
  }

  /** Resolves when all are on disk (all or none survive a crash). Concurrent commits share one fsync. */
  async commit(group: string, offsets: readonly CommittedOffset[]): Promise<void> {
    const changes = offsets.map((offset) => [keyOf(group, offset), offset] as const);
    await this.#write(changes);
    for (const [key] of changes) this.#remember(group, key);
  }

  async deleteOffsets(group: string, partitions: readonly TopicPartition[]): Promise<void> {
    await this.#delete(partitions.map((partition) => keyOf(group, partition)));
  }

  async deleteGroup(group: string): Promise<void> {
    await this.#delete([...(this.#groups.get(group) ?? [])]);
  }

  /** Forgets the topic in every group (after the topic's deletion). */
  async deleteTopic(topic: string): Promise<void> {
    const entries = [...this.#values.entries()].filter(([, offset]) => offset.topic === topic);
    await this.#delete(entries.map(([key]) => key));
  }

  /** Finishes pending commits. Idempotent. */
  async close(): Promise<void> {
    await this.#values.close();
  }

  async #delete(keys: readonly string[]): Promise<void> {
    const known = keys.filter((key) => this.#values.get(key) !== undefined);
    if (known.length === 0) return;
    await this.#write(known.map((key) => [key, null] as const));
    for (const key of known) {
      if (this.#values.get(key) !== undefined) continue;
      const group = groupOf(key);
      const rest = this.#groups.get(group);
      rest?.delete(key);
      if (rest?.size === 0) this.#groups.delete(group);
    }
  }

  async #write(changes: readonly (readonly [string, CommittedOffset | null])[]): Promise<void> {
    try {
      await this.#values.write(changes);
    } catch (error) {
      const cause = toStorageError(error, 'write committed offsets');
      throw new BrokerLogError('KAFKA_STORAGE_ERROR', cause.message, { cause });
    }
  }

  #remember(group: string, key: string): void {
    const keys = this.#groups.get(group);
    if (keys) keys.add(key);
    else this.#groups.set(group, new Set([key]));
  }
}

/** Partition and topic hold no space, so the group, which may hold anything, comes last. */
function keyOf(group: string, { topic, partition }: TopicPartition): string {
  return `${partition} ${topic} ${group}`;
}

function groupOf(key: string): string {
  return key.slice(key.indexOf(' ', key.indexOf(' ') + 1) + 1);
}
