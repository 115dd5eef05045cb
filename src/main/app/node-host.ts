import { ResonanceError } from '../../shared/errors.js';
import type { NodeRuntime } from '../pipeline/node-runtime.js';

/** Makes the node; loads its modules only when called. */
export type NodeFactory = () => Promise<NodeRuntime>;

/**
 * Holds the node for the window: made after the window shows, awaited by commands that come earlier, stopped once. A
 * node that can't be made leaves a window that says why.
 */
export class NodeHost {
  readonly #created: Promise<NodeRuntime>;
  #create: (factory: NodeFactory) => void = () => undefined;
  #runtime: NodeRuntime | undefined;
  #stopped: Promise<void> | undefined;

  constructor() {
    this.#created = new Promise((resolve) => {
      this.#create = (factory) => resolve(factory());
    });
    // `start` and `runtime` tell of the failure; nobody may be waiting at this very moment.
    this.#created.catch(() => undefined);
  }

  /** Makes and starts the node. `onCreated` runs before it starts, so that nothing of its feed is missed. */
  async start(factory: NodeFactory, onCreated: (runtime: NodeRuntime) => void): Promise<void> {
    this.#create(factory);
    const runtime = await this.#created;
    this.#runtime = runtime;
    onCreated(runtime);
    if (this.#stopped === undefined) await runtime.start();
  }

  /** Waits for the node to exist. @throws ResonanceError SHUTTING_DOWN, or why it could not be made */
  async runtime(): Promise<NodeRuntime> {
    if (this.#stopped !== undefined) throw new ResonanceError('SHUTTING_DOWN', 'Resonance is quitting');
    return this.#created;
  }

  unsentCount(): number {
    return this.#runtime?.unsentCount() ?? 0;
  }

  /** Idempotent. */
  stop(deadlineMs: number): Promise<void> {
    this.#stopped ??= this.#runtime?.stop(deadlineMs) ?? Promise.resolve();
    return this.#stopped;
  }
}
