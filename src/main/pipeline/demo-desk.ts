import { activeProfile } from '../../shared/active-profile.js';
import type { Clock } from '../../shared/clock.js';
import type { Config } from '../../shared/config.js';
import { ResonanceError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import { readOnlyProfile } from '../kafka/read-only-profile.js';
import { DemoMesh } from '../simulation/demo-mesh.js';
import type { ResonancePipeline } from './resonance-pipeline.js';

export interface DemoDeskOptions {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Runs the demo mesh beside the node, and turns the links of the peers whose names its nodes bear to it and back. */
export class DemoDesk {
  readonly #options: DemoDeskOptions;
  #mesh: DemoMesh | null = null;

  constructor(options: DemoDeskOptions) {
    this.#options = options;
  }

  /** Null while it does not run. */
  get mesh(): DemoMesh | null {
    return this.#mesh;
  }

  /**
   * Starts demo nodes beside those that run.
   *
   * @param names those of the settings' peers when empty
   * @throws ResonanceError `PROFILE_READ_ONLY`, `WEBSOCKET_NOT_CONNECTED` when this node's own server does not listen
   */
  async start(names: readonly string[], pipeline: ResonancePipeline, config: Config): Promise<void> {
    if (activeProfile(config).readOnly) throw readOnlyProfile('The demo mesh was not started');
    const resonanceUrl = pipeline.listenState.url;
    if (resonanceUrl === null || pipeline.kafka === null) {
      throw new ResonanceError('WEBSOCKET_NOT_CONNECTED', 'This node’s own server does not listen', {
        hint: 'Mend websocket.port under Settings first.',
      });
    }
    const { connection } = pipeline.kafka;
    this.#mesh ??= new DemoMesh({
      ...this.#options,
      resonanceUrl,
      kafka: { connection, topics: config.kafka.topics },
    });
    await this.#mesh.start(names.length > 0 ? names : Object.keys(config.peers));
    for (const { name, url } of this.#mesh.views()) await pipeline.peers.override(name, url);
  }

  /** Stops every demo node; the links go where the settings say. */
  async stop(pipeline: ResonancePipeline | null): Promise<void> {
    for (const name of await this.suspend()) await pipeline?.peers.override(name, null);
  }

  /** Stops every demo node, for a pipeline that goes. Returns their names, to start them again beside the next one. */
  async suspend(): Promise<string[]> {
    const mesh = this.#mesh;
    this.#mesh = null;
    const names = mesh?.views().map(({ name }) => name) ?? [];
    await mesh?.stop();
    return names;
  }
}
