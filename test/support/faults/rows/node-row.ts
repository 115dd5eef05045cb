import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createUuidV7 } from '../../../../src/shared/uuid.js';
import { freePorts } from '../../free-ports.js';
import type { TestNode } from '../../test-node.js';
import type { BrokerProcess } from '../broker-processes.js';
import { History } from '../history.js';
import { type NodeProcess, NodeProcesses } from '../node-process.js';
import { OperatorLoad } from '../operator-load.js';
import { readBack } from '../read-back.js';
import { startReceiver } from '../receiver.js';
import { type RowResult, RowRun } from '../row.js';
import { untilSent } from '../until-sent.js';

export interface NodeRowOptions {
  readonly kills: number;
  /** Where the brokers are; null: inside of the node, and killed with it. */
  readonly broker: BrokerProcess | null;
}

const servingWithinMs = 3_000;
const betweenKills = 30;
/** Within this time of its start a node is killed while it recovers; it takes about as long to be ready. */
const recoveryMs = 150;

const target = 'lexamoris';
const identify = ({ event_type }: Record<string, unknown>): unknown => event_type;

/**
 * A node that takes messages of an operator, for Kafka and WebSocket both, is killed again and again, each time once more
 * while it recovers. Its peer lives through it.
 */
export async function runNodeRow({ kills, broker }: NodeRowOptions): Promise<RowResult> {
  const run = new RowRun(new History([target]));
  const { history } = run;
  const processes = await NodeProcesses.prepare();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'resonance-killed-'));
  const topic = `${target}-${createUuidV7()}`;
  const brokers = broker?.brokers ?? [`127.0.0.1:${(await freePorts(1))[0]}`];
  const receiver = await startReceiver({ brokers, topic, history, identify });
  const startOptions = { dataDirectory, settings: settingsOf(broker, brokers, receiver, topic) };
  try {
    let node = await processes.start(startOptions);
    let load = new OperatorLoad({ node, history, target, via: 'both', intervalMs: 20 });
    for (let kill = 0; kill < kills; kill += 1) {
      await history.untilAcknowledged(betweenKills);
      node.signal('SIGKILL');
      await node.ended;
      await load.stop();
      await killWhileStarting(processes, startOptions, (kill / Math.max(1, kills - 1)) * recoveryMs);
      const started = startAndServe();
      await run.measure('serving after kill -9', servingWithinMs, started);
      ({ node, load } = await started);
    }
    await history.untilAcknowledged(betweenKills);
    await load.stop();
    // Applied may be what came over the WebSocket alone, while what goes to the broker is still on its way.
    await Promise.all([history.untilApplied(), untilSent(node)]);
    await readBack({ brokers, topic, history, identify });
    // Killed between the broker's record and its answer, the node sends again: two records, one effect.
    return run.result({ storedOnce: false });

    async function startAndServe(): Promise<{ node: NodeProcess; load: OperatorLoad }> {
      const restarted = await processes.start(startOptions);
      const sentBefore = load.sent;
      const next = new OperatorLoad({
        node: restarted,
        history,
        target,
        via: 'both',
        intervalMs: 20,
        sentBefore,
      });
      await history.untilAcknowledged(1);
      return { node: restarted, load: next };
    }
  } finally {
    await processes.close();
    await receiver.close();
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

function settingsOf(
  broker: BrokerProcess | null,
  brokers: readonly string[],
  receiver: TestNode,
  topic: string,
): Record<string, unknown> {
  return {
    kafka: { mode: broker === null ? 'embedded' : 'external', brokers: [...brokers] },
    peers: { [target]: { websocket: receiver.url, topic }, nexus: null },
  };
}

/** Starts a node and kills it so long after it has begun to open its files. */
async function killWhileStarting(
  processes: NodeProcesses,
  options: Parameters<NodeProcesses['start']>[0],
  afterMs: number,
): Promise<void> {
  const onStarting = (kill: () => void): unknown => setTimeout(kill, afterMs);
  try {
    const node = await processes.start({ ...options, onStarting });
    await node.ended;
  } catch {
    // It ended before it was ready, as it should.
  }
}
