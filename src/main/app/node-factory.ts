import { join, resolve } from 'node:path';
import type { NodeRuntime } from '../pipeline/node-runtime.js';

export interface NodeFactoryOptions {
  readonly dataDirectory: string;
  /** `--config` and `--set`, as given. */
  readonly settingsArguments: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Makes the node of this window. Its modules are loaded here and nowhere earlier. */
export async function createWindowNode(options: NodeFactoryOptions): Promise<NodeRuntime> {
  const { dataDirectory, settingsArguments, environment } = options;
  const [
    { createResonanceNode },
    { SettingsStore },
    commandLine,
    { settingsFromEnvironment },
    { createStreamSink },
    { createSystemClock },
  ] = await Promise.all([
    import('../pipeline/create-resonance-node.js'),
    import('../settings/settings-store.js'),
    import('../settings/command-line.js'),
    import('../settings/environment.js'),
    import('../log/stream-sink.js'),
    import('../system-clock.js'),
  ]);
  const { configFile, values } = commandLine.parseSettingsArguments(settingsArguments);
  const file = configFile ?? environment.RESONANCE_CONFIG;
  const clock = createSystemClock();
  const settings = new SettingsStore({
    file: file ? resolve(file) : join(dataDirectory, 'settings.json'),
    environment: settingsFromEnvironment(environment),
    flags: values,
    clock,
  });
  await settings.load();
  return createResonanceNode({
    settings,
    dataDirectory,
    clock,
    logSinks: [createStreamSink({ stream: process.stderr, format: 'pretty' })],
  });
}
