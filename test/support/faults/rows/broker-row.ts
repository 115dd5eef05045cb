import type { BrokerProcess } from '../broker-processes.js';
import { LoadedTopic } from '../loaded-topic.js';
import type { RowResult } from '../row.js';

export interface BrokerRowOptions {
  /** How long the broker is frozen. */
  readonly pauseMs: number;
  /** How often it is killed. */
  readonly kills: number;
}

const backWithinMs = 10_000;

/** The only broker of a topic is killed and started again, and frozen, under load. */
export async function runBrokerRow(
  broker: BrokerProcess,
  { pauseMs, kills }: BrokerRowOptions,
): Promise<RowResult> {
  let loaded: LoadedTopic | undefined;
  try {
    loaded = await LoadedTopic.start({ brokers: broker.brokers, partitions: 3, replicationFactor: 1 });
    for (let kill = 0; kill < kills; kill += 1) {
      await broker.kill();
      await broker.restart();
      await loaded.measure('consuming after a restart', backWithinMs, loaded.consuming());
      await loaded.history.untilAcknowledged(100);
    }
    if (pauseMs > 0) {
      broker.pause();
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      broker.resume();
      await loaded.measure(`consuming after ${pauseMs / 1_000} s frozen`, backWithinMs, loaded.consuming());
      await loaded.history.untilAcknowledged(100);
    }
    return await loaded.finish();
  } finally {
    broker.resume();
    await loaded?.close();
  }
}
