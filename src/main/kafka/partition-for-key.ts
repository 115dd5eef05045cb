import { Partitioners } from 'kafkajs';

const partition = Partitioners.DefaultPartitioner();

/**
 * The partition of a key, as every Kafka client computes it (murmur2, positive, modulo).
 *
 * Chosen here once a message and not by kafkajs at every attempt: its retries may choose anew, and then an idempotent
 * send is written twice (https://github.com/tulios/kafkajs/issues/1005).
 */
export function partitionForKey(key: string, partitions: number): number {
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 0,
    replicas: [],
    isr: [],
  }));
  return partition({ topic: '', partitionMetadata, message: { key, value: null } });
}
