/*
 * A whole node as a process of its own, for what can only be done to processes. Arguments: data folder, settings as JSON.
 * Commands come as lines on stdin, {"id":1,"name":"compose.send","parameters":...}; stdout has, a JSON object a line,
 * {"starting":true}, {"ready":{"brokers":[..],"url":".."}}, {"id":1,"value":..} or {"id":1,"error":{..}}, and for each event that the node
 * handled {"handled":"ID","position":{..}}. The log goes to stderr.
 */

import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createStreamSink } from '../../../src/main/log/stream-sink.js';
import { createResonanceNode } from '../../../src/main/pipeline/create-resonance-node.js';
import type { NodeCommandName } from '../../../src/main/pipeline/node-runtime.js';
import { noKeychain, SecretStore } from '../../../src/main/settings/secret-store.js';
import { SettingsStore } from '../../../src/main/settings/settings-store.js';
import { createSystemClock } from '../../../src/main/system-clock.js';
import { toErrorReport } from '../../../src/shared/errors.js';
import type { CommandParameters } from '../../../src/shared/ipc.js';

const [dataDirectory = '', settingsJson = '{}'] = process.argv.slice(2);
const clock = createSystemClock();

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const settings = new SettingsStore({
  file: join(dataDirectory, 'settings.json'),
  environment: { websocket: { port: 0 }, kafka: { mode: 'embedded', brokers: ['127.0.0.1:0'] } },
  flags: JSON.parse(settingsJson) as Record<string, unknown>,
  clock,
});
await settings.load();
const secrets = new SecretStore({
  file: join(dataDirectory, 'secrets.json'),
  keychain: noKeychain,
  environment: {},
});
const logSink = createStreamSink({ stream: process.stderr, format: 'json' });
const node = createResonanceNode({ settings, secrets, dataDirectory, clock, logSinks: [logSink] });

say({ starting: true });
try {
  await node.start();
} catch (error) {
  say({ error: toErrorReport(error) });
  process.exit(1);
}
node.pipeline.registerHandler('repository_event', ({ id }, { kafka }) => {
  say({ handled: id, position: kafka ?? null });
});

interface Command {
  readonly id: number;
  readonly name: NodeCommandName;
  readonly parameters: unknown;
}

async function execute({ id, name, parameters }: Command): Promise<void> {
  try {
    const value = await node.execute(name, parameters as CommandParameters<NodeCommandName>);
    say({ id, value: value ?? null });
  } catch (error) {
    say({ id, error: toErrorReport(error) });
  }
}

createInterface({ input: process.stdin }).on('line', (line) => void execute(JSON.parse(line) as Command));
process.once('SIGTERM', () => void node.stop().then(() => process.exit(0)));
const { kafka, websocket } = node.status();
say({ ready: { brokers: kafka.brokers, url: websocket.url } });
