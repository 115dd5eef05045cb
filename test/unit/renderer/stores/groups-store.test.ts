import { describe, expect, it } from 'vitest';
import { createClient } from '../../../../src/renderer/src/ipc/client.js';
import { createGroupsStore } from '../../../../src/renderer/src/stores/groups-store.js';
import type { GroupDetail, GroupSummary } from '../../../../src/shared/consumer-groups.js';
import { type Answers, createTestBridge, nodeStatus } from '../bridge.js';

function summary(groupId: string): GroupSummary {
  return { groupId, state: 'Empty', memberCount: 0, topics: [], lag: 0, isOwn: false, isTap: false };
}

function detail(groupId: string): GroupDetail {
  return { groupId, state: 'Empty', isOwn: false, members: [], partitions: [], snapshots: [] };
}

function create(answers: Answers) {
  const bridge = createTestBridge({ 'groups.describe': detail, ...answers });
  const store = createGroupsStore(createClient(bridge), () => 42);
  return { bridge, store };
}

describe('the groups', () => {
  it('show the first one until another is chosen', async () => {
    const { store } = create({ 'groups.list': () => [summary('a'), summary('b')] });
    await store.getState().refresh();
    expect(store.getState()).toMatchObject({ detail: { groupId: 'a' }, selected: null, loadedAtMs: 42 });
    await store.getState().select('b');
    expect(store.getState().detail?.groupId).toBe('b');
    await store.getState().refresh();
    expect(store.getState().detail?.groupId).toBe('b');
  });

  it('and what is being read are forgotten once another cluster is in use', async () => {
    const answers: (() => void)[] = [];
    const { store } = create({
      'groups.list': async () => {
        await new Promise<void>((resolve) => answers.push(resolve));
        return [summary(`group-${answers.length}`)];
      },
    });
    const use = (name: string): void => {
      const status = nodeStatus({ profile: { name, color: 'grey', readOnly: false } });
      store.getState().follow({ sequence: 1, atMs: 0, status });
    };
    use('here');
    const first = store.getState().refresh();
    answers[0]?.();
    await first;
    expect(store.getState().groups).toHaveLength(1);
    const late = store.getState().refresh();
    use('there');
    expect(store.getState()).toMatchObject({ groups: null, detail: null, loading: false, loadedAtMs: null });
    answers[1]?.();
    await late;
    expect(store.getState()).toMatchObject({ groups: null, detail: null, error: null });
  });

  it('drop an answer about a group that the operator has left meanwhile', async () => {
    let answer = (): void => undefined;
    const { store } = create({
      'groups.list': () => [summary('slow'), summary('quick')],
      'groups.describe': async (groupId) => {
        if (groupId === 'slow') await new Promise<void>((resolve) => (answer = resolve));
        return detail(groupId);
      },
    });
    const refreshing = store.getState().refresh();
    await expect.poll(() => store.getState().groups).not.toBeNull();
    await store.getState().select('quick');
    answer();
    await refreshing;
    expect(store.getState().detail?.groupId).toBe('quick');
  });

  it('go back to the first one when the chosen one is gone', async () => {
    let groups = [summary('a'), summary('b')];
    const { store } = create({ 'groups.list': () => groups });
    await store.getState().refresh();
    await store.getState().select('b');
    groups = [summary('a')];
    await store.getState().refresh();
    expect(store.getState()).toMatchObject({ selected: null, detail: { groupId: 'a' } });
  });

  it('keep what was read last when the brokers cannot be asked, and say why', async () => {
    const { bridge, store } = create({ 'groups.list': () => [summary('a')] });
    await store.getState().refresh();
    bridge.answers['groups.list'] = () => ({
      ok: false,
      error: { code: 'KAFKA_UNREACHABLE', message: 'nothing listens', retriable: true },
    });
    await store.getState().refresh();
    expect(store.getState()).toMatchObject({
      groups: [{ groupId: 'a' }],
      loading: false,
      error: { code: 'KAFKA_UNREACHABLE' },
    });
  });

  it('are read again after a change', async () => {
    const { bridge, store } = create({
      'groups.list': () => [summary('a')],
      'groups.apply': () => ({ groupId: 'a', rows: [], changed: 1, snapshot: null }),
    });
    const outcome = await store.getState().apply('plan', true);
    expect(outcome.changed).toBe(1);
    expect(bridge.callsOf('groups.apply')).toEqual([{ planId: 'plan', pauseOwn: true }]);
    expect(bridge.callsOf('groups.list')).toHaveLength(1);
  });
});
