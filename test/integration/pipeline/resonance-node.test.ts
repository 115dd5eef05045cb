import { once } from 'node:events';
import { Kafka, logLevel } from 'kafkajs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { ResonanceError } from '../../../src/shared/errors.js';
import type { FeedBatch } from '../../../src/shared/feed.js';
import { startTestBroker } from '../../support/embedded-broker.js';
import { startTestNode, type TestNode, type TestNodeOptions } from '../../support/test-node.js';

const open: TestNode[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((node) => node.close()));
});

async function start(options?: TestNodeOptions): Promise<TestNode> {
  const node = await startTestNode(options);
  open.push(node);
  return node;
}

async function produce(brokers: readonly string[], topic: string, value: string): Promise<void> {
  const producer = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  await producer.send({ topic, messages: [{ value }] });
  await producer.disconnect();
}

/** A peer of the mesh: the next node's settings name it. */
function peerSettings(name: string, peer: TestNode): Record<string, unknown> {
  return { peers: { [name]: { websocket: peer.url } } };
}

describe('ResonanceNode', () => {
  test('shows what a foreign Kafka client sends, and what it refuses, with reason and place', async () => {
    const { node, brokers, feed } = await start();
    await produce(
      brokers,
      'resonance.inbound',
      '{"type":"repository_event","event_type":"push","source":"aurora"}',
    );
    const row = await feed(({ rows }) => rows?.find(({ type }) => type === 'repository_event'));
    expect(row).toMatchObject({
      node: 'aurora',
      topic: 'resonance.inbound',
      transport: 'kafka',
      offset: '0',
    });
    expect(node.monitor.history.detail(row.sequence)?.text).toContain('"push"');
    await produce(brokers, 'resonance.inbound', 'not json');
    const [refused] = await feed(({ rejections }) => rejections);
    expect(refused).toMatchObject({
      reason: 'not_json',
      origin: 'resonance.inbound/0@1',
      preview: 'not json',
    });
  });

  test('sends an operator’s message, and gives the receipt with partition and offset', async () => {
    const { send } = await start();
    const receipt = await send({
      type: 'repository_event',
      fields: { event_type: 'commit', data: { sha: 'abc123' } },
      target: null,
      via: 'kafka',
    });
    expect(receipt.deliveries).toMatchObject([
      { via: 'kafka', phase: 'delivered', topic: 'resonance.outbound', partition: 0, offset: '0' },
    ]);
  });

  test('changes its own state with a state update to all, and broadcasts the change from then on', async () => {
    const { node, feed } = await start();
    await node.execute('compose.send', {
      type: 's_roi_update',
      fields: { s_roi: 0.61 },
      target: null,
      via: 'kafka',
    });
    expect(node.pipeline.synchronizer.getState().s_roi).toBe(0.61);
    const self = await feed(({ nodes }) => nodes?.find(({ isSelf, sRoi }) => isSelf && sRoi === 0.61));
    expect(self.name).toBe('resonance');
  });

  test.each([
    ['an unknown target', { target: 'nobody' }, 'TARGET_UNKNOWN'],
    ['a wrong field', { fields: { s_roi: 'high' } }, 'MESSAGE_INVALID'],
    ['WebSocket without a connected peer', { via: 'websocket' }, 'WEBSOCKET_NOT_CONNECTED'],
  ] as const)('refuses %s with a code and a hint', async (_name, change, code) => {
    const { node } = await start();
    const request = {
      type: 's_roi_update',
      fields: { s_roi: 1 },
      target: null,
      via: 'kafka',
      ...change,
    } as const;
    const error = await node.execute('compose.send', request).catch((thrown: ResonanceError) => thrown);
    expect(error).toMatchObject({ code, hint: expect.any(String) });
  });

  test('reaches a peer over its WebSocket, with the peer’s ack in the receipt', async () => {
    const peer = await start({ settings: { node: { name: 'lexamoris', anchor: 'LEX' } } });
    const { send, feed } = await start({ settings: peerSettings('lexamoris', peer) });
    await feed(({ nodes }) =>
      nodes?.find(({ name, websocket }) => name === 'lexamoris' && websocket?.phase === 'open'),
    );
    const receipt = await send({
      type: 'repository_event',
      fields: { event_type: 'commit', data: {} },
      target: 'lexamoris',
      via: 'both',
    });
    expect(receipt.deliveries).toMatchObject([
      { via: 'kafka', destination: 'resonance.lexamoris', phase: 'delivered' },
      { via: 'websocket', destination: 'lexamoris', phase: 'delivered', ackMs: expect.any(Number) },
    ]);
  });

  test('converges with a peer: a change on one side is the state of both', async () => {
    const peer = await start({ settings: { node: { name: 'lexamoris', anchor: 'LEX' } } });
    const { node } = await start({ settings: peerSettings('lexamoris', peer) });
    const converged = new Promise<void>((resolve) => {
      peer.node.pipeline.synchronizer.onChange(({ state }) => {
        if (state.status === 'supraleitend') resolve();
      });
    });
    node.pipeline.updateState({ status: 'supraleitend' });
    await converged;
    expect(peer.node.pipeline.synchronizer.getState().status).toBe('supraleitend');
  });

  test('speaks to the document’s WebSocket client: welcome, relay, ack', async () => {
    const { url } = await start();
    const [sender, reader] = [new WebSocket(url), new WebSocket(url)];
    const read = (socket: WebSocket, type: string) =>
      new Promise<Record<string, unknown>>((resolve) => {
        socket.on('message', (data) => {
          const message = JSON.parse(String(data));
          if (message.type === type) resolve(message);
        });
      });
    const relayed = read(reader, 'frequency_sync');
    const acknowledged = read(sender, 'ack');
    await Promise.all([read(sender, 'state_update'), read(reader, 'state_update')]);
    sender.send('{"type":"frequency_sync","frequency":0.043,"s_roi":0.502,"anchor":"BOLZANO_71"}');
    expect(await acknowledged).toMatchObject({ original_type: 'frequency_sync' });
    expect(await relayed).toEqual({
      type: 'frequency_sync',
      frequency: 0.043,
      s_roi: 0.502,
      anchor: 'BOLZANO_71',
    });
    sender.close();
    reader.close();
  });

  test('keeps its state over a restart', async () => {
    const first = await start();
    first.node.pipeline.updateState({ status: 'kept' });
    await first.close({ keepData: true });
    const second = await start({ dataDirectory: first.dataDirectory });
    expect(second.node.pipeline.synchronizer.getState().status).toBe('kept');
  });

  test('applies new settings with its history kept', async () => {
    const { node, brokers, feed } = await start();
    await produce(brokers, 'resonance.inbound', '{"type":"repository_event","event_type":"before"}');
    const row = await feed(({ rows }) => rows?.find(({ type }) => type === 'repository_event'));
    const result = await node.execute('settings.update', {
      'node.anchor': 'MERANO_1',
      'sync.intervalMs': 250,
    });
    expect(result.problems).toEqual([]);
    const self = await feed(({ nodes }) =>
      nodes?.find(({ isSelf, anchor }) => isSelf && anchor === 'MERANO_1'),
    );
    expect(self.health).not.toBe('silent');
    expect(node.monitor.history.detail(row.sequence)?.text).toContain('before');
  });

  test('follows a change of the peers with its links alone: everything else stays connected', async () => {
    const peer = await start({ settings: { node: { name: 'aurora', anchor: 'AUR' } } });
    const { node, url, feed, send } = await start();
    await feed(({ status }) => (status?.kafka.consumer.link.phase === 'open' ? status : undefined));
    const client = new WebSocket(url);
    await once(client, 'open');
    const { pipeline } = node;
    const { sinceMs } = node.status().kafka.consumer.link;

    await node.execute('settings.addPeer', { name: 'aurora', websocket: peer.url, topic: 'mesh.aurora' });
    await feed(({ nodes }) =>
      nodes?.find(({ name, websocket }) => name === 'aurora' && websocket?.phase === 'open'),
    );
    const request = {
      type: 'repository_event',
      fields: { event_type: 'push', data: {} },
      target: 'aurora',
      via: 'both',
    } as const;
    const { deliveries } = await send(request);
    expect(deliveries).toMatchObject([
      { destination: 'mesh.aurora', phase: 'delivered' },
      { destination: 'aurora', phase: 'delivered' },
    ]);
    await expect(pipeline.kafka?.producer.sendRepositoryEvent('push', {}, 'aurora')).resolves.toMatchObject({
      topic: 'mesh.aurora',
    });
    const topics = await node.execute('topics.list', undefined);
    expect(topics.find(({ name }) => name === 'mesh.aurora')).toMatchObject({ role: 'aurora', exists: true });

    const link = pipeline.peers.get('aurora');
    await node.execute('settings.removePeer', 'aurora');
    await vi.waitFor(() => expect(link?.link.phase).toBe('off'));
    await expect(node.execute('compose.send', request)).rejects.toMatchObject({ code: 'TARGET_UNKNOWN' });

    expect(node.pipeline).toBe(pipeline);
    expect(node.status().kafka.consumer.link).toMatchObject({ phase: 'open', sinceMs });
    expect(client.readyState).toBe(WebSocket.OPEN);
    client.terminate();
  });

  test('forgets a silent peer, and the alert about it, with its settings', async () => {
    const quick = { sync: { intervalMs: 250 } };
    const peer = await start({ settings: { ...quick, node: { name: 'aurora', anchor: 'AUR' } } });
    const { node, feed } = await start({ settings: quick });
    await node.execute('settings.addPeer', { name: 'aurora', websocket: peer.url, topic: 'mesh.aurora' });
    await feed(({ nodes }) => nodes?.find(({ name, health }) => name === 'aurora' && health === 'healthy'));
    await peer.node.stop();
    await feed(({ alerts }) => alerts?.find(({ key }) => key === 'peer.aurora'));
    await node.execute('settings.removePeer', 'aurora');
    const known = await feed(({ nodes, alerts }) =>
      alerts?.some(({ key }) => key.startsWith('peer.aurora')) === false ? nodes : undefined,
    );
    expect(known.map(({ name }) => name)).toEqual(['resonance']);
  });

  test('refuses wrong settings and stays as it is', async () => {
    const { node } = await start();
    const result = await node.execute('settings.update', { 'websocket.port': 99_999 });
    expect(result.problems).toMatchObject([
      { path: 'websocket.port', allowed: 'a whole number from 0 to 65535' },
    ]);
    expect(node.status().phase).toBe('running');
  });

  test('refuses a data folder that another instance uses', async () => {
    const { dataDirectory } = await start();
    const second = startTestNode({ dataDirectory });
    await expect(second).rejects.toMatchObject({ code: 'DATA_DIRECTORY_LOCKED' });
  });

  test('takes the configured brokers in auto mode when they answer', async () => {
    const broker = await startTestBroker();
    const { node } = await start({ settings: { kafka: { mode: 'auto', brokers: broker.brokers } } });
    expect(node.status().kafka).toMatchObject({ mode: 'external', brokers: broker.brokers });
    await node.stop();
    await broker.close();
  });

  test('runs without its WebSocket port when another program has it, and says what to do', async () => {
    const { url } = await start();
    const { node } = await start({ settings: { websocket: { port: Number(new URL(url).port) } } });
    expect(node.status().websocket.lastError).toMatchObject({
      code: 'WEBSOCKET_PORT_TAKEN',
      hint: expect.any(String),
    });
    expect(node.monitor.alerts.list().map(({ key }) => key)).toContain('websocket.listen');
    expect(node.status().phase).toBe('running');
  });

  test('brings a demo mesh up on real sockets, shows its faults, and takes it down again', async () => {
    const { node, feed } = await start({
      settings: { peers: { lexamoris: { websocket: 'ws://lexamoris-node:8766' } } },
    });
    await node.execute('simulation.start', ['lexamoris']);
    await feed(({ nodes }) =>
      nodes?.find(({ name, websocket }) => name === 'lexamoris' && websocket?.phase === 'open'),
    );
    await node.execute('simulation.setFault', { node: 'lexamoris', fault: 'malformed', enabled: true });
    await feed(({ status }) => (status?.rejections.byReason.unknown_type ?? 0) > 0 || undefined);
    await node.execute('simulation.stop', undefined);
    await feed(({ nodes }) =>
      nodes?.find(({ name, websocket }) => name === 'lexamoris' && websocket?.phase !== 'open'),
    );
    expect(node.status().simulation).toEqual({ running: false, nodes: [] });
  });

  test('shows a demo node that falls silent as silent, though its connections stay open', async () => {
    const { node, feed } = await start({
      settings: {
        sync: { intervalMs: 500 },
        peers: { lexamoris: { websocket: 'ws://lexamoris-node:8766' } },
      },
    });
    const lexamoris = (batch: FeedBatch) => batch.nodes?.find(({ name }) => name === 'lexamoris');
    await node.execute('simulation.start', ['lexamoris']);
    await feed((batch) => lexamoris(batch)?.health === 'healthy' || undefined);
    await node.execute('simulation.setFault', { node: 'lexamoris', fault: 'silence', enabled: true });
    await feed((batch) => lexamoris(batch)?.health === 'silent' || undefined);
    let beatsSent = 0;
    const view = await feed((batch) => {
      beatsSent +=
        batch.rows?.filter(({ type, direction }) => type === 'heartbeat' && direction === 'out').length ?? 0;
      return beatsSent > 4 ? lexamoris(batch) : undefined;
    });
    expect(view).toMatchObject({ health: 'silent', websocket: { phase: 'open' } });
  });

  test('lists the topics of the settings with offsets and lag', async () => {
    const { node, brokers, feed } = await start();
    await produce(brokers, 'resonance.inbound', '{"type":"heartbeat"}');
    await feed(({ rows }) => rows?.find(({ topic }) => topic === 'resonance.inbound'));
    const topics = await node.execute('topics.list', undefined);
    expect(topics.find(({ role }) => role === 'inbound')).toMatchObject({
      name: 'resonance.inbound',
      partitions: [{ partition: 0, highWatermark: '1', lag: expect.any(Number) }],
    });
  });

  test('hands messages of both transports to the program’s handlers', async () => {
    const { node, brokers, url } = await start();
    const heard: string[] = [];
    const both = new Promise<void>((resolve) => {
      node.pipeline.registerHandler('repository_event', (message, { transport }) => {
        heard.push(`${transport} ${message.event_type}`);
        if (heard.length === 2) resolve();
      });
    });
    await produce(brokers, 'resonance.inbound', '{"type":"repository_event","event_type":"one"}');
    const socket = new WebSocket(url);
    socket.on('open', () => socket.send('{"type":"repository_event","event_type":"two"}'));
    await both;
    expect(heard.sort()).toEqual(['kafka one', 'websocket two']);
    socket.close();
  });
});
