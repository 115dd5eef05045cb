/**
 * A consumer in a process of its own, so that a test can kill it: `node group-member.mjs BROKER GROUP TOPIC`.
 * Prints `joined` once it has partitions, then the value of each message, one a line.
 */
import { Kafka, logLevel } from 'kafkajs';

const [broker, groupId, topic] = process.argv.slice(2);
const kafka = new Kafka({ brokers: [broker], clientId: 'doomed', logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({
  groupId,
  sessionTimeout: 1500,
  heartbeatInterval: 200,
  maxWaitTimeInMs: 100,
});
consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
  if (Object.values(payload.memberAssignment).flat().length > 0) console.log('joined');
});
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
await consumer.run({ eachMessage: async ({ message }) => console.log(String(message.value)) });
