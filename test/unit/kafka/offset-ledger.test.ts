import { describe, expect, it } from 'vitest';
import { OffsetLedger } from '../../../src/main/kafka/offset-ledger.js';

describe('the offset ledger', () => {
  it('commits the offset after the last record that was handled', () => {
    const ledger = new OffsetLedger();
    ledger.handled('a', 0, '9', 10);
    ledger.handled('a', 1, '4', 5);
    ledger.handled('a', 0, '11', 2);
    expect(ledger.pending()).toEqual([
      { topic: 'a', partition: 0, offset: '12' },
      { topic: 'a', partition: 1, offset: '5' },
    ]);
    expect(ledger.uncommittedRecords).toBe(17);
  });

  it('keeps offsets beyond 2^53 exact', () => {
    const ledger = new OffsetLedger();
    ledger.handled('a', 0, '9007199254740993', 1);
    expect(ledger.pending()).toEqual([{ topic: 'a', partition: 0, offset: '9007199254740994' }]);
  });

  it('has nothing left to commit afterwards, except what was handled meanwhile', () => {
    const ledger = new OffsetLedger();
    ledger.handled('a', 0, '9', 10);
    const offsets = ledger.pending();
    ledger.handled('a', 0, '10', 1);
    ledger.committed(offsets);
    expect(ledger.pending()).toEqual([{ topic: 'a', partition: 0, offset: '11' }]);
    ledger.committed(ledger.pending());
    expect(ledger.pending()).toEqual([]);
  });

  it('forgets partitions that may belong to another member now', () => {
    const ledger = new OffsetLedger();
    ledger.handled('a', 0, '9', 10);
    ledger.clear();
    expect(ledger.pending()).toEqual([]);
    expect(ledger.uncommittedRecords).toBe(0);
  });
});
