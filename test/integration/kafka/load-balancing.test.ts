import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GroupView } from '../../../src/main/kafka/kafka-admin.js';
import { TopicTap } from '../../../src/main/kafka/topic-tap.js';
import { createUuidV7 } from '../../../src/shared/uuid.js';
import { brokerProviders, type TestBroker } from '../../support/brokers.js';
import { expectNoAnomalies } from '../../support/expect-no-anomalies.js';
import { History } from '../../support/faults/history.js';
import { Load } from '../../support/faults/load.js';
import { type NodeProcess, NodeProcesses } from '../../support/faults/node-process.js';
import { brokenPromise, checkHistory } from '../../support/history-checker.js';
import { KafkaFixture } from '../../support/kafka-fixture.js';

const partitions = 6;
/** For a killed instance's partitions to be read again, and for a new instance to get some. */
const takeoverBoundMs = 15_000;
/** All instances are one receiver: a message has its effect in one of them. */
const receiver = 'resonance';
const askAgainMs = 100;

interface Instance {
  readonly name: string;
  readonly process: NodeProcess;
}

describe.each(brokerProviders())('several instances of one node on $name', ({ start }) => {
  let broker: TestBroker;
  let programs: NodeProcesses;
  let folder: string;
  let fixture: KafkaFixture;
  let history: History;
  let instances: Instance[];
  /** By message: the instances in which it had its effect, in order. */
  let effects: Map<string, string[]>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'resonance-instances-'));
    [broker, programs] = await Promise.all([start(), NodeProcesses.prepare()]);
  }, 120_000);
  afterAll(async () => {
    await programs?.close();
    await broker?.close();
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    fixture = new KafkaFixture(broker.brokers);
    history = new History([receiver]);
    instances = [];
    effects = new Map();
    await fixture.admin.createTopic(fixture.topics.inbound, { partitions });
    await fixture.admin.createTopic(fixture.topics.stateSync, { partitions: 3 });
  });
  afterEach(async () => {
    await Promise.all(instances.map(kill));
    await fixture.close();
  });

  async function startInstance(name: string): Promise<Instance> {
    const { inbound, stateSync } = fixture.topics;
    const dataDirectory = join(folder, `${fixture.name}-${name}`);
    await mkdir(dataDirectory);
    const process = await programs.start({
      dataDirectory,
      settings: {
        peers: { lexamoris: null, nexus: null },
        kafka: {
          mode: 'external',
          brokers: broker.brokers,
          groupId: fixture.groupId,
          clientId: name,
          topics: { inbound, stateSync },
        },
      },
      onHandled: (id, position) => {
        effects.set(id, [...(effects.get(id) ?? []), name]);
        history.record({ kind: 'applied', receiver, id, position });
      },
    });
    const instance = { name, process };
    instances.push(instance);
    return instance;
  }

  async function kill({ process }: Instance): Promise<void> {
    process.signal('SIGKILL');
    await process.ended;
  }

  function partitionsOf(group: GroupView, clientId: string): readonly number[] {
    const member = group.members.find((entry) => entry.clientId === clientId);
    return member?.assignment.find(({ topic }) => topic === fixture.topics.inbound)?.partitions ?? [];
  }

  /** Resolves once every partition is read by one of these instances, and each of them reads some. */
  async function untilShared(names: readonly string[]): Promise<GroupView> {
    for (;;) {
      const group = await fixture.admin.describeGroup(fixture.groupId);
      const shares = names.map((name) => partitionsOf(group, name));
      const isWhole = group.state === 'Stable' && group.members.length === names.length;
      const owned = shares.flat().sort((left, right) => left - right);
      const isShared = shares.every(({ length }) => length > 0) && owned.join() === '0,1,2,3,4,5';
      if (isWhole && isShared) return group;
      await new Promise((resolve) => setTimeout(resolve, askAgainMs));
    }
  }

  /** How long it takes from now on until messages of all partitions of this instance have their effect in another one. */
  async function timeTakeover(group: GroupView, from: string): Promise<number> {
    const startedAtMs = performance.now();
    await Promise.all(
      partitionsOf(group, from).map((partition) =>
        history.next(
          (event) =>
            event.kind === 'applied' &&
            event.position?.partition === partition &&
            effects.get(event.id)?.at(-1) !== from,
        ),
      ),
    );
    return performance.now() - startedAtMs;
  }

  it('share the partitions while one is killed, one freezes, one joins and one stops: none is lost, none without a reader', async () => {
    const [first, second] = await Promise.all(['first', 'second', 'third'].map(startInstance));
    if (first === undefined || second === undefined) throw new Error('no instance');
    const shared = await untilShared(['first', 'second', 'third']);
    // As many keys as it takes to have some in every partition.
    const load = new Load({
      producer: fixture.producer(),
      topic: fixture.topics.inbound,
      keys: 48,
      intervalMs: 150,
      history,
    });
    await history.untilAcknowledged(200);

    const killed = timeTakeover(shared, 'first');
    await kill(first);
    const killedMs = await killed;

    const frozen = timeTakeover(await untilShared(['second', 'third']), 'second');
    second.process.signal('SIGSTOP');
    const frozenMs = await frozen;
    await untilShared(['third']);
    second.process.signal('SIGCONT');
    await untilShared(['second', 'third']);

    await startInstance('fourth');
    const joinedAtMs = performance.now();
    await untilShared(['second', 'third', 'fourth']);
    const joinedMs = performance.now() - joinedAtMs;

    second.process.signal('SIGTERM');
    await second.process.ended;
    await untilShared(['third', 'fourth']);

    await history.untilAcknowledged(200);
    await load.stop();
    await history.untilApplied();
    if (process.env.SHOW) console.log({ killedMs, frozenMs, joinedMs, applied: history.appliedBy(receiver) });
    const promises = { receivers: [receiver], appliedOnce: false, readBack: false };
    expectNoAnomalies(checkHistory(history.events, promises));
    // What the killed one and the frozen one had not committed has its effect again, and the frozen one may have been amid a
    // batch. Who gives a partition away, or stops, commits before.
    const again = [...effects.values()].filter(({ length }) => length > 1);
    const excused = new Set(['first', 'second']);
    expect(
      again.filter((names) => !names.some((name) => excused.has(name))),
      brokenPromise,
    ).toEqual([]);
    expect(killedMs).toBeLessThan(takeoverBoundMs);
    expect(frozenMs).toBeLessThan(takeoverBoundMs);
    expect(joinedMs).toBeLessThan(takeoverBoundMs);
  }, 120_000);

  it('all hear the whole mesh, whichever of them has its partition, and handle each message once', async () => {
    const [left, right] = await Promise.all(['left', 'right'].map(startInstance));
    if (left === undefined || right === undefined) throw new Error('no instance');
    await untilShared(['left', 'right']);
    const peer = fixture.producer({ identity: { name: 'lexamoris', anchor: 'LEX' } });
    const { stateSync } = fixture.topics;
    for (const { process } of [left, right]) {
      await expect
        .poll(
          async () => {
            await peer.sendHeartbeat();
            const { batch } = await process.execute('feed.start', undefined);
            return batch.nodes?.some(({ name, health }) => name === 'lexamoris' && health === 'healthy');
          },
          { timeout: 20_000, interval: askAgainMs },
        )
        .toBe(true);
    }
    const change = { data: { status: 'changed on the left' } };
    await left.process.execute('compose.send', {
      type: 'state_update',
      fields: change,
      target: null,
      via: 'kafka',
    });
    const event = { type: 'repository_event', event_type: 'once', data: {}, source: 'lexamoris' } as const;
    await peer.publish({ ...event, id: createUuidV7() }, { topic: stateSync });
    // Both broadcast their whole state every second: in the end they say the same.
    const tap = new TopicTap({ ...fixture.parts, topics: [stateSync], from: 'latest' });
    let alike = 0;
    for await (const item of tap.items()) {
      if (!('envelope' in item) || item.envelope.message.type !== 'state_update') continue;
      alike = item.envelope.message.data?.status === change.data.status ? alike + 1 : 0;
      if (alike === 6) break;
    }
    expect(
      [...effects.values()].map(({ length }) => length),
      brokenPromise,
    ).toEqual([1]);
  }, 60_000);

  it('are not joined by a look into their topics', async () => {
    await startInstance('only');
    const before = await untilShared(['only']);
    await fixture.producer().sendRepositoryEvent('commit', {}, 'lexamoris');
    const tap = new TopicTap({
      ...fixture.parts,
      topics: [fixture.topics.stateSync],
      from: 'beginning',
    });
    const seen = new Set<string>();
    for await (const item of tap.items()) {
      if (!('envelope' in item)) continue;
      for (const groupId of await fixture.admin.listGroups()) seen.add(groupId);
      break;
    }
    expect([...seen]).toEqual(expect.arrayContaining([tap.groupId, fixture.groupId]));
    expect(tap.groupId).not.toBe(fixture.groupId);
    expect(await fixture.admin.describeGroup(fixture.groupId)).toEqual(before);
    expect(await fixture.admin.listGroups()).not.toContain(tap.groupId);
  }, 60_000);
});
