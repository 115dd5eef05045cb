import type { Clock } from '../../shared/clock.js';
import { ResonanceError } from '../../shared/errors.js';
import type { SimulatedNodeView, SimulationFault } from '../../shared/feed.js';
import type { Logger } from '../../shared/logger.js';
import type { KafkaConnectionSettings } from '../kafka/connection-settings.js';
import { SimulatedNode } from './simulated-node.js';

export interface DemoMeshOptions {
  readonly resonanceUrl: string;
  readonly kafka: {
    /** How the demo nodes reach the brokers; each has a client id of its own. */
    readonly connection: KafkaConnectionSettings;
    readonly topics: { readonly inbound: string; readonly stateSync: string };
  };
  /** Port of a node's WebSocket server. Default: any free one. */
  readonly portOf?: (name: string) => number;
  readonly clock: Clock;
  readonly random?: () => number;
  readonly logger: Logger;
}

/** Demo nodes, started and stopped together. */
export class DemoMesh {
  readonly #options: DemoMeshOptions;
  readonly #nodes = new Map<string, SimulatedNode>();

  constructor(options: DemoMeshOptions) {
    this.#options = options;
  }

  /** Starts nodes of these names; those that run already stay. @throws ResonanceError `WEBSOCKET_PORT_TAKEN` */
  async start(names: readonly string[]): Promise<void> {
    const { portOf = () => 0, random = Math.random } = this.#options;
    for (const name of names) {
      if (this.#nodes.has(name)) continue;
      const node = new SimulatedNode({
        ...this.#options,
        name,
        anchor: `DEMO_${name.toUpperCase()}`,
        port: portOf(name),
        phase: random(),
        random,
      });
      await node.start();
      this.#nodes.set(name, node);
    }
  }

  views(): SimulatedNodeView[] {
    return [...this.#nodes.values()].map((node) => node.view());
  }

  /** @throws ResonanceError `NOT_FOUND` */
  setFault(name: string, fault: SimulationFault, isEnabled: boolean): void {
    const node = this.#nodes.get(name);
    if (node === undefined) {
      throw new ResonanceError('NOT_FOUND', `No demo node is named ${name}`, {
        hint: 'Start the demo mesh first.',
      });
    }
    node.setFault(fault, isEnabled);
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    const nodes = [...this.#nodes.values()];
    this.#nodes.clear();
    await Promise.all(nodes.map((node) => node.stop()));
  }
}
