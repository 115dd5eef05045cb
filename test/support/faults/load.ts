import { partitionForKey } from '../../../src/main/kafka/partition-for-key.js';
import type { ResonanceProducer } from '../../../src/main/kafka/resonance-producer.js';
import { type ErrorCode, ResonanceError } from '../../../src/shared/errors.js';
import { createUuidV7 } from '../../../src/shared/uuid.js';
import type { History } from './history.js';

export interface LoadOptions {
  readonly producer: ResonanceProducer;
  readonly topic: string;
  /** Of the topic: each gets the messages of some keys. Default: wherever the keys fall. */
  readonly partitions?: number;
  /** How many keys, each a lane whose messages keep their order. Default 12. */
  readonly keys?: number;
  /** Distance of two messages of one key. Default 40 ms. */
  readonly intervalMs?: number;
  readonly history: History;
}

/** With these the producer says that it has not even tried; all others leave it open whether the broker has the message. */
const neverSent: ReadonlySet<ErrorCode> = new Set([
  'QUEUE_FULL',
  'KAFKA_MESSAGE_TOO_LARGE',
  'TARGET_UNKNOWN',
]);

/** A steady stream of messages through one producer, as a mesh makes it, noted in a history. */
export class Load {
  readonly #options: LoadOptions;
  readonly #pending = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  readonly #keys: readonly string[];
  #sequence = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#keys = keysFor(options.partitions ?? 1, options.keys ?? 12);
    this.#timer = setInterval(() => this.#sendEach(), options.intervalMs ?? 40);
  }

  /** Sends no more; resolves when the fate of everything is known. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#pending);
  }

  #sendEach(): void {
    this.#sequence += 1;
    for (const key of this.#keys) {
      const sending = this.#send(key, this.#sequence);
      this.#pending.add(sending);
      void sending.finally(() => this.#pending.delete(sending));
    }
  }

  async #send(key: string, sequence: number): Promise<void> {
    const { producer, topic, history } = this.#options;
    const id = createUuidV7();
    history.record({ kind: 'attempted', id, lane: key, sequence });
    try {
      const message = {
        type: 'repository_event',
        event_type: 'load',
        data: {},
        source: 'resonance',
        id,
      } as const;
      const position = await producer.publish(message, { topic, key });
      history.record({ kind: 'acknowledged', id, position });
    } catch (error) {
      if (!(error instanceof ResonanceError)) throw error;
      if (neverSent.has(error.code)) history.record({ kind: 'refused', id });
    }
  }
}

/** Keys of which every partition has its share. */
function keysFor(partitions: number, count: number): string[] {
  const keys: string[] = [];
  for (let candidate = 0; keys.length < count; candidate += 1) {
    const key = `key-${candidate}`;
    if (partitionForKey(key, partitions) === keys.length % partitions) keys.push(key);
  }
  return keys;
}
