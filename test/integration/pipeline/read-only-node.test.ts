import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Admin, Kafka, logLevel, type Producer } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { NodeCommandName } from '../../../src/main/pipeline/node-runtime.js';
import { changesMesh, commandEffects } from '../../../src/shared/command-effects.js';
import { type CommandParameters, commandParameters } from '../../../src/shared/ipc.js';
import { brokerProviders, type TestBroker } from '../../support/brokers.js';
import { startTestNode, type TestNode } from '../../support/test-node.js';

const topic = 'resonance.inbound';
const filter = {
  types: [],
  topics: [],
  nodes: [],
  transports: [],
  profiles: [],
  text: '',
  muteHeartbeats: false,
};

/** Something to ask of every command, so that each is tried; a new command does not compile without. */
const parameters: { readonly [N in NodeCommandName]: CommandParameters<N> } = {
  'feed.start': undefined,
  'feed.acknowledge': 0,
  'messages.setFilter': filter,
  'messages.page': { filter, before: null, after: null, limit: 10 },
  'messages.detail': 1,
  'series.window': 60_000,
  'compose.send': { type: 'heartbeat', fields: {}, target: null, via: 'both' },
  'outbox.retry': 'any',
  'outbox.discard': 'any',
  'outbox.replace': { id: 'any', text: '{"type":"heartbeat"}' },
  'outbox.text': 'any',
  'deadLetters.list': undefined,
  'deadLetters.resend': { id: 'any', text: null },
  'deadLetters.discard': 'any',
  'deadLetters.restore': 'any',
  'topics.list': undefined,
  'topics.create': { name: 'made-under-the-lock', partitions: 1, replicationFactor: 1 },
  'groups.list': undefined,
  'groups.describe': 'resonance-group',
  'groups.previewReset': { groupId: 'resonance-group', target: { kind: 'latest' }, scope: [] },
  'groups.previewUndo': 'any',
  'groups.apply': { planId: 'any', pauseOwn: true },
  'peer.reconnect': 'watched',
  'doctor.run': undefined,
  'settings.get': undefined,
  'settings.update': {},
  'settings.addPeer': { name: 'late', websocket: 'ws://127.0.0.1:9', topic: 'resonance.late' },
  'settings.removePeer': 'late',
  'settings.setSecret': { profile: 'other', name: 'password', value: 'x', keep: 'session' },
  'settings.secretState': 'other',
  'profiles.rename': { from: 'none', to: 'other' },
  'profiles.duplicate': { from: 'none', to: 'other' },
  'profiles.remove': 'none',
  'profiles.restore': 'none',
  'profiles.previewImport': { kind: 'text', text: '' },
  'profiles.import': {
    source: { kind: 'text', text: 'bootstrap.servers=127.0.0.1:9' },
    name: 'imported',
    color: 'blue',
    readOnly: true,
    brokers: null,
  },
  'simulation.start': ['watched'],
  'simulation.stop': undefined,
  'simulation.setFault': { node: 'watched', fault: 'silence', enabled: true },
  'logs.setLevel': 'info',
};

describe.each(brokerProviders())('a node whose profile is read-only, on $name', ({ start }) => {
  let broker: TestBroker;
  let admin: Admin;
  let producer: Producer;
  let peer: WebSocketServer;
  let resonance: TestNode;
  /** What the node sent to its peer. */
  const toPeer: string[] = [];

  beforeAll(async () => {
    broker = await start();
    const kafka = new Kafka({ brokers: [...broker.brokers], logLevel: logLevel.NOTHING });
    admin = kafka.admin();
    producer = kafka.producer();
    await Promise.all([admin.connect(), producer.connect()]);
    await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: true });
    await admin.setOffsets({
      groupId: 'resonance-group',
      topic,
      partitions: [{ partition: 0, offset: '0' }],
    });
    peer = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(peer, 'listening');
    peer.on('connection', (socket) => socket.on('message', (data) => toPeer.push(String(data))));
    const address = peer.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const dataDirectory = await mkdtemp(join(tmpdir(), 'resonance-node-'));
    const settings = {
      profile: 'watch',
      profiles: { watch: { brokers: broker.brokers, readOnly: true } },
      peers: { watched: { websocket: `ws://127.0.0.1:${port}`, topic: 'resonance.watched' } },
      sync: { intervalMs: 100 },
    };
    await writeFile(join(dataDirectory, 'settings.json'), JSON.stringify(settings));
    resonance = await startTestNode({ dataDirectory });
  }, 120_000);

  afterAll(async () => {
    await resonance?.close();
    await Promise.all([admin?.disconnect(), producer?.disconnect()]);
    peer?.close();
    await broker?.close();
  }, 30_000);

  async function send(...ids: readonly string[]): Promise<void> {
    const messages = ids.map((id) => ({
      partition: 0,
      value: JSON.stringify({ type: 'repository_event', event_type: id, data: {}, source: 'watched', id }),
    }));
    await producer.send({ topic, messages });
  }

  /** Everything that anybody could have changed on the cluster; a tap's membership passes without a trace. */
  async function cluster() {
    const { topics } = await admin.fetchTopicMetadata();
    const { groups } = await admin.listGroups();
    const names = topics.map(({ name }) => name).filter((name) => !name.startsWith('__'));
    const ends = await Promise.all(names.map((name) => admin.fetchTopicOffsets(name)));
    return {
      topics: Object.fromEntries(names.map((name, index) => [name, ends[index]])),
      groups: groups.map(({ groupId }) => groupId).filter((id) => !id.startsWith('resonance-tap-')),
      committed: await admin.fetchOffsets({ groupId: 'resonance-group' }),
    };
  }

  /** Sends until the node has read one: it begins wherever the topic ends at its first fetch. */
  async function untilRead(): Promise<void> {
    let isRead = false;
    resonance.node.pipeline.registerHandler('repository_event', () => {
      isRead = true;
    });
    for (let count = 0; !isRead; count += 1) await send(`try-${count}`);
  }

  test('changes nothing there while it reads, while a handler fails, and whatever command is given', async () => {
    const { node } = resonance;
    await untilRead();
    let failures = 0;
    const failed = new Promise<void>((resolve) => {
      node.pipeline.registerHandler('repository_event', ({ event_type }) => {
        if (event_type !== 'fails') return;
        failures += 1;
        if (failures === 5) resolve();
        throw new Error('on purpose');
      });
    });
    await send('fails');
    const before = await cluster();
    await failed;

    const names = Object.keys(parameters) as NodeCommandName[];
    expect(names.sort()).toEqual(
      Object.keys(commandParameters)
        .filter((name) => !name.startsWith('app.'))
        .sort(),
    );
    for (const name of names) {
      const outcome = await node.execute(name, parameters[name] as never).then(
        () => 'done',
        (error: { code?: string }) => error.code,
      );
      if (changesMesh(name)) expect(outcome, name).toBe('PROFILE_READ_ONLY');
      else expect(outcome, `${name}, ${commandEffects[name]}`).not.toBe('INTERNAL');
    }
    // By now it has missed many a broadcast.
    expect(await cluster()).toEqual(before);
    expect(toPeer).toEqual([]);
  }, 60_000);

  test('sends as ever once the lock is taken off', async () => {
    await resonance.node.execute('settings.update', { 'profiles.watch.readOnly': false });
    await resonance.feed(({ status }) => (status?.profile.readOnly === false ? true : undefined));
    await expect
      .poll(async () => Object.keys((await cluster()).topics), { timeout: 30_000 })
      .toContain('resonance.state.sync');
    await expect.poll(() => toPeer.length, { timeout: 30_000 }).toBeGreaterThan(0);
  }, 90_000);
});
