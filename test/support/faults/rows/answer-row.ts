import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createUuidV7 } from '../../../../src/shared/uuid.js';
import type { FaultProxy } from '../../fault-proxy.js';
import { KafkaFixture } from '../../kafka-fixture.js';
import { countRecords } from '../direct-kafka.js';
import { History } from '../history.js';
import { type NodeProcess, NodeProcesses } from '../node-process.js';
import { readBack } from '../read-back.js';
import { startReceiver } from '../receiver.js';
import { type RowResult, RowRun } from '../row.js';

const partitions = 3;
/** A lost answer is missed after so long: shorter than as it ships, since a broker is asked for one partition after the other. */
const requestTimeoutMs = 2_000;
const acknowledgedWithinMs = 15_000;
const askAgainMs = 100;

/** The broker stores messages with and without a key, and its answers are lost. */
export async function runLostAnswerRow(proxy: FaultProxy): Promise<RowResult> {
  const run = new RowRun(new History([]));
  const { history } = run;
  const fixture = new KafkaFixture([proxy.address], { requestTimeoutMs });
  const { topics } = fixture;
  const brokers = [proxy.address];
  const producer = fixture.producer();
  const send = async (name: string, key?: string): Promise<void> => {
    const id = createUuidV7();
    history.record({ kind: 'attempted', id, lane: name, sequence: history.events.length });
    const message = { type: 'repository_event', event_type: name, data: {}, id } as const;
    const options = { topic: topics.inbound, ...(key === undefined ? {} : { key }) };
    const position = await producer.publish(message, options);
    history.record({ kind: 'acknowledged', id, position });
  };
  /** Every partition gets some: those of the keys, and that of the messages without one. */
  const sendEach = (): Promise<unknown> =>
    Promise.all([
      ...Array.from({ length: 6 }, (_, key) => send(`keyed-${key}`, `key-${key}`)),
      ...Array.from({ length: 3 }, () => send('keyless')),
    ]);
  try {
    await fixture.admin.createTopic(topics.inbound, { partitions, replicationFactor: 1 });
    await sendEach();
    const before = await countRecords(brokers, topics.inbound);
    await proxy.set('deaf');
    const sending = sendEach();
    await untilRecords(brokers, topics.inbound, before * 2);
    await proxy.set('pass');
    await run.measure('acknowledged after all', acknowledgedWithinMs, sending);
    await sendEach();
    await readBack({ brokers, topic: topics.inbound, history });
    return run.result();
  } finally {
    await proxy.set('pass');
    await fixture.close();
  }
}

const target = 'lexamoris';
const identify = ({ event_type }: Record<string, unknown>): unknown => event_type;

/** The broker stores an operator's message, its answer is lost, and the node is killed before it can ask again. */
export async function runCrashBeforeAnswerRow(proxy: FaultProxy): Promise<RowResult> {
  const run = new RowRun(new History([target]));
  const { history } = run;
  const brokers = [proxy.address];
  const topic = 'resonance.lexamoris';
  const dataDirectory = await mkdtemp(join(tmpdir(), 'resonance-killed-'));
  const processes = await NodeProcesses.prepare();
  const receiver = await startReceiver({ brokers, topic, history, identify });
  const start = () =>
    processes.start({
      dataDirectory,
      settings: {
        kafka: { mode: 'external', brokers },
        peers: { [target]: { websocket: receiver.url, topic }, nexus: null },
      },
    });
  try {
    const send = async (node: NodeProcess, id: string): Promise<void> => {
      history.record({ kind: 'attempted', id, lane: 'operator', sequence: history.events.length });
      const fields = { event_type: id, data: {} };
      await node.execute('compose.send', { type: 'repository_event', fields, target, via: 'kafka' });
      history.record({ kind: 'acknowledged', id, position: null });
    };
    const killed = await start();
    await send(killed, 'before');
    await history.untilApplied();
    await proxy.set('deaf');
    await send(killed, 'answer lost');
    await untilRecords(brokers, topic, 2);
    killed.signal('SIGKILL');
    await killed.ended;
    await proxy.set('pass');
    const restarted = await start();
    await run.measure('sent again', acknowledgedWithinMs, untilRecords(brokers, topic, 3));
    // It lies behind the second copy: once it was applied, that one was read, too.
    await send(restarted, 'after');
    await history.untilApplied();
    await readBack({ brokers, topic, history, identify });
    return run.result({ storedOnce: false });
  } finally {
    await proxy.set('pass');
    await processes.close();
    await receiver.close();
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

async function untilRecords(brokers: readonly string[], topic: string, count: number): Promise<void> {
  while ((await countRecords(brokers, topic)) < count)
    await new Promise((resolve) => setTimeout(resolve, askAgainMs));
}
