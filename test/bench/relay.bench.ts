/**
 * Relay: every client sends, the server relays to all others and acknowledges. Three servers, one after the other in
 * each round: naive (`send` to each client), a raw coalesced loop (the floor: frames once, joins a turn, no checks), and
 * ours (validation, limits, envelopes, statistics). Server and load run in processes of their own.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { generateLoad, type LoadRequest, type LoadResult } from '../support/websocket/relay-load.js';
import { type RelayServerKind, relayServerKinds, serveRelay } from '../support/websocket/relay-servers.js';

const clientCounts = [1, 10, 100];
const rounds = 5;
const warmUpMs = 300;
const measuredMs = 1_000;

interface Sample {
  readonly messagesPerSecond: number;
  /** Processor time of the server for each message, microseconds: steadier than the rate on a busy machine. */
  readonly serverCpuUs: number;
}

type ServerReport = { readonly url: string } | { readonly cpuUs: number };

async function runServer(kind: RelayServerKind): Promise<void> {
  const url = await serveRelay(kind);
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuUs: user + system });
  });
  process.send?.({ url });
}

async function runLoad(): Promise<void> {
  process.on('message', (request: LoadRequest) => {
    generateLoad(request, (result) => process.send?.(result)).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    });
  });
}

async function nextMessage<T>(child: ChildProcess): Promise<T> {
  const [message] = (await once(child, 'message')) as [T];
  return message;
}

async function serverCpuUs(server: ChildProcess): Promise<number> {
  const answer = nextMessage<ServerReport>(server);
  server.send('cpu');
  const report = await answer;
  return 'cpuUs' in report ? report.cpuUs : Number.NaN;
}

async function measure(kind: RelayServerKind, clients: number): Promise<Sample> {
  const server = fork(process.argv[1] ?? '', ['server', kind]);
  const load = fork(process.argv[1] ?? '', ['load']);
  try {
    const report = await nextMessage<ServerReport>(server);
    if (!('url' in report)) throw new Error('the server did not report its address');
    const started = nextMessage<LoadResult>(load);
    load.send({ url: report.url, clients, warmUpMs, measuredMs } satisfies LoadRequest);
    // The load reports twice: when the warm-up ends and when the measurement ends.
    await started;
    const ended = nextMessage<LoadResult>(load);
    const before = await serverCpuUs(server);
    const result = await ended;
    const after = await serverCpuUs(server);
    return {
      messagesPerSecond: (result.acknowledged * 1_000) / result.durationMs,
      serverCpuUs: (after - before) / result.acknowledged,
    };
  } finally {
    server.kill('SIGKILL');
    load.kill('SIGKILL');
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function runBenchmark(): Promise<void> {
  for (const clients of clientCounts) {
    const samples: Record<RelayServerKind, Sample[]> = { naive: [], coalesced: [], resonance: [] };
    for (let round = 0; round < rounds; round += 1) {
      for (const kind of relayServerKinds) samples[kind].push(await measure(kind, clients));
    }
    const rate = (kind: RelayServerKind): number => median(samples[kind].map((s) => s.messagesPerSecond));
    const cpu = (kind: RelayServerKind): number => median(samples[kind].map((s) => s.serverCpuUs));
    console.log(`${clients} ${clients === 1 ? 'client' : 'clients'}`);
    for (const kind of relayServerKinds) {
      console.log(
        `  ${kind.padEnd(10)} ${rate(kind).toFixed(0).padStart(7)} messages/s   ${cpu(kind).toFixed(1).padStart(7)} us of server CPU a message`,
      );
    }
    console.log(
      `  relay / raw coalesced loop: ${(rate('resonance') / rate('coalesced')).toFixed(2)} by rate, ` +
        `${(cpu('coalesced') / cpu('resonance')).toFixed(2)} by CPU; / naive: ${(rate('resonance') / rate('naive')).toFixed(2)}`,
    );
  }
}

const [, , role, kind] = process.argv;
if (role === 'server') await runServer(kind as RelayServerKind);
else if (role === 'load') await runLoad();
else await runBenchmark();
