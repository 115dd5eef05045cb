import { ResonanceError } from '../../shared/errors.js';

/** What producer and consumer need to know of topics; {@link KafkaAdmin} is one. */
export interface TopicCatalogue {
  /**
   * Creates the topics that are missing; the number of partitions of each by name. One that can't be created is left out
   * as long as another is there; else the reason is thrown.
   */
  ensureTopics(names: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

/** Long enough to be no load, short enough to see partitions that an operator has added. */
const freshForMs = 300_000;

/** Remembers how many partitions each topic has, creating a topic the first time that it is asked for. */
export class TopicDirectory {
  readonly #catalogue: TopicCatalogue;
  readonly #now: () => number;
  readonly #known = new Map<string, { readonly partitions: number; readonly atMs: number }>();
  readonly #asked = new Map<string, Promise<number>>();

  /** @param now monotonic milliseconds */
  constructor(catalogue: TopicCatalogue, now: () => number) {
    this.#catalogue = catalogue;
    this.#now = now;
  }

  /** Without asking: the number of partitions, or undefined when it is not (freshly) known. */
  knownPartitions(topic: string): number | undefined {
    const entry = this.#known.get(topic);
    return entry !== undefined && this.#now() - entry.atMs < freshForMs ? entry.partitions : undefined;
  }

  /** The number of partitions; creates the topic when it does not exist. */
  partitions(topic: string): Promise<number> {
    const known = this.knownPartitions(topic);
    if (known !== undefined) return Promise.resolve(known);
    const asked = this.#asked.get(topic) ?? this.#ask(topic);
    this.#asked.set(topic, asked);
    return asked;
  }

  /** The broker said that the topic or a partition is gone: ask again next time. */
  forget(topic: string): void {
    this.#known.delete(topic);
  }

  async #ask(topic: string): Promise<number> {
    try {
      const partitions = (await this.#catalogue.ensureTopics([topic])).get(topic);
      if (partitions === undefined || partitions < 1) {
        throw new ResonanceError('KAFKA_TOPIC_UNKNOWN', `the broker does not show the topic ${topic}`, {
          retriable: true,
          hint: 'It was created or deleted a moment ago; try again.',
        });
      }
      this.#known.set(topic, { partitions, atMs: this.#now() });
      return partitions;
    } finally {
      this.#asked.delete(topic);
    }
  }
}
