import { describe, expect, it } from 'vitest';
import { OffsetCommitter } from '../../../src/main/kafka/offset-committer.js';
import { OffsetLedger } from '../../../src/main/kafka/offset-ledger.js';
import { ManualClock } from '../../support/manual-clock.js';
import { silentLogger } from '../../support/silent-logger.js';

function setUp(beforeCommit: () => Promise<void> = () => Promise.resolve()) {
  const clock = new ManualClock();
  const ledger = new OffsetLedger();
  const committed: string[] = [];
  /** Of the assignment, which a rebalance changes; null outside of the group. */
  const group: { generation: number | null } = { generation: 1 };
  const committer = new OffsetCommitter({
    ledger,
    clock,
    logger: silentLogger,
    intervalMs: 1_000,
    beforeCommit,
    target: () => {
      const { generation } = group;
      if (generation === null) return null;
      return {
        commit: async (offsets) => void committed.push(...offsets.map(({ offset }) => offset)),
        isCurrent: () => group.generation === generation,
      };
    },
  });
  const handle = async (lastOffset: number, records = 1): Promise<void> => {
    ledger.handled('topic', 0, String(lastOffset), records);
    committer.handled();
    await clock.advanceSlowly(1, 1);
  };
  return { clock, ledger, committed, group, committer, handle };
}

describe('committing offsets', () => {
  it('happens once an interval while records come, and 200 ms after the last of them', async () => {
    const { clock, committed, handle } = setUp();
    await clock.advanceSlowly(1_000, 100);
    await handle(0);
    expect(committed).toEqual(['1']);
    for (let offset = 1; offset < 10; offset += 1) {
      await handle(offset);
      await clock.advanceSlowly(100, 100);
    }
    expect(committed).toEqual(['1']);
    await handle(10);
    await clock.advanceSlowly(198, 99);
    expect(committed).toEqual(['1']);
    await clock.advanceSlowly(2, 1);
    expect(committed).toEqual(['1', '11']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not wait for the interval when many records wait', async () => {
    const { clock, committed, handle } = setUp();
    await clock.advanceSlowly(1_000, 100);
    await handle(0);
    await handle(9_999, 9_999);
    expect(committed).toEqual(['1']);
    await handle(10_000);
    expect(committed).toEqual(['1', '10001']);
  });

  it('is put off while what must come before it fails, and loses nothing by that', async () => {
    let isRefused = true;
    const { committed, committer, handle } = setUp(async () => {
      if (isRefused) throw new Error('disk full');
    });
    await handle(4);
    await committer.commit();
    expect(committed).toEqual([]);
    isRefused = false;
    await committer.commit();
    await committer.commit();
    expect(committed).toEqual(['5']);
  });

  it('is left to others when the partitions were given out anew meanwhile, and to nobody outside of a group', async () => {
    const { committed, committer, group, ledger } = setUp(async () => {
      group.generation = 2;
    });
    ledger.handled('topic', 0, '4', 1);
    await committer.commit();
    group.generation = null;
    await committer.commit();
    expect(committed).toEqual([]);
    expect(ledger.pending()).toHaveLength(1);
  });

  it('is one at a time, however many are asked for while one is under way', async () => {
    let underWay = 0;
    let most = 0;
    const { committed, committer, ledger } = setUp(async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      ledger.handled('topic', 0, String(committed.length + 1), 1);
      await Promise.resolve();
      underWay -= 1;
    });
    ledger.handled('topic', 0, '0', 1);
    await Promise.all([committer.commit(), committer.commit(), committer.commit()]);
    expect(committed).toEqual(['1', '2', '3']);
    expect(most).toBe(1);
  });
});
