import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AlertBook, maxAlerts } from '../../../src/main/monitor/alert-book.js';
import { copyOfBeginning } from '../../../src/main/monitor/bounded-text.js';
import { RejectionLog, rejectionsKept } from '../../../src/main/monitor/rejection-log.js';
import { SequencedRing } from '../../../src/main/monitor/sequenced-ring.js';

describe('a sequenced ring', () => {
  test('is the end of the list of all that was added', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.nat(60),
        fc.nat(70),
        fc.nat(30),
        (capacity, count, after, limit) => {
          const ring = new SequencedRing<{ sequence: number }>(capacity);
          const all = Array.from({ length: count }, () => ring.add((sequence) => ({ sequence })));
          const kept = all.slice(-capacity);
          expect(ring.size).toBe(kept.length);
          expect(ring.dropped).toBe(count - kept.length);
          expect(ring.since(after, limit)).toEqual(
            kept.filter(({ sequence }) => sequence > after).slice(0, limit),
          );
          expect(ring.newest(limit)).toEqual(limit === 0 ? [] : kept.slice(-limit));
        },
      ),
    );
  });
});

describe('the rejection log', () => {
  test('keeps the last ones with the beginning of their text, and counts all by reason', () => {
    const log = new RejectionLog();
    for (let index = 0; index < rejectionsKept + 50; index += 1) {
      log.add({
        atMs: index,
        transport: 'websocket',
        origin: `server#${index}`,
        rejection: { reason: index % 2 === 0 ? 'not_json' : 'too_big', detail: 'd' },
        byteLength: 5_000,
        text: 'x'.repeat(5_000),
      });
    }
    expect(log.total).toBe(250);
    expect(log.byReason).toEqual({ not_json: 125, too_big: 125 });
    const kept = log.newest(1_000);
    expect(kept).toHaveLength(rejectionsKept);
    expect(kept[0]).toMatchObject({ sequence: 51, origin: 'server#50', byteLength: 5_000 });
    expect(kept[0]?.preview).toHaveLength(2_000);
  });
});

describe('the beginning of a text', () => {
  test('is the same characters, halves of pairs included', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff), { maxLength: 40 }), fc.nat(50), (codeUnits, length) => {
        const text = String.fromCharCode(...codeUnits);
        expect(copyOfBeginning(text, length)).toBe(text.slice(0, length));
      }),
    );
  });
});

describe('the alert book', () => {
  function createBook(): { book: AlertBook; changes: () => number; wait: (ms: number) => void } {
    let nowMs = 0;
    let changes = 0;
    const onChange = (): void => {
      changes += 1;
    };
    return {
      book: new AlertBook({ clock: { wallMs: () => nowMs }, onChange }),
      changes: () => changes,
      wait: (ms) => {
        nowMs += ms;
      },
    };
  }

  test('tells each thing once, updates it in place and clears it', () => {
    const { book, changes, wait } = createBook();
    book.raise({ key: 'kafka', severity: 'warning', message: 'slow', hint: 'wait' });
    wait(5);
    book.raise({ key: 'kafka', severity: 'warning', message: 'slow', hint: 'wait' });
    expect(changes()).toBe(1);
    book.raise({ key: 'kafka', severity: 'error', message: 'down' });
    expect(book.list()).toEqual([{ key: 'kafka', severity: 'error', atMs: 0, message: 'down', hint: null }]);
    book.clear('kafka');
    book.clear('kafka');
    expect(changes()).toBe(3);
    expect(book.list()).toEqual([]);
  });

  test('lists the most severe first, then the oldest, and clears all of one peer', () => {
    const { book, wait } = createBook();
    for (const [key, severity] of [
      ['peer.b', 'info'],
      ['peer.a', 'error'],
      ['x', 'error'],
      ['peer.c', 'warning'],
    ] as const) {
      book.raise({ key, severity, message: key });
      wait(1);
    }
    expect(book.list().map(({ key }) => key)).toEqual(['peer.a', 'x', 'peer.c', 'peer.b']);
    book.clearAll('peer.');
    expect(book.list().map(({ key }) => key)).toEqual(['x']);
  });

  test('is bounded and counts what found no room', () => {
    const { book } = createBook();
    for (let index = 0; index < maxAlerts + 3; index += 1)
      book.raise({ key: `k${index}`, severity: 'info', message: '' });
    expect(book.list()).toHaveLength(maxAlerts);
    expect(book.omitted).toBe(3);
  });
});
