import type { Clock } from '../../../src/shared/clock.js';
import { startTestNode, type TestNode } from '../test-node.js';
import type { History } from './history.js';

export interface ReceiverOptions {
  readonly brokers: readonly string[];
  /** Its inbound topic. */
  readonly topic: string;
  readonly history: History;
  /** Its node name, and its name in the history. Default `lexamoris`. */
  readonly name?: string;
  readonly clock?: Clock;
  /** The message's name in the history. Default: its `id`. */
  readonly identify?: (message: Record<string, unknown>) => unknown;
}

/**
 * A whole node that reads one topic; the effect of a message is its line in the history. To be started before the
 * first message is sent: its handler is there a moment after its consumer.
 */
export async function startReceiver(options: ReceiverOptions): Promise<TestNode> {
  const { brokers, topic, history, name = 'lexamoris', identify = ({ id }) => id } = options;
  const receiver = await startTestNode({
    settings: {
      node: { name },
      kafka: {
        mode: 'external',
        brokers: [...brokers],
        groupId: `group-${topic}`,
        topics: { inbound: topic },
      },
    },
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  receiver.node.pipeline.registerHandler('repository_event', (message, { kafka }) => {
    const id = String(identify({ ...message }));
    history.record({ kind: 'applied', receiver: name, id, position: kafka ?? null });
  });
  return receiver;
}
