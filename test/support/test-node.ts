import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createResonanceNode } from '../../src/main/pipeline/create-resonance-node.js';
import type { ResonanceNode } from '../../src/main/pipeline/resonance-node.js';
import { noKeychain, SecretStore } from '../../src/main/settings/secret-store.js';
import { SettingsStore } from '../../src/main/settings/settings-store.js';
import { createSystemClock } from '../../src/main/system-clock.js';
import type { Clock } from '../../src/shared/clock.js';
import type { ComposeRequest } from '../../src/shared/compose.js';
import type { FeedBatch, Receipt } from '../../src/shared/feed.js';

export interface TestNode {
  readonly node: ResonanceNode;
  readonly dataDirectory: string;
  readonly url: string;
  readonly brokers: readonly string[];
  /** Resolves with the first feed batch, or picture, for which `find` gives a value. */
  feed<T>(find: (batch: FeedBatch) => T | undefined): Promise<T>;
  /** Sends an operator's message; resolves with its receipt once every copy is delivered or failed, however long that takes. */
  send(request: ComposeRequest): Promise<Receipt>;
  /** Stops the node and, unless told to keep it, removes its folder. */
  close(options?: { keepData: boolean }): Promise<void>;
}

export interface TestNodeOptions {
  /** Settings on top of the test's own: nested as in the file. */
  readonly settings?: Record<string, unknown>;
  readonly dataDirectory?: string;
  /** Where secrets may come from. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: the machine's own. */
  readonly clock?: Clock;
}

/** A whole node on free ports with the embedded broker, in a folder of its own. */
export async function startTestNode(options: TestNodeOptions = {}): Promise<TestNode> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'resonance-node-')));
  const clock = options.clock ?? createSystemClock();
  const settings = new SettingsStore({
    file: join(dataDirectory, 'settings.json'),
    environment: {
      websocket: { port: 0 },
      kafka: { mode: 'embedded', brokers: ['127.0.0.1:0'] },
      peers: { lexamoris: null, nexus: null },
    },
    flags: options.settings ?? {},
    clock,
  });
  await settings.load();
  const secrets = new SecretStore({
    file: join(dataDirectory, 'secrets.json'),
    keychain: noKeychain,
    environment: options.environment ?? {},
  });
  const node = createResonanceNode({ settings, secrets, dataDirectory, clock, logSinks: [] });
  await node.start();
  const { websocket, kafka } = node.status();
  const waiters = new FeedWaiters(node);
  return {
    node,
    dataDirectory,
    url: websocket.url ?? '',
    brokers: kafka.brokers,
    feed: (find) => waiters.first(find),
    send: (request) => sendUntilSettled(node, request),
    async close({ keepData } = { keepData: false }) {
      await node.stop();
      // At its deadline a stop leaves a slow disk behind, which then still writes to the folder.
      if (!keepData) await rm(dataDirectory, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

async function sendUntilSettled(node: ResonanceNode, request: ComposeRequest): Promise<Receipt> {
  const { id } = await node.execute('compose.send', request);
  const { outbox } = node.pipeline;
  if (outbox === null) throw new Error('there is no outbox');
  return outbox.settled(id);
}

/**
 * Waits for something in the feed of a node. Whoever begins to wait asks for a new picture, which takes over what the feed was
 * about to tell: so all that wait look at it.
 */
class FeedWaiters {
  readonly #node: ResonanceNode;
  readonly #waiting = new Set<(batch: FeedBatch) => void>();
  #unsubscribe: (() => void) | undefined;

  constructor(node: ResonanceNode) {
    this.#node = node;
  }

  /** Resolves with the first value that `find` gives. */
  first<T>(find: (batch: FeedBatch) => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const consider = (batch: FeedBatch): void => {
        const found = find(batch);
        if (found === undefined) return;
        this.#waiting.delete(consider);
        resolve(found);
      };
      this.#waiting.add(consider);
      this.#unsubscribe ??= this.#node.onFeed((batch) => this.#tell(batch));
      const { batch, receipts } = this.#node.startFeed();
      this.#tell({ ...batch, receipts });
    });
  }

  #tell(batch: FeedBatch): void {
    this.#node.monitor.feed.acknowledge(batch.sequence);
    for (const consider of [...this.#waiting]) consider(batch);
    if (this.#waiting.size > 0) return;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }
}
