/*
 * Appends to a broker's data folder until it is killed, and says on stdout what was acknowledged, a JSON object a line:
 * {"ready":true}, then {"partition":0,"offset":17,"value":"..."}. Arguments: folder, a name for this run, whether to wait.
 */
import { BrokerStorage } from '../../../src/main/broker/log/broker-storage.js';
import { buildRecordBatch } from '../broker/record-batch-builder.js';

const [directory = '', run = ''] = process.argv.slice(2);
const PARTITIONS = 2;
const APPENDS_IN_FLIGHT = 4;

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const storage = await BrokerStorage.open({ dataDirectory: directory });
const topic =
  storage.topics.get('load') ??
  (await storage.topics.createTopic('load', PARTITIONS, { 'segment.bytes': '20000' }));
say({ ready: true });

for (const log of topic.partitions) {
  for (let lane = 0; lane < APPENDS_IN_FLIGHT; lane++) {
    void (async () => {
      for (let count = 0; ; count++) {
        const value = `${run}/${log.partition}/${lane}/${count}/${'x'.repeat(count % 700)}`;
        const { baseOffset } = await log.append(buildRecordBatch([value]));
        say({ partition: log.partition, offset: baseOffset, value });
      }
    })();
  }
}
