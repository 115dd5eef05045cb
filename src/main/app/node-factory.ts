import { join, resolve } from 'node:path';
import type { Clock } from '../../shared/clock.js';
import type { LogSink } from '../log/logger.js';
import type { ResonanceNode } from '../pipeline/resonance-node.js';
import { createSystemKeychain } from './keychain.js';

export interface NodeFactoryOptions {
  readonly dataDirectory: string;
  /** `--config` and `--set`, as given. */
  readonly settingsArguments: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly logSinks: readonly LogSink[];
}

/**
 * Makes the node of this window. Its modules (kafkajs, ws, zod and our own) are loaded here and nowhere earlier.
 *
 * @throws ResonanceError COMMAND_INVALID for flags that make no sense, STORAGE_FAILED for a settings file that can't be read
 */
export async function createWindowNode(options: NodeFactoryOptions): Promise<ResonanceNode> {
  const { dataDirectory, settingsArguments, environment, clock, logSinks } = options;
  const { createResonanceNode, parseSettingsArguments, SecretStore, SettingsStore, settingsFromEnvironment } =
    await import('./node-modules.js');
  const flags = parseSettingsArguments(settingsArguments);
  const configFile = flags.configFile ?? environment.RESONANCE_CONFIG;
  const settings = new SettingsStore({
    file: configFile ? resolve(configFile) : join(dataDirectory, 'settings.json'),
    isFileNamed: Boolean(configFile),
    environment: settingsFromEnvironment(environment),
    flags: flags.values,
    clock,
  });
  await settings.load();
  const secrets = new SecretStore({
    file: join(dataDirectory, 'secrets.json'),
    keychain: createSystemKeychain(),
    environment,
  });
  return createResonanceNode({ settings, secrets, dataDirectory, clock, logSinks });
}
