import { ResonanceError } from '../../shared/errors.js';
import type { NodeRuntime } from '../pipeline/node-runtime.js';

export interface NodeFactoryOptions {
  readonly dataDirectory: string;
  /** `--config` and `--set`, as given. */
  readonly settingsArguments: readonly string[];
}

/** Makes the node of this window. Its modules are loaded here and nowhere earlier. */
export async function createWindowNode(_options: NodeFactoryOptions): Promise<NodeRuntime> {
  throw new ResonanceError('INTERNAL', 'This build has no node yet');
}
