import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApacheKafka } from '../apache-kafka.js';
import { needsApacheKafka } from '../brokers.js';
import { freePorts } from '../free-ports.js';
import { bundleProgram, firstLine, type RunningProgram } from '../typescript-process.js';

/** A broker of either kind in a process of its own, for what can only be done to processes. */
export interface BrokerProcess {
  readonly brokers: readonly string[];
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data; resolves when it serves. */
  restart(): Promise<void>;
  /** SIGSTOP: its connections stay open and nothing answers. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

export interface BrokerProcessProvider {
  readonly name: string;
  /** `advertisedHost`: where clients are told to connect, a fault proxy's. */
  readonly start: (options?: { readonly advertisedHost?: string }) => Promise<BrokerProcess>;
}

const apacheKafka: BrokerProcessProvider = {
  name: 'Apache Kafka',
  start: async (options) => {
    const cluster = await ApacheKafka.start(options);
    const [node] = cluster.nodes;
    return {
      brokers: cluster.brokers,
      kill: async () => node?.kill(),
      restart: async () => node?.start(),
      pause: () => node?.pause(),
      resume: () => node?.resume(),
      close: () => cluster.close(),
    };
  },
};

const embedded: BrokerProcessProvider = {
  name: 'the embedded broker',
  start: async ({ advertisedHost = '127.0.0.1' } = {}) => {
    const program = await bundleProgram('broker/broker-process.ts');
    const dataDirectory = await mkdtemp(join(tmpdir(), 'resonance-broker-'));
    let running: RunningProgram | undefined;
    const [port = 0] = await freePorts(1);
    const start = async (): Promise<void> => {
      running = program.start([dataDirectory, String(port), advertisedHost]);
      await firstLine(running);
    };
    await start();
    return {
      brokers: [`127.0.0.1:${port}`],
      kill: async () => {
        running?.child.kill('SIGKILL');
        await running?.ended;
      },
      restart: start,
      pause: () => running?.child.kill('SIGSTOP'),
      resume: () => running?.child.kill('SIGCONT'),
      close: async () => {
        await program.close();
        await rm(dataDirectory, { recursive: true, force: true });
      },
    };
  },
};

/** The embedded broker always, Apache Kafka wherever it runs; see `brokerProviders`. */
export function brokerProcessProviders(): BrokerProcessProvider[] {
  return needsApacheKafka() ? [embedded, apacheKafka] : [embedded];
}
