import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Anomaly,
  checkHistory,
  describeAnomalies,
  type HistoryEvent,
  type HistoryPromises,
  type Position,
} from '../../support/history-checker.js';

const at = (offset: number, partition = 0): Position => ({
  topic: 'topic',
  partition,
  offset: String(offset),
});
const sent = (id: string, sequence: number): HistoryEvent => ({
  kind: 'attempted',
  id,
  lane: 'lane',
  sequence,
});
const acknowledged = (id: string, position: Position | null): HistoryEvent => ({
  kind: 'acknowledged',
  id,
  position,
});
const refused = (id: string): HistoryEvent => ({ kind: 'refused', id });
const read = (id: string | null, position: Position, reader = 'reader'): HistoryEvent => ({
  kind: 'read',
  reader,
  id,
  position,
});
const applied = (id: string, position: Position | null = null): HistoryEvent => ({
  kind: 'applied',
  receiver: 'lexamoris',
  id,
  position,
});

/** Two messages of one sender, acknowledged, read and applied. */
const clean: readonly HistoryEvent[] = [
  sent('a', 1),
  acknowledged('a', at(0)),
  sent('b', 2),
  acknowledged('b', at(1)),
  read('a', at(0)),
  read('b', at(1)),
  applied('a', at(0)),
  applied('b', at(1)),
];

function kindsOf(history: readonly HistoryEvent[], promises?: HistoryPromises): Anomaly['kind'][] {
  return [...new Set(checkHistory(history, promises).map(({ kind }) => kind))];
}

describe('a history as it should be', () => {
  it('has no anomalies', () => {
    expect(checkHistory(clean, { receivers: ['lexamoris'] })).toEqual([]);
  });

  it('may hold a message that was neither acknowledged nor refused, written or not', () => {
    expect(checkHistory([sent('a', 1)])).toEqual([]);
    expect(checkHistory([sent('a', 1), read('a', at(0)), applied('a', at(0))])).toEqual([]);
  });

  it('may leave offsets out, and hold messages that went no partition’s way', () => {
    const history = [sent('a', 1), acknowledged('a', null), applied('a'), read('a', at(7))];
    expect(checkHistory(history)).toEqual([]);
  });
});

describe('each anomaly', () => {
  it('lost: acknowledged, and read by nobody', () => {
    const history = clean.filter((event) => !(event.kind === 'read' && event.id === 'b'));
    expect(kindsOf(history)).toEqual(['lost']);
  });

  it('lost: the same where nobody read anything, unless nobody was meant to', () => {
    const history = [sent('a', 1), acknowledged('a', null), applied('a')];
    expect(kindsOf(history)).toEqual(['lost']);
    expect(kindsOf(history, { readBack: false })).toEqual([]);
  });

  it('lost: acknowledged at another offset than it is at', () => {
    expect(kindsOf([sent('a', 1), acknowledged('a', at(5)), read('a', at(7))])).toEqual(['lost']);
  });

  it('not applied: acknowledged, and without effect at a receiver', () => {
    expect(kindsOf(clean.slice(0, -1))).toEqual(['not applied']);
    expect(kindsOf(clean.slice(0, 6), { receivers: ['nexus'] })).toEqual(['not applied']);
  });

  it('applied twice: from a second record, over another transport, or from the same offset again', () => {
    expect(kindsOf([...clean, applied('a')])).toEqual(['applied twice']);
    expect(kindsOf([...clean, applied('b', at(1))])).toContain('applied twice');
    expect(kindsOf([...clean, applied('a')], { appliedOnce: false })).toEqual([]);
  });

  it('stored twice: two records of one message', () => {
    const history = [...clean, read('a', at(2))];
    expect(kindsOf(history)).toEqual(['stored twice']);
    expect(kindsOf(history, { storedOnce: false })).toEqual([]);
  });

  it('out of order: a reader or a receiver goes back within a partition', () => {
    const history = [...clean.slice(0, 4), read('b', at(1)), read('a', at(0))];
    expect(kindsOf(history)).toEqual(['out of order']);
    expect(kindsOf([...clean.slice(0, 6), applied('b', at(1)), applied('a', at(0))])).toEqual([
      'out of order',
    ]);
  });

  it('out of order: a sender’s later message lies before an earlier one', () => {
    const history = [sent('a', 1), sent('b', 2), read('b', at(0)), read('a', at(1))];
    expect(kindsOf(history)).toEqual(['out of order']);
  });

  it('two values at one offset: of two readers, or of an acknowledgement and a reader', () => {
    const readers = [sent('a', 1), sent('b', 1), read('a', at(0), 'one'), read('b', at(0), 'two')];
    expect(kindsOf(readers)).toEqual(['two values at one offset']);
    const history = [sent('a', 1), sent('b', 2), acknowledged('a', at(0)), read('b', at(0))];
    expect(kindsOf(history)).toEqual(['lost', 'two values at one offset']);
  });

  it('aborted read: read or applied, and refused, never sent, or nobody’s bytes', () => {
    expect(kindsOf([sent('a', 1), refused('a'), read('a', at(0))])).toEqual(['aborted read']);
    expect(kindsOf([read('a', at(0))])).toEqual(['aborted read']);
    expect(kindsOf([read(null, at(0))])).toEqual(['aborted read']);
    expect(kindsOf([applied('a')])).toEqual(['aborted read']);
  });

  it('is described in a line with its number and the first of its kind', () => {
    const lines = describeAnomalies(checkHistory([...clean, applied('a'), applied('b')]));
    expect(lines).toEqual(['applied twice: 2, first a: lexamoris applied it again, from a WebSocket']);
  });
});

/** What honest clients see of an honest cluster: some messages are refused, some answers are lost, one effect each. */
const honestRun: fc.Arbitrary<readonly HistoryEvent[]> = fc
  .array(
    fc.record({
      lane: fc.integer({ min: 0, max: 2 }),
      partition: fc.integer({ min: 0, max: 2 }),
      fate: fc.constantFrom('acknowledged', 'acknowledged', 'answer lost', 'never written', 'refused'),
      gap: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 2, maxLength: 40 },
  )
  .map((messages) => {
    const sending: HistoryEvent[] = [];
    const reading: HistoryEvent[] = [];
    const applying: HistoryEvent[] = [];
    const next = [0, 0, 0];
    messages.forEach(({ lane, partition, fate, gap }, sequence) => {
      const id = `message-${sequence}`;
      sending.push({ kind: 'attempted', id, lane: `lane-${lane}`, sequence });
      if (fate === 'refused') sending.push({ kind: 'refused', id });
      if (fate === 'refused' || fate === 'never written') return;
      const offset = (next[partition] ?? 0) + gap;
      next[partition] = offset + 1;
      const position = at(offset, partition);
      if (fate === 'acknowledged') sending.push({ kind: 'acknowledged', id, position });
      for (const reader of ['one', 'two']) reading.push({ kind: 'read', reader, id, position });
      applying.push({ kind: 'applied', receiver: 'lexamoris', id, position });
    });
    return [...sending, ...reading, ...applying];
  });

/** One lie each, of which the checker must say what kind it is; null where this run has nothing to lie about. */
const lies: Readonly<
  Record<Anomaly['kind'], (history: readonly HistoryEvent[], pick: number) => readonly HistoryEvent[] | null>
> = {
  lost: (history, pick) => {
    const id = pickFrom(history, 'acknowledged', pick)?.id;
    return id === undefined
      ? null
      : history.filter(
          (event) => event.kind === 'acknowledged' || event.kind === 'attempted' || event.id !== id,
        );
  },
  'not applied': (history, pick) => {
    const id = pickFrom(history, 'acknowledged', pick)?.id;
    return id === undefined ? null : history.filter((event) => event.kind !== 'applied' || event.id !== id);
  },
  'applied twice': (history, pick) => {
    const effect = pickFrom(history, 'applied', pick);
    return effect === undefined ? null : [...history, effect];
  },
  'stored twice': (history, pick) => {
    const record = pickFrom(history, 'read', pick);
    return record === undefined
      ? null
      : [...history, { ...record, position: { ...record.position, offset: '1000000' } }];
  },
  'out of order': (history, pick) => {
    const first = pickFrom(history, 'read', pick);
    const second = history.find(
      (event) =>
        event.kind === 'read' &&
        event.reader === first?.reader &&
        event.position.partition === first.position.partition &&
        Number(event.position.offset) > Number(first.position.offset),
    );
    if (first === undefined || second === undefined) return null;
    return history.map((event) => (event === first ? second : event === second ? first : event));
  },
  'two values at one offset': (history, pick) => {
    const first = pickFrom(history, 'read', pick);
    const other = history.find((event) => event.kind === 'read' && event.id !== first?.id);
    if (first === undefined || other === undefined) return null;
    return history.map((event) => (event === first ? { ...first, id: other.id as string } : event));
  },
  'aborted read': (history, pick) => {
    const record = pickFrom(history, 'read', pick);
    return record === undefined ? null : [...history, { kind: 'refused', id: record.id ?? '' }];
  },
};

function pickFrom<K extends HistoryEvent['kind']>(
  history: readonly HistoryEvent[],
  kind: K,
  pick: number,
): Extract<HistoryEvent, { kind: K }> | undefined {
  const events = history.filter((event): event is Extract<HistoryEvent, { kind: K }> => event.kind === kind);
  return events[pick % Math.max(1, events.length)];
}

describe('whatever the history', () => {
  it('finds nothing in what honest clients see of an honest cluster', () => {
    fc.assert(
      fc.property(honestRun, (history) => {
        expect(checkHistory(history, { receivers: ['lexamoris'] })).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it.each(Object.keys(lies) as Anomaly['kind'][])('finds a single case of: %s', (kind) => {
    let told = 0;
    fc.assert(
      fc.property(honestRun, fc.nat(), (history, pick) => {
        const lie = lies[kind](history, pick);
        if (lie === null) return;
        told += 1;
        expect(kindsOf(lie, { receivers: ['lexamoris'] })).toContain(kind);
      }),
      { numRuns: 200 },
    );
    expect(told).toBeGreaterThan(50);
  });
});
