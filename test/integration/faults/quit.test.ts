import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectNoAnomalies } from '../../support/expect-no-anomalies.js';
import { History } from '../../support/faults/history.js';
import { type NodeProcess, NodeProcesses } from '../../support/faults/node-process.js';
import { OperatorLoad } from '../../support/faults/operator-load.js';
import { readBack } from '../../support/faults/read-back.js';
import { untilSent } from '../../support/faults/until-sent.js';
import { checkHistory } from '../../support/history-checker.js';

const peers = { nexus: { websocket: 'ws://127.0.0.1:9', topic: 'resonance.nexus' }, lexamoris: null };

let processes: NodeProcesses;
let dataDirectory: string;

beforeAll(async () => {
  processes = await NodeProcesses.prepare();
  dataDirectory = await mkdtemp(join(tmpdir(), 'resonance-quit-'));
});
afterAll(async () => {
  await processes.close();
  await rm(dataDirectory, { recursive: true, force: true });
});

function start(): Promise<NodeProcess> {
  return processes.start({ dataDirectory, settings: { peers } });
}

it('a node that is told to end while it sends exits within 5 s, and has lost nothing and sent nothing twice when it runs again', async () => {
  const history = new History([]);
  let sentBefore = 0;
  for (let round = 0; round < 3; round += 1) {
    const node = await start();
    const load = new OperatorLoad({ node, history, target: 'nexus', intervalMs: 5, sentBefore });
    await history.untilAcknowledged(100);
    const startedAtMs = performance.now();
    node.signal('SIGTERM');
    const exitCode = await node.ended;
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
    expect(exitCode, node.log()).toBe(0);
    await load.stop();
    sentBefore = load.sent;
  }
  const node = await start();
  await untilSent(node);
  await readBack({
    brokers: node.brokers,
    topic: 'resonance.nexus',
    history,
    identify: ({ event_type }) => event_type,
  });
  expectNoAnomalies(checkHistory(history.events, { receivers: [] }));
  node.signal('SIGTERM');
  await node.ended;
}, 90_000);
