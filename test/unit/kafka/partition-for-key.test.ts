import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partitionForKey } from '../../../src/main/kafka/partition-for-key.js';

describe('the partition of a key', () => {
  // Known answers of org.apache.kafka.common.utils.Utils.murmur2, masked and modulo 10.
  it.each([
    ['21', (-973_932_308 & 0x7fffffff) % 10],
    ['foobar', (-790_332_482 & 0x7fffffff) % 10],
    ['a-little-bit-long-string', (-985_981_536 & 0x7fffffff) % 10],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', (-58_897_971 & 0x7fffffff) % 10],
  ])('is the one that Java clients choose for %s', (key, partition) => {
    expect(partitionForKey(key, 10)).toBe(partition);
  });

  it('is always one of the topic’s partitions, and always the same', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 100 }), (key, partitions) => {
        const partition = partitionForKey(key, partitions);
        expect(partition).toBeGreaterThanOrEqual(0);
        expect(partition).toBeLessThan(partitions);
        expect(partitionForKey(key, partitions)).toBe(partition);
      }),
    );
  });
});
