import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apacheKafkaCacheFolder, apacheKafkaLibraries } from './apache-kafka-distribution.js';
import { apacheKafkaSettings } from './apache-kafka-settings.js';
import { freePorts } from './free-ports.js';

export interface ApacheKafkaOptions {
  /** 1 or 3 nodes, each broker and controller. Default 1. */
  readonly nodes?: 1 | 3;
  /** Further server properties of every node. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Further listeners of every node by name (`SASL_SSL`), each with its security protocol. */
  readonly listeners?: Readonly<Record<string, 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL'>>;
  /** Of the further listeners. Default 127.0.0.1. */
  readonly listenersAdvertisedHost?: string;
  /** SCRAM users, as `kafka-storage format --add-scram` takes them. */
  readonly scramUsers?: readonly string[];
  /** The host that clients are told to connect to: a fault proxy's. Default 127.0.0.1. */
  readonly advertisedHost?: string;
}

const startTimeoutMs = 60_000;
const stopTimeoutMs = 15_000;

/**
 * A real Apache Kafka in KRaft mode on loopback: one process a node, data in a temporary folder.
 *
 * `close()` ends every process and removes the data.
 */
export class ApacheKafka {
  readonly nodes: readonly ApacheKafkaNode[];
  readonly #folder: string;

  private constructor(nodes: readonly ApacheKafkaNode[], folder: string) {
    this.nodes = nodes;
    this.#folder = folder;
  }

  /** Formats and starts the cluster; resolves when every node serves. */
  static async start(options: ApacheKafkaOptions = {}): Promise<ApacheKafka> {
    const count = options.nodes ?? 1;
    const libraries = await apacheKafkaLibraries();
    const folder = await mkdtemp(join(tmpdir(), 'resonance-apache-kafka-'));
    const listeners = Object.keys(options.listeners ?? {});
    const ports = await freePorts(count * (2 + listeners.length));
    const voters = Array.from(
      { length: count },
      (_, index) => `${index + 1}@127.0.0.1:${ports[count + index]}`,
    );
    const clusterId = createClusterId();
    const nodes = Array.from({ length: count }, (_, index) => {
      const port = Number(ports[index]);
      const ownListeners = listeners.map((name, position) => ({
        name,
        port: Number(ports[count * (2 + position) + index]),
      }));
      const advertisedHost = options.listenersAdvertisedHost ?? '127.0.0.1';
      return new ApacheKafkaNode({
        id: index + 1,
        port,
        listenerPorts: Object.fromEntries(ownListeners.map(({ name, port: own }) => [name, own])),
        scramUsers: options.scramUsers ?? [],
        libraries,
        folder,
        clusterId,
        properties: {
          ...apacheKafkaSettings(count),
          'node.id': String(index + 1),
          'controller.quorum.voters': voters.join(','),
          listeners: [
            `PLAINTEXT://127.0.0.1:${port}`,
            `CONTROLLER://127.0.0.1:${ports[count + index]}`,
            ...ownListeners.map(({ name, port: own }) => `${name}://127.0.0.1:${own}`),
          ].join(','),
          'advertised.listeners': [
            `PLAINTEXT://${options.advertisedHost ?? '127.0.0.1'}:${port}`,
            ...ownListeners.map(({ name, port: own }) => `${name}://${advertisedHost}:${own}`),
          ].join(','),
          'listener.security.protocol.map': [
            'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
            ...Object.entries(options.listeners ?? {}).map(([name, protocol]) => `${name}:${protocol}`),
          ].join(','),
          'log.dirs': join(folder, `data-${index + 1}`),
          ...options.properties,
        },
      });
    });
    const cluster = new ApacheKafka(nodes, folder);
    try {
      for (const node of nodes) await node.format();
      await Promise.all(nodes.map((node) => node.start()));
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  /** HOST:PORT of each node's own listener. */
  get brokers(): string[] {
    return this.nodes.map((node) => `127.0.0.1:${node.port}`);
  }

  async close(): Promise<void> {
    const isFirstRun = !existsSync(archiveFile());
    if (isFirstRun) {
      await this.nodes[0]?.stop();
      if (existsSync(partialArchiveFile())) await rename(partialArchiveFile(), archiveFile());
    }
    await Promise.all(this.nodes.map((node) => node.kill()));
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** A random id that does not begin with a dash, which the tool would take for an option. */
function createClusterId(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x3f;
  return bytes.toString('base64url');
}

interface NodeOptions {
  readonly id: number;
  readonly port: number;
  readonly listenerPorts: Readonly<Record<string, number>>;
  readonly scramUsers: readonly string[];
  readonly libraries: string;
  readonly folder: string;
  readonly clusterId: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** One server process that can be stopped, killed, paused and started again on the same data. */
export class ApacheKafkaNode {
  readonly id: number;
  readonly port: number;
  /** Ports of the further listeners by name. */
  readonly listenerPorts: Readonly<Record<string, number>>;
  readonly #options: NodeOptions;
  readonly #propertiesFile: string;
  readonly #lastLines: string[] = [];
  #process: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();

  constructor(options: NodeOptions) {
    this.id = options.id;
    this.port = options.port;
    this.listenerPorts = options.listenerPorts;
    this.#options = options;
    this.#propertiesFile = join(options.folder, `server-${options.id}.properties`);
  }

  /** Writes the properties file and formats the data folder. */
  async format(): Promise<void> {
    const lines = Object.entries(this.#options.properties).map(([name, value]) => `${name}=${value}`);
    await writeFile(this.#propertiesFile, `${lines.join('\n')}\n`);
    const tool = this.#java('kafka.tools.StorageTool', [
      'format',
      '--cluster-id',
      this.#options.clusterId,
      '--config',
      this.#propertiesFile,
      ...this.#options.scramUsers.flatMap((user) => ['--add-scram', user]),
    ]);
    const code = await new Promise<number | null>((resolve) => tool.once('exit', resolve));
    if (code !== 0)
      throw new Error(`kafka.tools.StorageTool failed (${code}):\n${this.#lastLines.join('\n')}`);
  }

  /** Resolves when the server says that it has started. */
  async start(): Promise<void> {
    if (this.#process !== undefined) return;
    // One process at a time can leave an archive: the first node of a run.
    const options = this.#options.id === 1 ? [sharedClassesOption()] : [];
    const server = this.#java('kafka.Kafka', [this.#propertiesFile], options);
    const endWithUs = (): unknown => server.kill('SIGKILL');
    process.once('exit', endWithUs);
    this.#process = server;
    this.#exited = new Promise((resolve) => {
      server.once('exit', () => {
        process.off('exit', endWithUs);
        this.#process = undefined;
        resolve();
      });
    });
    await new Promise<void>((resolve, reject) => {
      const fail = (what: string): void => {
        clearTimeout(timer);
        reject(
          new Error(
            `Apache Kafka node ${this.#options.id} ${what}:\n${this.#lastLines.slice(-40).join('\n')}`,
          ),
        );
      };
      const timer = setTimeout(() => {
        server.kill('SIGKILL');
        fail(`did not start within ${startTimeoutMs} ms`);
      }, startTimeoutMs);
      server.once('exit', (code, signal) => fail(`ended at start (${code ?? signal})`));
      server.stdout?.on('data', (chunk: Buffer) => {
        if (!chunk.includes('Kafka Server started')) return;
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** An orderly shutdown. */
  async stop(): Promise<void> {
    const server = this.#process;
    if (server === undefined) return;
    server.kill('SIGTERM');
    const timer = setTimeout(() => server.kill('SIGKILL'), stopTimeoutMs);
    await this.#exited;
    clearTimeout(timer);
  }

  /** As a power cut would end it. */
  async kill(): Promise<void> {
    this.#process?.kill('SIGKILL');
    await this.#exited;
  }

  /** Freezes the process: its connections stay open and nothing answers. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  #java(mainClass: string, parameters: readonly string[], options: readonly string[] = []): ChildProcess {
    const child = spawn(
      'java',
      [
        '-Xmx256m',
        '-Xms64m',
        '-XX:+UseSerialGC',
        '-XX:TieredStopAtLevel=1',
        '-Djava.awt.headless=true',
        '-Dorg.apache.logging.log4j.level=INFO',
        ...options,
        '-cp',
        `${this.#options.libraries}/*`,
        mainClass,
        ...parameters,
      ],
      { cwd: this.#options.folder, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const keep = (chunk: Buffer): void => {
      this.#lastLines.push(...chunk.toString().trimEnd().split('\n'));
      this.#lastLines.splice(0, Math.max(0, this.#lastLines.length - 200));
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    return child;
  }
}

const archiveFile = (): string => join(apacheKafkaCacheFolder(), 'classes.jsa');

/** Where a first run collects its loaded classes; renamed when it is whole. */
const partialArchiveFile = (): string => `${archiveFile()}.${process.pid}`;

/** Java's class data sharing: the first server leaves an archive in the cache, later ones start in half the time. */
function sharedClassesOption(): string {
  const archive = archiveFile();
  return existsSync(archive)
    ? `-XX:SharedArchiveFile=${archive}`
    : `-XX:ArchiveClassesAtExit=${partialArchiveFile()}`;
}
