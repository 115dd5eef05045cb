import { ApacheKafka } from '../support/apache-kafka.js';
import type { LinkFault } from '../support/fault-proxy.js';
import {
  type BrokerProcess,
  type BrokerProcessProvider,
  brokerProcessProviders,
} from '../support/faults/broker-processes.js';
import { type Keeper, keepers, stateFile } from '../support/faults/keepers.js';
import { type ProxiedBrokerProvider, proxiedBrokerProviders } from '../support/faults/proxied-brokers.js';
import type { RowResult } from '../support/faults/row.js';
import { runCrashBeforeAnswerRow, runLostAnswerRow } from '../support/faults/rows/answer-row.js';
import { runBrokerRow } from '../support/faults/rows/broker-row.js';
import { runClockRow } from '../support/faults/rows/clock-row.js';
import { runClusterRow } from '../support/faults/rows/cluster-row.js';
import { DamageRow } from '../support/faults/rows/damage-row.js';
import { type DiskFault, runDiskRow } from '../support/faults/rows/disk-row.js';
import { runHandlingRow } from '../support/faults/rows/handling-row.js';
import { runKafkaLinkRow } from '../support/faults/rows/kafka-link-row.js';
import { runNodeRow } from '../support/faults/rows/node-row.js';
import { runPeersRow } from '../support/faults/rows/peers-row.js';
import { runWebSocketLinkRow } from '../support/faults/rows/websocket-link-row.js';

export interface SoakRow {
  readonly name: string;
  readonly rounds: number;
  /** A round that takes longer hangs. */
  readonly roundTimeoutMs: number;
  readonly run: () => Promise<RowResult>;
}

const hourMs = 3_600_000;
const linkFaults: readonly LinkFault[] = ['blackhole', 'stall', 'reset', 'half-open', 'trickle'];
const diskFaults: readonly DiskFault[] = ['full', 'read-only', 'unsynced'];
const heldMs = 20_000;
const slowMs = 40_000;

/** The long forms: more kills, longer faults. */
export function soakRows(): SoakRow[] {
  const brokers = brokerProcessProviders();
  const links = proxiedBrokerProviders();
  return [
    row('node killed, its own broker', 4, () => runNodeRow({ kills: 8, broker: null })),
    ...brokers.flatMap(brokerRows),
    ...(brokers.length > 1 ? clusterRows : []),
    ...links.flatMap(linkRows),
    row('WebSocket link, healed when noticed', 3, () => webSocketLinks(0)),
    row(`WebSocket link, healed ${heldMs / 1_000} s later`, 2, () => webSocketLinks(heldMs)),
    row('clock jumps ahead', 3, () => runClockRow({ offsetsMs: [0, hourMs, 87_600 * hourMs] })),
    row('clock behind', 3, () => runClockRow({ offsetsMs: [-87_600 * hourMs, -hourMs] })),
    ...diskFaults.flatMap(diskRows),
    ...keepers.map(damageRow),
    row('100 peers dropped', 5, () => runPeersRow({ peers: 100, awayMs: 5_000, random: Math.random })),
  ];
}

function row(name: string, rounds: number, run: SoakRow['run'], roundTimeoutMs = 180_000): SoakRow {
  return { name, rounds, run, roundTimeoutMs };
}

function brokerRows({ name, start }: BrokerProcessProvider): SoakRow[] {
  const on = (run: (broker: BrokerProcess) => Promise<RowResult>) => () => closing(start(), run);
  return [
    row(
      `node killed, ${name} elsewhere`,
      4,
      on((broker) => runNodeRow({ kills: 8, broker })),
    ),
    row(
      `handler killed, ${name}`,
      3,
      on((broker) => runHandlingRow(broker, 4)),
    ),
    row(
      `broker killed, ${name}`,
      4,
      on((broker) => runBrokerRow(broker, { kills: 3, pauseMs: 0 })),
    ),
    row(
      `broker frozen 30 s, ${name}`,
      2,
      on((broker) => runBrokerRow(broker, { kills: 0, pauseMs: 30_000 })),
    ),
  ];
}

const clusterRows: readonly SoakRow[] = [
  row(
    'cluster, each leader killed',
    3,
    () =>
      closing(ApacheKafka.start({ nodes: 3 }), (cluster) =>
        runClusterRow(cluster, { partitions: 6, victims: 'leaders' }),
      ),
    300_000,
  ),
];

function linkRows({ name, start }: ProxiedBrokerProvider): SoakRow[] {
  return [
    row(`link to ${name}, healed ${heldMs / 1_000} s after it was noticed`, 3, () =>
      closing(start(linkFaults.length + 1), async ({ proxies }) =>
        merge(
          await Promise.all(
            proxies.map((proxy, index) => {
              const fault = linkFaults[index];
              return fault === undefined
                ? runKafkaLinkRow(proxy, { fault: 'delay', holdMs: slowMs })
                : runKafkaLinkRow(proxy, { fault, holdMs: heldMs });
            }),
          ),
        ),
      ),
    ),
    row(`answers lost, ${name}`, 4, () =>
      closing(start(2), async ({ proxies: [one, other] }) => {
        if (one === undefined || other === undefined) throw new Error('two links');
        return merge(await Promise.all([runLostAnswerRow(one), runCrashBeforeAnswerRow(other)]));
      }),
    ),
  ];
}

/** Closes what a round runs on, whatever became of it. */
async function closing<T extends { close(): Promise<void> }>(
  starting: Promise<T>,
  run: (started: T) => Promise<RowResult>,
): Promise<RowResult> {
  const started = await starting;
  try {
    return await run(started);
  } finally {
    await started.close();
  }
}

/** They take root and strace. */
function diskRows(fault: DiskFault): SoakRow[] {
  const durationMs = 10_000;
  return [
    row(`disk ${fault}, its own broker`, 3, () => runDiskRow({ fault, broker: 'embedded', durationMs })),
    row(`disk ${fault}, a broker elsewhere`, 3, () => runDiskRow({ fault, broker: 'elsewhere', durationMs })),
  ];
}

/** Throws at damage that is served, or not reported. */
function damageRow(keeper: Keeper): SoakRow {
  const run = async (): Promise<RowResult> => {
    const damaged = await DamageRow.prepare(keeper);
    try {
      if (keeper !== stateFile) await damaged.tear();
      await damaged.flip('closed', 1_000);
      await damaged.flip('crashed', 1_000);
      await damaged.mangle(500);
    } finally {
      await damaged.close();
    }
    return { measurements: [], anomalies: [] };
  };
  return row(`damage to ${keeper.name}`, 1, run, 600_000);
}

async function webSocketLinks(holdMs: number): Promise<RowResult> {
  const lost = linkFaults.map((fault) => runWebSocketLinkRow({ fault, holdMs }));
  return merge(await Promise.all([...lost, runWebSocketLinkRow({ fault: 'delay', holdMs: slowMs })]));
}

function merge(results: readonly RowResult[]): RowResult {
  return {
    measurements: results.flatMap(({ measurements }) => measurements),
    anomalies: results.flatMap(({ anomalies }) => anomalies),
  };
}
