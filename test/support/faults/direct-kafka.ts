import { connect } from 'node:net';
import { type Admin, Kafka, logLevel } from 'kafkajs';

/** kafkajs as it comes, past any fault proxy: it goes to 127.0.0.1 whatever host a broker advertises. */
export function createDirectKafka(brokers: readonly string[]): Kafka {
  return new Kafka({
    brokers: brokers.map((broker) => `127.0.0.1:${broker.split(':').at(-1)}`),
    clientId: 'reader',
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 40 },
    socketFactory: ({ port, onConnect }) => connect({ port, host: '127.0.0.1' }, onConnect),
  });
}

/** Records of all partitions of a topic. */
export function countRecords(brokers: readonly string[], topic: string): Promise<number> {
  return withAdmin(brokers, async (admin) => {
    const offsets = await admin.fetchTopicOffsets(topic);
    return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  });
}

async function withAdmin<T>(brokers: readonly string[], work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = createDirectKafka(brokers).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}
