import type { ApacheKafka, ApacheKafkaNode } from '../../apache-kafka.js';
import { LoadedTopic } from '../loaded-topic.js';
import type { RowResult } from '../row.js';

export interface ClusterRowOptions {
  readonly partitions: number;
  /** `nodes`: each node once. `leaders`: whoever leads a partition just then, partition after partition. */
  readonly victims: 'nodes' | 'leaders';
}

const sendsResumeWithinMs = 10_000;
/** Where the dead one coordinated the group, the next one waits for the session of the consumer's former self to end. */
const consumingResumesWithinMs = 15_000;
/** Of each partition: one on every node. */
const replicas = 3;

/** One of three brokers at a time is killed under load and started again. */
export async function runClusterRow(
  { brokers, nodes }: ApacheKafka,
  { partitions, victims }: ClusterRowOptions,
): Promise<RowResult> {
  let loaded: LoadedTopic | undefined;
  try {
    loaded = await LoadedTopic.start({ brokers, partitions, replicationFactor: replicas });
    const kills = victims === 'nodes' ? nodes.length : partitions;
    for (let kill = 0; kill < kills; kill += 1) {
      const leaders = await loaded.leaders();
      const victim = nodes[victims === 'nodes' ? kill : Number(leaders[kill]) - 1];
      if (victim === undefined) throw new Error(`partition ${kill} has no leader: ${leaders.join(', ')}`);
      await killOne(loaded, victim, partitionsOf(victim, leaders));
    }
    return await loaded.finish();
  } finally {
    await loaded?.close();
  }
}

async function killOne(loaded: LoadedTopic, victim: ApacheKafkaNode, led: readonly number[]): Promise<void> {
  const { topic, history } = loaded;
  await victim.kill();
  const sends = led.map((partition) => history.nextAcknowledgedIn({ topic, partition }));
  await Promise.all([
    loaded.measure('sends resume after a broker was killed', sendsResumeWithinMs, Promise.all(sends)),
    loaded.measure('consuming after a broker was killed', consumingResumesWithinMs, loaded.consuming()),
  ]);
  await victim.start();
  await loaded.untilInSync(replicas);
}

function partitionsOf(node: ApacheKafkaNode, leaders: readonly number[]): number[] {
  return [...leaders.keys()].filter((partition) => leaders[partition] === node.id);
}
