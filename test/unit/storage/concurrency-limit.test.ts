import { describe, expect, it } from 'vitest';
import { ConcurrencyLimit } from '../../../src/main/storage/concurrency-limit.js';

describe('a concurrency limit', () => {
  it('lets no more run than it may, in order, and goes on after one that failed', async () => {
    const limit = new ConcurrencyLimit(2);
    const started: number[] = [];
    let running = 0;
    let most = 0;
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        limit.run(async () => {
          started.push(index);
          most = Math.max(most, ++running);
          await Promise.resolve();
          running--;
          if (index === 3) throw new Error('one of them');
          return index;
        }),
      ),
    );
    expect(started).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(most).toBe(2);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(await limit.run(async () => 'still free')).toBe('still free');
  });
});
