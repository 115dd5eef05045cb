/*
 * Appends to a broker's data folder until it is killed (or has tried as often as it should), and says on stdout what was acknowledged, a JSON object a line:
 * {"opening":true} before recovery, {"ready":true} after it, then {"partition":0,"offset":17,"value":"..."}
 * or {"refused":"KAFKA_STORAGE_ERROR"}. Arguments: folder, a name for this run, how many appends to try in each lane.
 */
import { BrokerLogError } from '../../../src/main/broker/log/broker-log-error.js';
import { BrokerStorage } from '../../../src/main/broker/log/broker-storage.js';
import type { PartitionLog } from '../../../src/main/broker/log/partition-log.js';
import { buildRecordBatch } from '../broker/record-batch-builder.js';

const [directory = '', run = '', tries = 'Infinity'] = process.argv.slice(2);
const PARTITIONS = 2;
const APPENDS_IN_FLIGHT = 4;

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

say({ opening: true });
const storage = await BrokerStorage.open({ dataDirectory: directory });
const topic =
  storage.topics.get('load') ??
  (await storage.topics.createTopic('load', PARTITIONS, { 'segment.bytes': '20000' }));
say({ ready: true });

async function appendInLane(log: PartitionLog, lane: number): Promise<void> {
  for (let count = 0; count < Number(tries); count++) {
    const value = `${run}/${log.partition}/${lane}/${count}/${'x'.repeat(count % 700)}`;
    try {
      const { baseOffset } = await log.append(buildRecordBatch([value]));
      say({ partition: log.partition, offset: baseOffset, value });
    } catch (error) {
      if (!(error instanceof BrokerLogError)) throw error;
      say({ refused: error.code });
    }
  }
}

await Promise.all(
  topic.partitions.flatMap((log) =>
    Array.from({ length: APPENDS_IN_FLIGHT }, (_, lane) => appendInLane(log, lane)),
  ),
);
await storage.close();
