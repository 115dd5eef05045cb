import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DemoDesk } from '../../../src/main/pipeline/demo-desk.js';
import { createSystemClock } from '../../../src/main/system-clock.js';
import { silentLogger } from '../../support/silent-logger.js';
import { startTestNode, type TestNode } from '../../support/test-node.js';

const peers = { lexamoris: { websocket: 'ws://lexamoris-node:8766', topic: 'resonance.lexamoris' } };

describe('the demo mesh beside a node', () => {
  let desk: DemoDesk;
  let running: TestNode;

  beforeEach(async () => {
    desk = new DemoDesk({ clock: createSystemClock(), logger: silentLogger });
    running = await startTestNode({ settings: { peers } });
  });
  afterEach(async () => {
    await desk.suspend();
    await running.close();
  });

  test('has the links of the peers that it stands for, until it stops', async () => {
    const { pipeline, config } = running.node;
    await desk.start([], pipeline, config);
    const [demo] = desk.mesh?.views() ?? [];
    expect(pipeline.peers.endpoints()).toEqual({ lexamoris: demo?.url });
    await desk.stop(pipeline);
    expect(pipeline.peers.endpoints()).toEqual({ lexamoris: peers.lexamoris.websocket });
    expect(desk.mesh).toBeNull();
  });

  test('says who was in it when it makes room for another pipeline', async () => {
    const { pipeline, config } = running.node;
    await desk.start(['lexamoris', 'aurora'], pipeline, config);
    expect(await desk.suspend()).toEqual(['lexamoris', 'aurora']);
    expect(await desk.suspend()).toEqual([]);
  });

  test('is not started where the node’s own server does not listen, nor under a read-only profile', async () => {
    const port = Number(new URL(running.url).port);
    const deaf = await startTestNode({ settings: { peers, websocket: { port } } });
    await expect(desk.start([], deaf.node.pipeline, deaf.node.config)).rejects.toMatchObject({
      code: 'WEBSOCKET_NOT_CONNECTED',
    });
    await deaf.close();
    const { pipeline, config } = running.node;
    const watched = {
      ...config,
      profile: 'watched',
      profiles: { watched: { ...config.kafka, color: 'red', readOnly: true } },
    } as const;
    await expect(desk.start([], pipeline, watched)).rejects.toMatchObject({ code: 'PROFILE_READ_ONLY' });
    expect(desk.mesh).toBeNull();
  });
});
