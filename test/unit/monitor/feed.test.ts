import { describe, expect, test } from 'vitest';
import { emptyMessageFilter, type FeedBatch, type Receipt } from '../../../src/shared/feed.js';
import type { FeedStart } from '../../../src/shared/ipc.js';
import { createMonitor, envelopeOf, heartbeatOf, idleStatus, type MonitorFixture } from './fixture.js';

interface Listening extends MonitorFixture {
  readonly picture: FeedStart;
  readonly batches: FeedBatch[];
  /** As a reader that keeps up does. */
  acknowledge(): void;
}

function listen(options: Parameters<typeof createMonitor>[0] = {}, acknowledges = true): Listening {
  const fixture = createMonitor(options);
  const batches: FeedBatch[] = [];
  fixture.monitor.start();
  const picture = fixture.monitor.feed.start((batch) => {
    batches.push(batch);
    if (acknowledges) fixture.monitor.feed.acknowledge(batch.sequence);
  });
  const acknowledge = (): void => fixture.monitor.feed.acknowledge(batches.at(-1)?.sequence ?? 0);
  return { ...fixture, picture, batches, acknowledge };
}

const receipt = (id: string): Receipt => ({ id, type: 'heartbeat', atMs: 0, target: null, deliveries: [] });

/** Lets the first tick pass, which always has something to tell. */
function settle({ clock, batches }: Listening): void {
  clock.advance(3_000);
  batches.length = 0;
}

describe('the start of the feed', () => {
  test('is the whole present picture', () => {
    const { monitor, clock, logs } = createMonitor({
      doctor: () => ({ running: false, startedAtMs: 1, finishedAtMs: 2, steps: [] }),
      receipts: () => [receipt('r1')],
    });
    monitor.observe(heartbeatOf('nexus', clock.wallMs()));
    logs.write({ atMs: 1, level: 'info', component: 'node', message: 'hello', fields: '' });
    monitor.reject({
      atMs: 1,
      transport: 'websocket',
      origin: 'server#1',
      rejection: { reason: 'not_json', detail: 'no' },
      byteLength: 2,
      text: '{x',
    });
    monitor.alerts.raise({ key: 'a', severity: 'warning', message: 'look' });
    const { batch, ...lists } = monitor.feed.start(() => undefined);
    expect(batch.status).toEqual(idleStatus);
    expect(batch.nodes?.map(({ name }) => name)).toEqual(['resonance', 'lexamoris', 'nexus']);
    expect(batch.traffic?.total.messagesIn).toBe(1);
    expect(batch.alerts).toHaveLength(1);
    expect(batch.doctor?.finishedAtMs).toBe(2);
    expect(batch.rows?.map(({ sequence }) => sequence)).toEqual([1]);
    expect(lists.logs).toHaveLength(1);
    expect(lists.rejections).toHaveLength(1);
    expect(lists.receipts).toEqual([receipt('r1')]);
    monitor.stop();
  });
});

describe('batches', () => {
  test('are not sent while nothing changes', () => {
    const listening = listen();
    settle(listening);
    listening.clock.advance(600_000);
    expect(listening.batches).toEqual([]);
    listening.monitor.stop();
  });

  test('come once a second while heartbeats are all that happens', () => {
    const listening = listen();
    const { monitor, clock, batches } = listening;
    settle(listening);
    for (let second = 0; second < 10; second += 1) {
      for (const node of ['nexus', 'lexamoris', 'aurora']) {
        monitor.observe(heartbeatOf(node, clock.wallMs()));
        clock.advance(300);
      }
      clock.advance(100);
    }
    expect(batches.length).toBeGreaterThanOrEqual(9);
    expect(batches.length).toBeLessThanOrEqual(11);
    expect(batches.flatMap(({ rows }) => rows ?? []).map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: batches.flatMap(({ rows }) => rows ?? []).length }, (_, index) => index + 1),
    );
    monitor.stop();
  });

  test('carry news within 50 ms: an event, a changed value, an alert, a receipt, a log line, a rejection', () => {
    const listening = listen();
    const { monitor, clock, batches, logs } = listening;
    settle(listening);
    const within = (change: () => void): FeedBatch | undefined => {
      batches.length = 0;
      change();
      clock.advance(50);
      return batches[0];
    };
    expect(
      within(() => monitor.observe(envelopeOf({ type: 'repository_event', event_type: 'push' }, 0)))?.rows,
    ).toHaveLength(1);
    expect(
      within(() => monitor.observe(envelopeOf({ type: 'frequency_sync', source: 'nexus', frequency: 5 }, 0)))
        ?.rows,
    ).toHaveLength(1);
    expect(
      within(() => monitor.alerts.raise({ key: 'a', severity: 'error', message: 'down' }))?.alerts,
    ).toHaveLength(1);
    expect(within(() => monitor.alerts.clear('a'))?.alerts).toEqual([]);
    expect(within(() => monitor.feed.receiptChanged(receipt('r')))?.receipts).toEqual([receipt('r')]);
    expect(
      within(() => logs.write({ atMs: 0, level: 'warn', component: 'x', message: 'm', fields: '' }))?.logs,
    ).toHaveLength(1);
    expect(
      within(() =>
        monitor.reject({
          atMs: 0,
          transport: 'kafka',
          origin: 'resonance.inbound/0/5',
          rejection: { reason: 'too_deep', detail: 'deep' },
          byteLength: 1,
          text: '',
        }),
      )?.rejections,
    ).toHaveLength(1);
    monitor.stop();
  });

  test('are at most 20 a second, with the newest rows that match and a count of the others', () => {
    const listening = listen();
    const { monitor, clock, batches } = listening;
    settle(listening);
    monitor.feed.setFilter({ ...emptyMessageFilter, types: ['repository_event'] });
    let events = 0;
    for (let tenMs = 0; tenMs < 300; tenMs += 1) {
      for (let count = 0; count < 100; count += 1) {
        monitor.observe(
          envelopeOf({ type: 'repository_event', event_type: 'push', source: 'nexus' }, clock.wallMs()),
        );
        monitor.observe(heartbeatOf('nexus', clock.wallMs()));
        events += 1;
      }
      clock.advance(10);
    }
    clock.advance(1_000);
    expect(batches.length).toBeLessThanOrEqual(82);
    expect(batches.length).toBeGreaterThan(40);
    const rows = batches.flatMap((batch) => batch.rows ?? []);
    const omitted = batches.reduce((sum, batch) => sum + (batch.rowsOmitted ?? 0), 0);
    expect(rows.length + omitted).toBe(events);
    expect(batches.every((batch) => (batch.rows?.length ?? 0) <= 200)).toBe(true);
    expect(rows.every(({ type }) => type === 'repository_event')).toBe(true);
    expect(rows.map(({ sequence }) => sequence)).toEqual(
      rows.map(({ sequence }) => sequence).sort((a, b) => a - b),
    );
    monitor.stop();
  });

  test('stop after two unacknowledged ones, hold nothing back in memory, and go on where the reader left', () => {
    const listening = listen({}, false);
    const { monitor, clock, batches, logs } = listening;
    for (let second = 0; second < 100; second += 1) {
      monitor.observe(
        envelopeOf({ type: 'frequency_sync', source: 'nexus', frequency: second }, clock.wallMs()),
      );
      for (let line = 0; line < 10; line += 1) {
        logs.write({
          atMs: 0,
          level: 'info',
          component: 'x',
          message: String(second * 10 + line),
          fields: '',
        });
      }
      monitor.feed.receiptChanged(receipt('same'));
      clock.advance(1_000);
    }
    expect(batches).toHaveLength(2);
    const caughtUp = (): boolean => batches.flatMap((batch) => batch.logs ?? []).length === 1_000;
    for (let round = 0; round < 20 && !caughtUp(); round += 1) {
      listening.acknowledge();
      clock.advance(60);
    }
    expect(batches.flatMap((batch) => batch.logs ?? []).map(({ message }) => Number(message))).toEqual(
      Array.from({ length: 1_000 }, (_, index) => index),
    );
    expect(batches.flatMap(({ rows }) => rows ?? [])).toHaveLength(100);
    expect(batches.flatMap(({ series }) => series ?? []).length).toBeLessThanOrEqual(62);
    expect(batches.map(({ sequence }) => sequence)).toEqual(batches.map((_, index) => index + 1));
    monitor.stop();
  });

  test('start anew for a reader that was reloaded without acknowledging', () => {
    const listening = listen({}, false);
    const { monitor, clock } = listening;
    for (let second = 0; second < 5; second += 1) {
      monitor.observe(heartbeatOf('nexus', clock.wallMs()));
      clock.advance(1_000);
    }
    const later: FeedBatch[] = [];
    const { batch } = monitor.feed.start((next) => later.push(next));
    expect(batch.rows).toHaveLength(5);
    monitor.observe(envelopeOf({ type: 'repository_event', event_type: 'push' }, clock.wallMs()));
    clock.advance(50);
    expect(later.flatMap(({ rows }) => rows ?? []).map(({ sequence }) => sequence)).toEqual([6]);
    monitor.stop();
  });

  test('are not made, and no timer of theirs runs, while nobody listens', () => {
    const { monitor, clock, batches } = listen();
    monitor.feed.stop();
    const timers = clock.pendingTimers;
    monitor.observe(envelopeOf({ type: 'repository_event', event_type: 'push' }, clock.wallMs()));
    monitor.alerts.raise({ key: 'a', severity: 'error', message: 'x' });
    monitor.feed.receiptChanged(receipt('r'));
    expect(clock.pendingTimers).toBe(timers);
    clock.advance(5_000);
    expect(batches).toEqual([]);
    monitor.stop();
    expect(clock.pendingTimers).toBe(0);
  });
});
