import { describe, expect, it } from 'vitest';
import { type TopicCatalogue, TopicDirectory } from '../../../src/main/kafka/topic-directory.js';
import { ManualClock } from '../../support/manual-clock.js';

/** A catalogue that knows topics by their number of partitions, and remembers what it was asked. */
function catalogueOf(topics: Record<string, number>): TopicCatalogue & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    ensureTopics: async (names) => {
      asked.push(...names);
      return new Map(names.flatMap((name) => (topics[name] === undefined ? [] : [[name, topics[name]]])));
    },
  };
}

describe('the topic directory', () => {
  it('asks once for many sends to the same topic, and then no more', async () => {
    const catalogue = catalogueOf({ a: 3 });
    const directory = new TopicDirectory(catalogue, () => 0);
    expect(directory.knownPartitions('a')).toBeUndefined();
    expect(await Promise.all([directory.partitions('a'), directory.partitions('a')])).toEqual([3, 3]);
    expect(directory.knownPartitions('a')).toBe(3);
    await directory.partitions('a');
    expect(catalogue.asked).toEqual(['a']);
  });

  it('asks again after five minutes, so that added partitions are used', async () => {
    const clock = new ManualClock();
    const topics = { a: 1 };
    const directory = new TopicDirectory(catalogueOf(topics), () => clock.monotonicMs());
    await directory.partitions('a');
    topics.a = 4;
    clock.advance(300_000);
    expect(await directory.partitions('a')).toBe(4);
  });

  it('asks again when the topic is said to be gone', async () => {
    const catalogue = catalogueOf({ a: 1 });
    const directory = new TopicDirectory(catalogue, () => 0);
    await directory.partitions('a');
    directory.forget('a');
    await directory.partitions('a');
    expect(catalogue.asked).toEqual(['a', 'a']);
  });

  it('fails for a topic that is not shown, and does not remember the failure', async () => {
    const topics: Record<string, number> = {};
    const directory = new TopicDirectory(catalogueOf(topics), () => 0);
    await expect(directory.partitions('a')).rejects.toMatchObject({
      code: 'KAFKA_TOPIC_UNKNOWN',
      retriable: true,
    });
    topics.a = 1;
    expect(await directory.partitions('a')).toBe(1);
  });
});
