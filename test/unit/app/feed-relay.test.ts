import { describe, expect, test } from 'vitest';
import { FeedRelay } from '../../../src/main/app/feed-relay.js';
import type { Alert, FeedBatch } from '../../../src/shared/feed.js';
import { ManualClock } from '../../support/manual-clock.js';

function createRelay() {
  const clock = new ManualClock();
  const sent: FeedBatch[] = [];
  const relay = new FeedRelay({ clock, send: (batchJson) => sent.push(JSON.parse(batchJson) as FeedBatch) });
  const sequences = (): number[] => sent.map(({ sequence }) => sequence);
  return { clock, relay, sent, sequences };
}

const batch = (sequence: number, alerts?: readonly Alert[]): FeedBatch => ({
  sequence,
  atMs: sequence,
  ...(alerts === undefined ? {} : { alerts }),
});
const nodeAlert: Alert = { key: 'kafka', severity: 'error', atMs: 0, message: 'down', hint: null };
const notice = { key: 'window.crashed', severity: 'warning', message: 'reloaded', hint: null } as const;

describe('the feed to the window', () => {
  test('passes on at once while the window shows', () => {
    const { relay, sequences } = createRelay();
    relay.relay(batch(1));
    relay.relay(batch(2));
    expect(sequences()).toEqual([1, 2]);
  });

  test('goes once a second while the window is hidden, in order and complete', () => {
    const { clock, relay, sequences } = createRelay();
    relay.setVisible(false);
    relay.relay(batch(1));
    clock.advance(600);
    relay.relay(batch(2));
    expect(sequences()).toEqual([]);
    clock.advance(400);
    expect(sequences()).toEqual([1, 2]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('catches up at once when the window shows again', () => {
    const { clock, relay, sequences } = createRelay();
    relay.setVisible(false);
    relay.relay(batch(1));
    relay.setVisible(true);
    expect(sequences()).toEqual([1]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('starts a new page without what the page before it had not got yet', () => {
    const { relay, sequences } = createRelay();
    relay.setVisible(false);
    relay.relay(batch(4));
    relay.relay(batch(6));
    relay.start({ batch: batch(5), logs: [], rejections: [], receipts: [] });
    relay.setVisible(true);
    expect(sequences()).toEqual([6]);
  });

  test('shows a notice beside the node’s alerts, in the first picture and after, for two minutes', () => {
    const { clock, relay, sent } = createRelay();
    relay.relay(batch(1, [nodeAlert]));
    relay.notify(notice);
    const keysOf = (alerts?: readonly Alert[]) => alerts?.map(({ key }) => key);
    const picture = relay.start({ batch: batch(2, [nodeAlert]), logs: [], rejections: [], receipts: [] });
    expect(keysOf(picture.batch.alerts)).toEqual(['window.crashed', 'kafka']);
    relay.relay(batch(3));
    expect(keysOf(sent.at(-1)?.alerts)).toEqual(['window.crashed', 'kafka']);
    clock.advance(120_000);
    relay.relay(batch(4));
    expect(keysOf(sent.at(-1)?.alerts)).toEqual(['kafka']);
    relay.relay(batch(5));
    expect(sent.at(-1)).toEqual(batch(5));
  });

  test('replaces a notice with the same key', () => {
    const { relay, sent } = createRelay();
    relay.notify(notice);
    relay.notify({ ...notice, message: 'reloaded again' });
    relay.relay(batch(1));
    expect(sent[0]?.alerts?.map(({ message }) => message)).toEqual(['reloaded again']);
  });
});
