import { describe, expect, test } from 'vitest';
import { maxNodes } from '../../../src/main/monitor/node-directory.js';
import type { HealthChange } from '../../../src/main/monitor/node-tracker.js';
import type { Envelope } from '../../../src/shared/envelope.js';
import type { NodeView } from '../../../src/shared/feed.js';
import type { Message } from '../../../src/shared/message.js';
import { formatTimestamp } from '../../../src/shared/timestamp.js';
import {
  createMonitor,
  envelopeOf,
  heartbeatOf,
  type JumpingClock,
  type MonitorFixture,
  startMs,
} from './fixture.js';

function viewOf({ monitor }: MonitorFixture, name: string): NodeView {
  const view = monitor.nodes.views().find((node) => node.name === name);
  if (view === undefined) throw new Error(`${name} is not there`);
  return view;
}

/** One beat a second from each node, and time in between. */
function live(
  { monitor, clock }: MonitorFixture,
  seconds: number,
  nodes: readonly string[] = ['nexus'],
): void {
  for (let second = 0; second < seconds; second += 1) {
    for (const node of nodes) monitor.observe(heartbeatOf(node, clock.wallMs()));
    clock.advance(1_000);
  }
}

describe('a node', () => {
  test('is in the picture before it was heard: this node first, then the configured ones', () => {
    const fixture = createMonitor();
    fixture.monitor.observe(heartbeatOf('aurora', startMs));
    expect(
      fixture.monitor.nodes.views().map(({ name, isSelf, isConfigured }) => [name, isSelf, isConfigured]),
    ).toEqual([
      ['resonance', true, true],
      ['lexamoris', false, true],
      ['nexus', false, true],
      ['aurora', false, false],
    ]);
  });

  test('shows what it last said, over which transport, and how much', () => {
    const fixture = createMonitor();
    const { monitor } = fixture;
    const data = { frequency: 0.05, s_roi: 0.6, status: 'supraleitend' };
    monitor.observe(envelopeOf({ type: 'state_update', source: 'nexus', anchor: 'A', data }, startMs + 1));
    monitor.observe(
      envelopeOf({ type: 'frequency_sync', source: 'nexus', frequency: 0.051 }, startMs + 2, {
        transport: 'kafka',
        kafka: { topic: 'resonance.state.sync', partition: 0, offset: '1' },
      }),
    );
    monitor.observe(envelopeOf({ type: 's_roi_update', source: 'nexus', s_roi: 0.7 }, startMs + 3));
    expect(viewOf(fixture, 'nexus')).toMatchObject({
      frequencyHz: 0.051,
      sRoi: 0.7,
      status: 'supraleitend',
      anchor: 'A',
      messagesIn: 3,
      lastMessageAtMs: startMs + 3,
      kafkaHeardAtMs: startMs + 2,
      health: 'unknown',
    });
  });

  test('is known by its anchor where that is its alone', () => {
    const fixture = createMonitor();
    const { monitor } = fixture;
    const old: Message = { type: 'state_update', anchor: 'ALONE', data: { frequency: 1 } };
    monitor.observe(envelopeOf(old, startMs));
    expect(monitor.nodes.directory.messagesUnattributed).toBe(1);
    monitor.observe(envelopeOf({ type: 'heartbeat', source: 'nexus', anchor: 'ALONE' }, startMs));
    monitor.observe(envelopeOf(old, startMs));
    expect(viewOf(fixture, 'nexus').frequencyHz).toBe(1);
    expect(monitor.history.detail(3)?.row.node).toBe('nexus');
    monitor.observe(envelopeOf({ type: 'heartbeat', source: 'lexamoris', anchor: 'ALONE' }, startMs));
    monitor.observe(envelopeOf({ ...old, data: { frequency: 2 } }, startMs));
    expect(viewOf(fixture, 'nexus').frequencyHz).toBe(1);
    expect(monitor.nodes.directory.messagesUnattributed).toBe(2);
  });

  test('counts what is sent to it, by its topic and by the link to it', () => {
    const fixture = createMonitor();
    const own: Message = { type: 'repository_event', event_type: 'push', source: 'resonance' };
    const out = (change: Partial<Envelope>): Envelope =>
      envelopeOf(own, startMs, { direction: 'out', ...change });
    const kafka = { topic: 'resonance.nexus', partition: 0, offset: '1' };
    fixture.monitor.observe(out({ transport: 'kafka', kafka }));
    fixture.monitor.observe(out({ connection: 'peer:nexus' }));
    fixture.monitor.observe(out({ connection: 'server#3' }));
    expect(viewOf(fixture, 'nexus').messagesOut).toBe(2);
    expect(viewOf(fixture, 'resonance').messagesOut).toBe(3);
  });

  test('that is this one is judged by what it sends, not by its echo', () => {
    const fixture = createMonitor();
    const { monitor } = fixture;
    monitor.observe(
      envelopeOf({ type: 'frequency_sync', source: 'resonance', frequency: 0.05 }, startMs, {
        direction: 'out',
      }),
    );
    monitor.observe(
      envelopeOf({ type: 'frequency_sync', source: 'resonance', frequency: 0.04 }, startMs, {
        transport: 'kafka',
      }),
    );
    expect(viewOf(fixture, 'resonance')).toMatchObject({ frequencyHz: 0.05, kafkaHeardAtMs: startMs });
  });

  test('is one of a bounded number, and one long unheard makes room for a new one', () => {
    const fixture = createMonitor();
    const { monitor, clock } = fixture;
    monitor.start();
    for (let index = 0; index < maxNodes + 10; index += 1)
      monitor.observe(heartbeatOf(`node-${index}`, startMs));
    expect(monitor.nodes.views()).toHaveLength(maxNodes);
    expect(monitor.nodes.directory.messagesOfNodesBeyondLimit).toBe(13);
    live(fixture, 70, ['nexus', 'node-5']);
    monitor.observe(heartbeatOf('latecomer', clock.wallMs()));
    const names = monitor.nodes.views().map(({ name }) => name);
    expect(names).toEqual(['resonance', 'lexamoris', 'nexus', 'latecomer', 'node-5']);
    monitor.stop();
  });

  test('that is heard keeps its history when the settings do not name it any more', () => {
    const fixture = createMonitor();
    fixture.monitor.start();
    live(fixture, 3);
    fixture.monitor.expect({ self: 'resonance', peers: {}, heartbeatIntervalMs: 1_000 });
    expect(viewOf(fixture, 'nexus')).toMatchObject({ isConfigured: false, messagesIn: 3 });
  });

  test('that is silent is forgotten with its settings, and so is the former name of this one', () => {
    const fixture = createMonitor();
    fixture.monitor.start();
    live(fixture, 3);
    fixture.clock.advance(60_000);
    expect(viewOf(fixture, 'nexus')).toMatchObject({ health: 'silent' });
    fixture.monitor.expect({ self: 'aurora', peers: {}, heartbeatIntervalMs: 1_000 });
    expect(fixture.monitor.nodes.views().map(({ name }) => name)).toEqual(['aurora']);
  });
});

/** An old server's answer to a heartbeat: no `source`, over our link to it. */
function answerOf(peer: string, clock: JumpingClock): Envelope {
  const message: Message = { type: 'heartbeat', timestamp: formatTimestamp(clock.wallMs()) };
  return envelopeOf(message, clock.wallMs(), { node: peer, connection: `peer:${peer}` });
}

describe('health as it is told', () => {
  function createWatched(): MonitorFixture & { readonly told: string[] } {
    const told: string[] = [];
    const onHealthChange = ({ node, health }: HealthChange): void => {
      told.push(`${node} ${health}`);
    };
    return { ...createMonitor({ onHealthChange }), told };
  }

  test('changes once for each change', () => {
    const fixture = createWatched();
    fixture.monitor.start();
    live(fixture, 5);
    expect(fixture.told).toEqual(['nexus healthy']);
    fixture.clock.advance(20_000);
    expect(fixture.told).toEqual(['nexus healthy', 'nexus late', 'nexus silent']);
    live(fixture, 2);
    expect(fixture.told.at(-1)).toBe('nexus healthy');
    fixture.monitor.stop();
    expect(fixture.clock.pendingTimers).toBe(0);
  });

  test('follows a node’s own pace and not its answers to our heartbeats', () => {
    const fixture = createWatched();
    const { monitor, clock } = fixture;
    monitor.start();
    for (let second = 0; second < 30; second += 1) {
      monitor.observe(heartbeatOf('nexus', clock.wallMs()));
      clock.advance(400);
      monitor.observe(answerOf('nexus', clock));
      clock.advance(600);
    }
    const { beats, beatIntervalMs } = viewOf(fixture, 'nexus');
    expect(beatIntervalMs).toBe(1_000);
    expect(beats.every(({ state }) => state === 'seen')).toBe(true);
    monitor.stop();
  });

  test('takes a node that only answers for alive', () => {
    const fixture = createWatched();
    const { monitor, clock } = fixture;
    monitor.start();
    for (let second = 0; second < 10; second += 1) {
      monitor.observe(answerOf('nexus', clock));
      clock.advance(1_000);
    }
    expect(viewOf(fixture, 'nexus').health).toBe('healthy');
    monitor.stop();
  });

  test.each([2_000, 30_000, 28_800_000])(
    'calls nobody late after the event loop stood still for %i ms',
    (blockedMs) => {
      const fixture = createWatched();
      const { monitor, clock } = fixture;
      monitor.start();
      live(fixture, 10);
      monitor.observe(heartbeatOf('nexus', clock.wallMs()));
      clock.advance(700);
      clock.block(blockedMs);
      // A view is asked for before any timer or socket had its turn.
      expect(viewOf(fixture, 'nexus').health).toBe('healthy');
      clock.advance(300);
      for (let ago = 2; ago >= 0; ago -= 1)
        monitor.observe(heartbeatOf('nexus', clock.wallMs() - ago * 1_000, clock.wallMs()));
      live(fixture, 5);
      expect(fixture.told).toEqual(['nexus healthy']);
      expect(viewOf(fixture, 'nexus').beats.every(({ state }) => state === 'seen')).toBe(true);
      monitor.stop();
    },
  );

  test('notices a silent node within seconds also after the event loop stood still', () => {
    const fixture = createWatched();
    fixture.monitor.start();
    live(fixture, 10);
    fixture.clock.block(30_000);
    fixture.clock.advance(7_000);
    expect(fixture.told).toEqual(['nexus healthy', 'nexus late', 'nexus silent']);
    fixture.monitor.stop();
  });

  test.each([3_600_000, -3_600_000])('does not change when the wall clock is set by %i ms', (changeMs) => {
    const fixture = createWatched();
    fixture.monitor.start();
    live(fixture, 10);
    fixture.clock.setWallBy(changeMs);
    live(fixture, 10);
    expect(fixture.told).toEqual(['nexus healthy']);
    fixture.monitor.stop();
  });
});

describe('traffic', () => {
  test('is a rate over the last seconds and a total, by topic and for WebSocket', () => {
    const { monitor, clock } = createMonitor();
    monitor.start();
    const kafka = { topic: 'resonance.inbound', partition: 0, offset: '1' };
    const message: Message = { type: 'heartbeat', source: 'nexus' };
    for (let second = 0; second < 20; second += 1) {
      for (let count = 0; count < 10; count += 1) {
        monitor.observe(envelopeOf(message, clock.wallMs(), { transport: 'kafka', kafka, byteLength: 100 }));
      }
      monitor.observe(envelopeOf(message, clock.wallMs(), { direction: 'out', byteLength: 30 }));
      clock.advance(1_000);
    }
    const { channels, total } = monitor.traffic.snapshot();
    expect(channels.map(({ channel }) => channel)).toEqual(['resonance.inbound', 'websocket']);
    expect(channels[0]).toEqual({
      channel: 'resonance.inbound',
      messagesInPerSecond: 10,
      messagesOutPerSecond: 0,
      bytesInPerSecond: 1_000,
      bytesOutPerSecond: 0,
      messagesIn: 200,
      messagesOut: 0,
      bytesIn: 20_000,
      bytesOut: 0,
    });
    expect(total).toMatchObject({
      messagesInPerSecond: 10,
      messagesOutPerSecond: 1,
      messagesOut: 20,
      bytesOut: 600,
    });
    clock.advance(6_000);
    expect(monitor.traffic.snapshot().total).toMatchObject({ messagesInPerSecond: 0, messagesIn: 200 });
    monitor.stop();
  });
});

describe('the series of a chart', () => {
  test('has what each node said, second by second', () => {
    const fixture = createMonitor();
    const { monitor, clock } = fixture;
    monitor.start();
    for (let second = 0; second < 4; second += 1) {
      monitor.observe(
        envelopeOf({ type: 'frequency_sync', source: 'nexus', frequency: second }, clock.wallMs()),
      );
      clock.advance(1_000);
    }
    clock.advance(2_000);
    const { startMs: firstMs, stepMs, nodes } = monitor.seriesWindow(60_000);
    expect(stepMs).toBe(1_000);
    const values = nodes[0]?.frequencyHz ?? [];
    expect(values).toHaveLength(60);
    expect(nodes[0]?.sRoi.every((value) => value === null)).toBe(true);
    const at = (ms: number): number | null | undefined => values[(ms - firstMs) / stepMs];
    const second = Math.floor(startMs / 1_000) * 1_000;
    expect([0, 1, 2, 3, 4, 5].map((index) => at(second + index * 1_000))).toEqual([0, 1, 2, 3, null, null]);
    monitor.stop();
  });
});

describe('another cluster', () => {
  const overKafka = (profile: string, { monitor, clock }: MonitorFixture): void =>
    monitor.observe(
      envelopeOf({ type: 'heartbeat', source: 'nexus' }, clock.wallMs(), {
        transport: 'kafka',
        kafka: { topic: 'resonance.state.sync', partition: 0, offset: '1' },
      }),
      profile,
    );

  test('has its traffic counted from nothing, and its messages told from those of the former one', () => {
    const fixture = createMonitor();
    const { monitor, clock } = fixture;
    monitor.setProfile('local');
    for (let count = 0; count < 3; count += 1) overKafka('local', fixture);
    clock.advance(2_000);
    expect(monitor.traffic.snapshot()).toMatchObject({ total: { messagesIn: 3 }, switchedAtMs: null });
    monitor.setProfile('local');
    expect(monitor.traffic.snapshot().total.messagesIn).toBe(3);

    monitor.setProfile('watched');
    const switchedAtMs = clock.wallMs();
    overKafka('watched', fixture);
    clock.advance(1_000);
    const { total, channels } = monitor.traffic.snapshot();
    expect(total.messagesIn).toBe(1);
    expect(channels.map(({ channel, messagesIn }) => [channel, messagesIn])).toEqual([
      ['resonance.state.sync', 1],
    ]);
    expect(monitor.traffic.snapshot().switchedAtMs).toBe(switchedAtMs);
    expect(monitor.history.profiles).toEqual(['local', 'watched']);
    expect(monitor.history.detail(1)?.row.profile).toBe('local');
    expect(monitor.history.detail(4)?.row.profile).toBe('watched');
  });

  test('is the same one when the profile is renamed', () => {
    const fixture = createMonitor();
    const { monitor } = fixture;
    monitor.setProfile('local');
    overKafka('local', fixture);
    monitor.renameProfile('local', 'main');
    monitor.setProfile('main');
    overKafka('main', fixture);
    expect(monitor.traffic.snapshot()).toMatchObject({ total: { messagesIn: 2 }, switchedAtMs: null });
    expect(monitor.history.profiles).toEqual(['main']);
    expect(monitor.history.detail(1)?.row.profile).toBe('main');
  });
});
