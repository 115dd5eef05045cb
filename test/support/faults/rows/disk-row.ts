import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ErrorCode as BrokerErrorCode,
  type ErrorCode as ErrorCodeNumber,
} from '../../../../src/main/broker/protocol/error-code.js';
import { type ErrorCode, ResonanceError } from '../../../../src/shared/errors.js';
import { commitOffset } from '../../broker/commit-offset.js';
import { startTestBroker, type TestBroker } from '../../embedded-broker.js';
import { checkHistory } from '../../history-checker.js';
import { KafkaFixture } from '../../kafka-fixture.js';
import { injectInto, mountSmallDisk, type SmallDisk, type SystemCall } from '../disk.js';
import { History } from '../history.js';
import { Load } from '../load.js';
import { type NodeProcess, NodeProcesses } from '../node-process.js';
import { OperatorLoad } from '../operator-load.js';
import { readBack } from '../read-back.js';
import { type RowResult, RowRun } from '../row.js';
import { untilSent } from '../until-sent.js';

/** `full`: a real small disk. `read-only`, `unsynced`: the kernel's answers are replaced. */
export type DiskFault = 'full' | 'read-only' | 'unsynced';

export interface DiskRowOptions {
  readonly fault: DiskFault;
  /** Whose disk fails: the node's with its embedded broker on it, or that of a node with a broker elsewhere. */
  readonly broker: 'embedded' | 'elsewhere';
  readonly durationMs: number;
}

export interface DiskRowResult extends RowResult {
  /** Why operators' messages were refused meanwhile. */
  readonly refusals: ReadonlySet<ErrorCode>;
  /** Why a change of the settings was refused meanwhile. */
  readonly settingsRefusal: ErrorCode | null;
  /** What the broker answered to a consumer group's commit meanwhile; null where its disk was well. */
  readonly offsetRefusal: ErrorCodeNumber | null;
  readonly failedSyncs: number;
  /** Keys of the alerts about the disk, while it refused and when it was well again. */
  readonly alerts: { readonly during: readonly string[]; readonly after: readonly string[] };
  /** The node's log, before it was killed. */
  readonly log: string;
}

const resumeWithinMs = 5_000;
const inbound = 'resonance.inbound';
const peerTopic = 'resonance.nexus';
const diskKibibytes = 16_384;
const injections: Readonly<Record<Exclude<DiskFault, 'full'>, string>> = {
  'read-only': 'pwrite64,ftruncate:error=EROFS',
  unsynced: 'fdatasync,fsync:error=EIO',
};

/**
 * A whole node under load, from Kafka clients and from an operator, whose disk refuses for a while; then it is killed,
 * started again, and everything is read back.
 */
export async function runDiskRow({ fault, broker, durationMs }: DiskRowOptions): Promise<DiskRowResult> {
  const processes = await NodeProcesses.prepare();
  const disk = fault === 'full' ? await mountSmallDisk(diskKibibytes) : null;
  const dataDirectory = disk?.directory ?? (await mkdtemp(join(tmpdir(), 'resonance-disk-row-')));
  const elsewhere = broker === 'elsewhere' ? await startTestBroker() : null;
  try {
    return await new DiskRow({ processes, disk, dataDirectory, elsewhere, fault }).run(durationMs);
  } finally {
    await processes.close();
    await elsewhere?.close();
    await disk?.close();
    if (disk === null) await rm(dataDirectory, { recursive: true, force: true });
  }
}

interface DiskRowParts {
  readonly processes: NodeProcesses;
  readonly disk: SmallDisk | null;
  readonly dataDirectory: string;
  readonly elsewhere: TestBroker | null;
  readonly fault: DiskFault;
}

class DiskRow extends RowRun {
  readonly #parts: DiskRowParts;
  /** What the operator was promised: nobody applies it here. */
  readonly #operator = new History([]);

  constructor(parts: DiskRowParts) {
    super(new History(['lexamoris']));
    this.#parts = parts;
  }

  async run(durationMs: number): Promise<DiskRowResult> {
    const { history } = this;
    const node = await this.#startNode();
    const fixture = new KafkaFixture(node.brokers);
    const load = new Load({ producer: fixture.producer(), topic: inbound, partitions: 1, keys: 4, history });
    const operator = new OperatorLoad({ node, history: this.#operator, target: 'nexus' });
    try {
      await Promise.all([history.untilAcknowledged(60), this.#operator.untilAcknowledged(20)]);
      const end = await this.#begin(node);
      const begunAt = history.events.length;
      await operator.untilRefused();
      const [settingsRefusal, offsetRefusal] = await Promise.all([
        refusalOf(node.execute('settings.update', { 'log.level': 'debug' })),
        this.#parts.elsewhere === null ? this.#offsetRefusal(node.brokers) : null,
      ]);
      await new Promise((resolve) => setTimeout(resolve, durationMs));
      const acknowledgedUnsynced = this.#acknowledgedSince(begunAt);
      const during = await storageAlerts(node);
      const calls = await end();
      const again = syncedAgain(calls);
      this.note({
        what: 'sends acknowledged while no sync succeeded',
        unit: 'times',
        measured: acknowledgedUnsynced,
        bound: 0,
      });
      this.note({
        what: 'files synced again after a failure without being reopened',
        unit: 'times',
        measured: again.length,
        bound: 0,
      });
      await this.#resumed();
      await node.execute('settings.update', { 'log.level': 'debug' });
      await Promise.all([history.untilAcknowledged(60), this.#operator.untilAcknowledged(20)]);
      await Promise.all([load.stop(), operator.stop()]);
      await Promise.all([history.untilApplied(), untilSent(node), untilCommitted(node)]);
      const after = await storageAlerts(node);

      node.signal('SIGKILL');
      await node.ended;
      const restarted = await this.#startNode();
      JSON.parse(await readFile(join(this.#parts.dataDirectory, 'settings.json'), 'utf8'));
      await this.#readBack(restarted);
      return {
        ...this.result(),
        anomalies: [...this.result().anomalies, ...checkHistory(this.#operator.events, { receivers: [] })],
        refusals: operator.refusals,
        settingsRefusal,
        offsetRefusal,
        alerts: { during, after },
        failedSyncs: calls.filter((call) => isSync(call) && call.hasFailed).length,
        log: node.log(),
      };
    } finally {
      await Promise.all([load.stop(), operator.stop()]);
      await fixture.close();
    }
  }

  #startNode(): Promise<NodeProcess> {
    const { processes, dataDirectory, elsewhere } = this.#parts;
    const peers = { nexus: { websocket: 'ws://127.0.0.1:9', topic: peerTopic }, lexamoris: null };
    const kafka = elsewhere === null ? {} : { kafka: { mode: 'external', brokers: elsewhere.brokers } };
    return processes.start({
      dataDirectory,
      settings: { node: { name: 'lexamoris' }, peers, ...kafka },
      onHandled: (id, position) =>
        this.history.record({ kind: 'applied', receiver: 'lexamoris', id, position }),
    });
  }

  /** Resolves when the disk refuses, with what ends that. */
  async #begin(node: NodeProcess): Promise<() => Promise<readonly SystemCall[]>> {
    const { fault, disk } = this.#parts;
    if (fault === 'full') {
      await disk?.fill();
      return async () => {
        await disk?.free();
        return [];
      };
    }
    const injection = await injectInto(node.pid, injections[fault]);
    return () => injection.end();
  }

  async #resumed(): Promise<void> {
    const { history } = this;
    const isAcknowledged = ({ kind }: { kind: string }): boolean => kind === 'acknowledged';
    await Promise.all([
      this.measure(
        'operators’ messages are taken again',
        resumeWithinMs,
        this.#operator.next(isAcknowledged),
      ),
      this.measure('sends are acknowledged again', resumeWithinMs, history.next(isAcknowledged)),
      this.measure(
        'messages are handled again',
        resumeWithinMs,
        history.next(({ kind }) => kind === 'applied'),
      ),
    ]);
  }

  /** Sends to the node's own broker that were begun after that event and acknowledged. */
  #acknowledgedSince(index: number): number {
    if (this.#parts.fault === 'full' || this.#parts.elsewhere !== null) return 0;
    const since = this.history.events.slice(index);
    const begun = new Set(since.filter(({ kind }) => kind === 'attempted').map(({ id }) => id));
    return since.filter(({ kind, id }) => kind === 'acknowledged' && begun.has(id)).length;
  }

  /** What a full disk has left of its last block may hold a few commits more. */
  async #offsetRefusal([broker]: readonly string[]): Promise<ErrorCodeNumber> {
    const note = 'x'.repeat(4_000);
    for (let offset = 1; ; offset += 1) {
      const commit = { groupId: 'someone-else', topic: inbound, partition: 0, offset, note };
      const code = await commitOffset(Number(broker?.split(':').at(-1)), commit);
      if (code !== BrokerErrorCode.NONE || offset === 10) return code;
    }
  }

  async #readBack({ brokers }: NodeProcess): Promise<void> {
    await readBack({ brokers, topic: inbound, history: this.history });
    await readBack({
      brokers,
      topic: peerTopic,
      history: this.#operator,
      identify: ({ event_type }) => event_type,
    });
  }
}

async function refusalOf(action: Promise<unknown>): Promise<ErrorCode | null> {
  try {
    await action;
    return null;
  } catch (error) {
    if (error instanceof ResonanceError) return error.code;
    throw error;
  }
}

const askAgainMs = 100;

async function storageAlerts(node: NodeProcess): Promise<string[]> {
  const { alerts } = (await node.execute('feed.start', undefined)).batch;
  return (alerts ?? []).map(({ key }) => key).filter((key) => key.startsWith('storage.'));
}

/** Resolves once the node's group has committed whatever is in the topic. */
async function untilCommitted(node: NodeProcess): Promise<void> {
  for (;;) {
    const topics = await node.execute('topics.list', undefined);
    const partitions = topics.find(({ name }) => name === inbound)?.partitions ?? [];
    if (partitions.length > 0 && partitions.every(({ lag }) => lag === 0)) return;
    await new Promise((resolve) => setTimeout(resolve, askAgainMs));
  }
}

function isSync({ name }: Pick<SystemCall, 'name'>): boolean {
  return name === 'fdatasync' || name === 'fsync';
}

/** Files whose sync failed and that were synced again through a handle of before. */
function syncedAgain(calls: readonly SystemCall[]): string[] {
  const failed = new Map<
    string,
    { readonly descriptor: number | null; isClosed: boolean; isReopened: boolean }
  >();
  const again: string[] = [];
  for (const { name, path, descriptor, hasFailed } of calls) {
    const before = failed.get(path);
    if (name === 'close' && before?.descriptor === descriptor) before.isClosed = true;
    if (name === 'openat' && !hasFailed && before !== undefined) before.isReopened = true;
    if (!isSync({ name })) continue;
    if (before !== undefined && !(before.isClosed && before.isReopened)) again.push(path);
    if (hasFailed) failed.set(path, { descriptor, isClosed: false, isReopened: false });
    else failed.delete(path);
  }
  return again;
}
