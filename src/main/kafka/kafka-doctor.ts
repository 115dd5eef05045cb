import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Clock } from '../../shared/clock.js';
import { describeError, type ErrorReport, ResonanceError, toErrorReport } from '../../shared/errors.js';
import type { DoctorStep } from '../../shared/feed.js';
import { openSocket, parseBroker, readAdvertisedBrokers, shakeHands } from './broker-handshake.js';
import type { KafkaConnectionSettings } from './connection-settings.js';
import { withDeadline } from './deadline.js';
import type { KafkaAdmin } from './kafka-admin.js';
import { describeDifferences } from './topic-settings.js';
import { translateKafkaError } from './translate-error.js';

export interface KafkaDoctorOptions {
  readonly connection: KafkaConnectionSettings;
  readonly admin: Pick<KafkaAdmin, 'describeCluster' | 'listTopics' | 'compareTopics' | 'describeGroup'>;
  readonly groupId: string;
  /** What the node needs, by topic name: what the settings use it for. */
  readonly topics: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Longest time for one step. Default 5,000 ms. */
  readonly stepTimeoutMs?: number;
  readonly signal?: AbortSignal;
}

interface Outcome {
  readonly detail: string;
  readonly hint?: string;
}

/**
 * Walks the way to Kafka step by step: name, TCP, protocol and, once any broker answers, metadata, the addresses that
 * the brokers advertise, each needed topic, the group's coordinator. Yields each step twice, when it begins
 * and when it has ended; failures say what to do. Never throws.
 */
export async function* kafkaDoctorSteps(
  options: KafkaDoctorOptions,
): AsyncGenerator<DoctorStep, void, undefined> {
  let reached: string | undefined;
  for (const address of options.connection.brokers) {
    if (yield* reachBroker(address, `kafka.${address}`, '', options)) reached ??= address;
  }
  if (reached === undefined) {
    yield skipped('kafka.metadata', 'Cluster metadata', 'no broker answers');
    return;
  }
  const seed = reached;
  let advertised: readonly string[] = [];
  const hasLogin = options.connection.sasl !== undefined;
  const metadata = hasLogin ? 'Login and cluster metadata' : 'Cluster metadata';
  const hasMetadata = yield* step(options, 'kafka.metadata', metadata, async () => {
    advertised = await advertisedBrokers(seed, options).catch((error: unknown) => {
      throw hasLogin ? error : suspectLogin(error, seed);
    });
    return { detail: `${counted(advertised.length, 'broker')}: ${advertised.join(', ')}` };
  });
  if (!hasMetadata) return;
  for (const address of advertised) {
    if (options.connection.brokers.includes(address)) continue;
    const hint = `The broker tells its clients to connect to ${address} (advertised.listeners), which must be reachable from this machine: make that name resolve here, or have the broker advertise one that does.`;
    // Every further step goes to these addresses.
    if (!(yield* reachBroker(address, `kafka.advertised.${address}`, hint, options))) return;
  }
  let existing = new Set<string>();
  const isListed = yield* step(options, 'kafka.topics', 'Topics', async () => {
    existing = new Set(await options.admin.listTopics());
    return { detail: counted(existing.size, 'topic') };
  });
  if (isListed) {
    for (const [topic, role] of Object.entries(options.topics)) {
      yield* step(options, `kafka.topic.${topic}`, `Topic ${topic} (${role})`, async () => {
        if (existing.has(topic)) return { detail: await describeExisting(topic, options) };
        throw new ResonanceError('KAFKA_TOPIC_UNKNOWN', 'does not exist', {
          hint: 'The node creates it when it starts or first sends there, if it may; otherwise have it created, or correct the name in the settings.',
        });
      });
    }
  }
  yield* step(options, 'kafka.group', `Consumer group ${options.groupId}`, async () => {
    const group = await options.admin.describeGroup(options.groupId);
    // What Kafka calls a group that does not exist (yet).
    if (group.state === 'Dead') return { detail: 'its coordinator answers; nobody has read in it yet' };
    return {
      detail: `its coordinator answers; state ${group.state}, ${counted(group.members.length, 'member')}`,
    };
  });
}

/** Other settings than this node would have given a topic keep nothing from working: they are told, and no failure. */
async function describeExisting(topic: string, { admin }: KafkaDoctorOptions): Promise<string> {
  try {
    const differences = (await admin.compareTopics([topic])).get(topic) ?? [];
    if (differences.length === 0) return 'exists';
    return `exists, with other settings than new topics get: ${describeDifferences(differences)}`;
  } catch (error) {
    return `exists; its settings could not be read (${describeError(error)})`;
  }
}

/** A listener with SASL answers the first question of anybody and drops who asks the second without a login. */
function suspectLogin(error: unknown, address: string): unknown {
  const isDropped =
    error instanceof ResonanceError &&
    error.code === 'KAFKA_UNREACHABLE' &&
    /dropped|closed/.test(error.message);
  if (!isDropped) return error;
  return new ResonanceError(
    'KAFKA_AUTHENTICATION_FAILED',
    `${address} speaks Kafka and drops clients without a login`,
    {
      hint: 'Set kafka.security.protocol to sasl_plaintext or sasl_ssl, with mechanism, user name and password.',
      cause: error,
    },
  );
}

/** Asked of one broker alone: kafkajs goes on to the advertised addresses, whose state is the next question. */
async function advertisedBrokers(seed: string, options: KafkaDoctorOptions): Promise<readonly string[]> {
  const { connection, admin, signal, stepTimeoutMs = defaultStepTimeoutMs } = options;
  // Behind a login only the whole client gets through.
  if (connection.sasl !== undefined) return (await admin.describeCluster()).brokers;
  const socket = await openSocket(seed, stepTimeoutMs, signal, connection.ssl);
  try {
    return await readAdvertisedBrokers(socket, seed, stepTimeoutMs);
  } finally {
    socket.destroy();
  }
}

async function* reachBroker(
  address: string,
  id: string,
  hintForAll: string,
  options: KafkaDoctorOptions,
): AsyncGenerator<DoctorStep, boolean, undefined> {
  const { host } = parseBroker(address);
  const withHint = (error: unknown): never => {
    if (hintForAll === '' || !(error instanceof ResonanceError) || !isUnreachable(error)) throw error;
    throw new ResonanceError(error.code, error.message, { retriable: error.retriable, hint: hintForAll });
  };
  if (isIP(host) === 0) {
    const isResolved = yield* step(options, `${id}.dns`, `Name ${host}`, async () => {
      const addresses = await lookup(host, { all: true }).catch((error: unknown) =>
        withHint(translateKafkaError(error, 'resolving the name', address)),
      );
      return { detail: addresses.map(({ address: found }) => found).join(', ') };
    });
    if (!isResolved) return false;
  }
  const timeoutMs = options.stepTimeoutMs ?? defaultStepTimeoutMs;
  const isOpen = yield* step(options, `${id}.tcp`, `TCP ${address}`, async () => {
    (await openSocket(address, timeoutMs, options.signal).catch(withHint)).destroy();
    return { detail: 'connected' };
  });
  if (!isOpen) return false;
  const { ssl } = options.connection;
  if (ssl !== undefined) {
    const isSecure = yield* step(options, `${id}.tls`, `TLS at ${address}`, async () => {
      const socket = await openSocket(address, timeoutMs, options.signal, ssl).catch(withHint);
      const detail = socket instanceof TLSSocket ? describeTls(socket) : 'connected';
      socket.destroy();
      return { detail };
    });
    if (!isSecure) return false;
  }
  return yield* step(options, `${id}.handshake`, `Kafka protocol at ${address}`, async () => {
    const socket = await openSocket(address, timeoutMs, options.signal, ssl).catch(withHint);
    try {
      return {
        detail: `speaks Kafka (${await shakeHands(socket, address, timeoutMs).catch(withHint)} APIs)`,
      };
    } finally {
      socket.destroy();
    }
  });
}

/** Nothing is wrong with the address but that one does not get there. */
function isUnreachable({ code }: ResonanceError): boolean {
  return code === 'KAFKA_UNREACHABLE' || code === 'KAFKA_TIMEOUT';
}

/** Protocol version, whom the certificate is for and until when. */
function describeTls(socket: TLSSocket): string {
  const { subject, valid_to: validTo } = socket.getPeerCertificate();
  return `${socket.getProtocol() ?? 'TLS'}, certificate of ${subject?.CN ?? 'an unnamed subject'}, valid until ${validTo}`;
}

const defaultStepTimeoutMs = 5_000;

async function* step(
  { clock, stepTimeoutMs = defaultStepTimeoutMs, signal }: KafkaDoctorOptions,
  id: string,
  title: string,
  work: () => Promise<Outcome>,
): AsyncGenerator<DoctorStep, boolean, undefined> {
  if (signal?.aborted === true) {
    yield skipped(id, title, 'stopped');
    return false;
  }
  yield { id, title, state: 'running', durationMs: null, detail: '', hint: null };
  const startMs = clock.monotonicMs();
  const elapsedMs = (): number => Math.round(clock.monotonicMs() - startMs);
  try {
    // Names resolve in the system's own time: the step's deadline is ours.
    const { detail, hint } = await withDeadline(work(), stepTimeoutMs + 500, clock, () => {
      return new ResonanceError('KAFKA_TIMEOUT', `no answer within ${stepTimeoutMs} ms`, {
        hint: 'The broker hangs, or the network swallows packets.',
      });
    });
    yield { id, title, state: 'passed', durationMs: elapsedMs(), detail, hint: hint ?? null };
    return true;
  } catch (error) {
    const report: ErrorReport = toErrorReport(error);
    const hint = report.hint ?? 'See the log for details.';
    // The title says where.
    const detail = report.message.replace(/^(connecting|talking) to \S+: /, '');
    yield { id, title, state: 'failed', durationMs: elapsedMs(), detail, hint };
    return false;
  }
}

function skipped(id: string, title: string, detail: string): DoctorStep {
  return { id, title, state: 'skipped', durationMs: null, detail, hint: null };
}

function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}
