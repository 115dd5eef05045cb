import { createDirectKafka } from './direct-kafka.js';
import type { History } from './history.js';

export interface ReadBackOptions {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly history: History;
  /** Named so in the history. Default `reader`. */
  readonly reader?: string;
  /** The message's name in the history. Default: its `id`. */
  readonly identify?: (message: Record<string, unknown>) => unknown;
}

/** Reads every partition of a topic from its beginning to its end, and notes each record in the history. */
export async function readBack(options: ReadBackOptions): Promise<void> {
  const { brokers, topic, history, reader = 'reader', identify = ({ id }) => id } = options;
  const kafka = createDirectKafka(brokers);
  const admin = kafka.admin();
  const consumer = kafka.consumer({ groupId: `${reader}-${topic}-${Date.now()}`, maxWaitTimeInMs: 100 });
  const left = new Map<number, bigint>();
  try {
    await admin.connect();
    for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) {
      if (BigInt(high) > BigInt(low)) left.set(partition, BigInt(high));
    }
    if (left.size === 0) return;
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => {
        if (!payload.restart) reject(payload.error);
      });
      const run = consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch: { partition, messages } }) => {
          for (const { offset, value } of messages) {
            const end = left.get(partition);
            // Behind the end that was there at the beginning others may still be writing.
            if (end === undefined || BigInt(offset) >= end) break;
            const id = nameIn(value, identify);
            history.record({ kind: 'read', reader, id, position: { topic, partition, offset } });
            if (BigInt(offset) === end - 1n) left.delete(partition);
          }
          if (left.size === 0) resolve();
        },
      });
      run.catch(reject);
    });
  } finally {
    await consumer.disconnect();
    await admin.disconnect();
  }
}

function nameIn(
  value: Buffer | null,
  identify: (message: Record<string, unknown>) => unknown,
): string | null {
  try {
    const name = identify(JSON.parse(String(value)));
    return typeof name === 'string' ? name : null;
  } catch {
    return null;
  }
}
