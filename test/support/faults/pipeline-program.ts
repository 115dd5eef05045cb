/*
 * A program of the kind that the package is made for, a pipeline with a handler, to be killed. Arguments: data folder,
 * brokers separated by commas, inbound topic. stdout has, a JSON object a line, {"ready":true} and for each event
 * {"handled":"ID","position":{..}}: the line is the effect.
 */

import { ResonancePipeline } from '../../../src/main/pipeline/resonance-pipeline.js';
import { createSystemClock } from '../../../src/main/system-clock.js';
import { defaultConfig } from '../../../src/shared/config.js';
import { silentLogger } from '../silent-logger.js';

const [dataDirectory = '', brokers = '', inbound = ''] = process.argv.slice(2);
const { kafka, websocket } = defaultConfig;

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const pipeline = new ResonancePipeline({
  config: {
    ...defaultConfig,
    kafka: { ...kafka, groupId: `group-${inbound}`, topics: { ...kafka.topics, inbound } },
    websocket: { ...websocket, port: 0 },
    peers: {},
  },
  dataDirectory,
  brokers: { select: async () => ({ mode: 'external', brokers: brokers.split(','), failure: null }) },
  clock: createSystemClock(),
  logger: silentLogger,
});
pipeline.registerHandler('repository_event', ({ id }, { kafka: position }) => {
  say({ handled: id, position: position ?? null });
});
await pipeline.start();
say({ ready: true });
