import { describe, expect, test } from 'vitest';
import { maxFieldValueBytes } from '../../../src/main/sync/state-fields.js';
import type { PersistedState } from '../../../src/main/sync/state-store.js';
import { type ErrorCode, ResonanceError } from '../../../src/shared/errors.js';
import type { Message, StateData } from '../../../src/shared/message.js';
import { createNode, envelopeOf, meshStartMs } from './mesh.js';

function codeOf(action: () => unknown): ErrorCode | null {
  try {
    action();
  } catch (error) {
    if (error instanceof ResonanceError) return error.code;
    throw error;
  }
  return null;
}

describe('the broadcast', () => {
  test('goes out at the start and every interval: state_update, frequency_sync, heartbeat, all periodic', async () => {
    const { synchronizer, clock, sent } = createNode('resonance');
    await synchronizer.start();
    clock.advance(2_000);
    expect(sent.map(({ message }) => message.type)).toEqual(
      Array.from({ length: 3 }, () => ['state_update', 'frequency_sync', 'heartbeat']).flat(),
    );
    expect(sent.every(({ periodic }) => periodic)).toBe(true);
    expect(sent[0]?.message).toEqual({
      type: 'state_update',
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      periodic: true,
      timestamp: '2026-01-13T02:00:00.000+00:00',
      source: 'resonance',
      anchor: 'BOLZANO_71',
      data: {
        frequency: 0.043,
        s_roi: 0.502,
        status: 'supraleitend',
        anchor: 'BOLZANO_71',
        last_update: null,
        connected_nodes: [],
      },
    });
    expect(sent[1]?.message).toMatchObject({ frequency: 0.043, s_roi: 0.502, anchor: 'BOLZANO_71' });
    expect(sent[2]?.message).toMatchObject({ frequency: 0.043, s_roi: 0.502, source: 'resonance' });
    await synchronizer.stop();
    clock.advance(10_000);
    expect(sent).toHaveLength(9);
    expect(clock.pendingTimers).toBe(0);
  });

  test('makes its messages in the order in which they go out', async () => {
    let made = 0;
    const { synchronizer, sent } = createNode('resonance', { createId: () => `id-${made++}` });
    await synchronizer.start();
    await synchronizer.stop();
    expect(sent.map(({ message }) => message.id)).toEqual(['id-0', 'id-1', 'id-2']);
  });

  test('asks for the connected nodes after each broadcast and tells them with the next', async () => {
    let connected: readonly string[] = ['nexus', 'lexamoris'];
    const { synchronizer, clock } = createNode('resonance', { connectedNodes: () => connected });
    await synchronizer.start();
    expect(synchronizer.stateUpdate().data?.connected_nodes).toEqual(['lexamoris', 'nexus']);
    connected = [];
    expect(synchronizer.getState().connected_nodes).toEqual(['lexamoris', 'nexus']);
    clock.advance(1_000);
    expect(synchronizer.getState().connected_nodes).toEqual([]);
    await synchronizer.stop();
  });

  test('keeps to its times though a timer fires late, and skips what was missed', async () => {
    const times: number[] = [];
    let lateByMs = 0;
    const { synchronizer, clock } = createNode('resonance', {
      publish: (message) => {
        if (message.type !== 'state_update') return;
        times.push(clock.monotonicMs());
        // The event loop is held up by what follows the broadcast.
        if (lateByMs > 0) clock.advance(lateByMs);
        lateByMs = 0;
      },
    });
    await synchronizer.start();
    clock.advance(1_000);
    lateByMs = 2_300;
    clock.advance(4_000);
    await synchronizer.stop();
    expect(times.slice(0, 3)).toEqual([0, 1_000, 2_000]);
    expect(times.every((time) => time % 1_000 === 0)).toBe(true);
    expect(new Set(times).size).toBe(times.length);
  });

  test('goes on when a message cannot be sent, and counts it', async () => {
    let fails = true;
    const delivered: string[] = [];
    const { synchronizer, clock } = createNode('resonance', {
      publish: (message) => {
        if (fails) throw new Error('no way out');
        delivered.push(message.type);
      },
    });
    await synchronizer.start();
    expect(synchronizer.counters.publishFailures).toBe(3);
    fails = false;
    clock.advance(1_000);
    expect(delivered).toEqual(['state_update', 'frequency_sync', 'heartbeat']);
    await synchronizer.stop();
  });
});

describe('a change', () => {
  test('is stamped and published at once with the whole state', () => {
    const { synchronizer, sent } = createNode('resonance');
    const { message, changed } = synchronizer.updateState({ frequency: 0.05, mood: 'calm' });
    expect(changed).toEqual(['frequency', 'mood']);
    expect(sent).toEqual([{ message, periodic: false }]);
    expect(message).toMatchObject({
      type: 'state_update',
      data: { frequency: 0.05, s_roi: 0.502, mood: 'calm', last_update: '2026-01-13T02:00:00.000+00:00' },
      stamps: { frequency: [meshStartMs, 0, 'resonance'], mood: [meshStartMs, 1, 'resonance'] },
    });
    expect(Object.keys(message.stamps ?? {})).toEqual(['frequency', 'mood']);
  });

  test('travels as frequency_sync or s_roi_update where asked for, and merges from there', () => {
    const [sender, receiver] = [createNode('resonance'), createNode('nexus')];
    const sync = sender.synchronizer.updateState({ frequency: 0.06 }, { type: 'frequency_sync' }).message;
    const sRoi = sender.synchronizer.updateState({ s_roi: 0.7 }, { type: 's_roi_update' }).message;
    expect(sync).toMatchObject({ type: 'frequency_sync', frequency: 0.06, s_roi: 0.502 });
    expect(Object.keys(sync.stamps ?? {})).toEqual(['frequency']);
    expect(sRoi).toMatchObject({ type: 's_roi_update', s_roi: 0.7 });
    receiver.synchronizer.receive(envelopeOf(sRoi));
    receiver.synchronizer.receive(envelopeOf(sync));
    expect(receiver.synchronizer.getState()).toMatchObject({ frequency: 0.06, s_roi: 0.7 });
  });

  test('that sets the value it has is stamped, and not told as a change', () => {
    const { synchronizer } = createNode('resonance');
    const changes: unknown[] = [];
    synchronizer.onChange((change) => changes.push(change));
    expect(synchronizer.updateState({ frequency: 0.043 }).changed).toEqual([]);
    expect(Object.keys(synchronizer.getStamps())).toEqual(['frequency']);
    expect(changes).toEqual([]);
  });

  test('is told to listeners until they unsubscribe, with whose it is', () => {
    const { synchronizer } = createNode('resonance');
    const seen: unknown[] = [];
    const stop = synchronizer.onChange(({ changed, node }) => seen.push([changed, node]));
    synchronizer.updateState({ status: 'warm' });
    const peer = createNode('nexus');
    peer.synchronizer.receive(envelopeOf(synchronizer.stateUpdate()));
    synchronizer.receive(envelopeOf(peer.synchronizer.updateState({ status: 'cold' }).message));
    stop();
    synchronizer.updateState({ status: 'hot' });
    expect(seen).toEqual([
      [['status'], 'resonance'],
      [['status'], 'nexus'],
    ]);
  });

  test('leaves derived fields alone', () => {
    const { synchronizer } = createNode('resonance');
    const { changed } = synchronizer.updateState({
      anchor: 'ELSEWHERE',
      last_update: '2030-01-01T00:00:00Z',
      connected_nodes: ['x'],
      status: 'warm',
    });
    expect(changed).toEqual(['status']);
    expect(synchronizer.getState()).toMatchObject({ anchor: 'BOLZANO_71', connected_nodes: [] });
  });

  test.each<[string, StateData]>([
    ['a frequency that is negative', { frequency: -1 }],
    ['a value that is not finite', { drift: Number.POSITIVE_INFINITY }],
    ['a value that is no JSON', { callback: () => undefined }],
    ['a value that is too big', { note: 'x'.repeat(maxFieldValueBytes) }],
    ['a name without characters', { '': 1 }],
    ['a name that reaches behind the object', JSON.parse('{"__proto__": {"polluted": true}}') as StateData],
  ])('is refused for %s, and nothing of it is taken', (_, patch) => {
    const { synchronizer, sent } = createNode('resonance');
    const before = synchronizer.getState();
    expect(codeOf(() => synchronizer.updateState({ status: 'other', ...patch }))).toBe('MESSAGE_INVALID');
    expect(synchronizer.getState()).toEqual(before);
    expect(sent).toEqual([]);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('is refused when the message type asked for cannot carry it', () => {
    const { synchronizer } = createNode('resonance');
    expect(codeOf(() => synchronizer.updateState({ status: 'x' }, { type: 's_roi_update' }))).toBe(
      'MESSAGE_INVALID',
    );
  });

  test('is not touched by what the caller does with the value afterwards', () => {
    const { synchronizer } = createNode('resonance');
    const mood = { level: 1 };
    synchronizer.updateState({ mood });
    mood.level = 2;
    expect(synchronizer.getState().mood).toEqual({ level: 1 });
  });
});

describe('what comes in', () => {
  test('without stamps is a report: kept for its node, never merged, however fresh its timestamp', () => {
    const { synchronizer } = createNode('resonance');
    synchronizer.updateState({ frequency: 0.05 });
    const old: Message = {
      type: 'state_update',
      timestamp: '2026-01-13T03:00:00.123456+00:00',
      anchor: 'BOLZANO_71',
      data: { frequency: 0.043, s_roi: 0.1, status: 'old', mood: 'grey' },
    };
    synchronizer.receive(envelopeOf(old, { node: 'lexamoris', atMs: meshStartMs + 5 }));
    synchronizer.receive(
      envelopeOf({ type: 'heartbeat', frequency: 0.044 }, { node: 'lexamoris', atMs: meshStartMs + 9 }),
    );
    expect(synchronizer.getState()).toMatchObject({ frequency: 0.05, s_roi: 0.502 });
    expect(synchronizer.getState().mood).toBeUndefined();
    expect(synchronizer.report('lexamoris')).toEqual({
      node: 'lexamoris',
      atMs: meshStartMs + 9,
      state: { frequency: 0.044, s_roi: 0.1, status: 'old', mood: 'grey' },
    });
  });

  test('is no report when it is an echo of this node, or goes out', () => {
    const { synchronizer } = createNode('resonance');
    synchronizer.receive(envelopeOf(synchronizer.stateUpdate()));
    synchronizer.receive(envelopeOf({ type: 'heartbeat', source: 'nexus' }, { direction: 'out' }));
    expect(synchronizer.reports()).toEqual([]);
  });

  test('is merged once, over whichever transport it comes first', () => {
    const { synchronizer } = createNode('resonance');
    let changes = 0;
    synchronizer.onChange(() => {
      changes += 1;
    });
    const message = createNode('nexus').synchronizer.updateState({ status: 'warm' }).message;
    synchronizer.receive(envelopeOf(message, { transport: 'websocket' }));
    synchronizer.receive(envelopeOf(message, { transport: 'kafka' }));
    expect(changes).toBe(1);
    expect(synchronizer.counters.fieldsMerged).toBe(1);
  });

  test('with absurd stamps or values is refused and counted, the rest of it merged', () => {
    const { synchronizer } = createNode('resonance');
    synchronizer.receive(
      envelopeOf({
        type: 'state_update',
        source: 'nexus',
        data: { frequency: 9, status: 'fine', note: 'x'.repeat(maxFieldValueBytes + 1) },
        stamps: {
          frequency: [4_102_444_800_000, 0, 'nexus'],
          status: [meshStartMs, 0, 'nexus'],
          note: [meshStartMs, 0, 'nexus'],
          connected_nodes: [meshStartMs, 0, 'nexus'],
          absent: [meshStartMs, 0, 'nexus'],
        },
      }),
    );
    expect(synchronizer.getState()).toMatchObject({ frequency: 0.043, status: 'fine' });
    expect(synchronizer.counters).toMatchObject({ fieldsRefused: 2, fieldsMerged: 1 });
  });

  test('changes nothing by stamps on a heartbeat or an event', () => {
    const { synchronizer } = createNode('resonance');
    const stamps: Record<string, [number, number, string]> = { frequency: [meshStartMs, 0, 'nexus'] };
    synchronizer.receive(envelopeOf({ type: 'heartbeat', source: 'nexus', frequency: 7, stamps }));
    synchronizer.receive(
      envelopeOf({
        type: 'repository_event',
        event_type: 'x',
        source: 'nexus',
        data: { frequency: 7 },
        stamps,
      }),
    );
    expect(synchronizer.getState().frequency).toBe(0.043);
  });
});

describe('a restart', () => {
  function createStore(stored: unknown = null): {
    load(): Promise<unknown>;
    save(state: PersistedState): Promise<void>;
    saved: PersistedState[];
  } {
    const saved: PersistedState[] = [];
    return {
      saved,
      load: async () => (saved.length > 0 ? JSON.parse(JSON.stringify(saved.at(-1))) : stored),
      save: async (state) => {
        saved.push(state);
      },
    };
  }

  test('takes up the merged state, and new changes win over those of the last run though the clock was set back', async () => {
    const store = createStore();
    const first = createNode('resonance', { store });
    await first.synchronizer.start();
    first.clock.advance(3_600_000);
    first.synchronizer.updateState({ frequency: 0.05, mood: { level: 2 } });
    await first.synchronizer.stop();

    const second = createNode('resonance', { store });
    await second.synchronizer.start();
    expect(second.synchronizer.getState()).toMatchObject({ frequency: 0.05, mood: { level: 2 } });
    const change = second.synchronizer.updateState({ frequency: 0.06 }).message;
    const peer = createNode('nexus');
    peer.synchronizer.receive(envelopeOf(first.synchronizer.stateUpdate()));
    peer.synchronizer.receive(envelopeOf(change));
    expect(peer.synchronizer.getState().frequency).toBe(0.06);
    await second.synchronizer.stop();
  });

  test('saves a burst of changes with two writes, the last state last', async () => {
    const store = createStore();
    const { synchronizer } = createNode('resonance', { store });
    for (let index = 0; index < 50; index += 1) synchronizer.updateState({ frequency: index });
    await synchronizer.stop();
    expect(store.saved).toHaveLength(2);
    expect(store.saved.at(-1)?.fields.frequency?.value).toBe(49);
  });

  test.each([
    ['nonsense', 'nonsense'],
    ['another version', { version: 2, fields: {} }],
    ['a bad stamp', { version: 1, fields: { frequency: { value: 1, stamp: ['x'] } } }],
  ])('starts anew when what was stored is %s', async (_, stored) => {
    const { synchronizer, sent } = createNode('resonance', { store: createStore(stored) });
    await synchronizer.start();
    expect(synchronizer.getState().frequency).toBe(0.043);
    expect(sent).toHaveLength(3);
    await synchronizer.stop();
  });

  test('starts, and goes on, when the store fails', async () => {
    const { synchronizer, sent } = createNode('resonance', {
      store: {
        load: () => Promise.reject(new Error('unreadable')),
        save: () => Promise.reject(new Error('disk full')),
      },
    });
    await synchronizer.start();
    synchronizer.updateState({ frequency: 1 });
    await synchronizer.stop();
    expect(sent.map(({ message }) => message.type)).toContain('heartbeat');
    expect(synchronizer.getState().frequency).toBe(1);
  });
});
