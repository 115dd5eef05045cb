import { createResonanceNode } from '../pipeline/create-resonance-node.js';
import { type Command, loadSettings, parseOptions } from './command-context.js';
import { interrupted } from './interruption.js';

/** `resonance start`: the node without a window, until it is interrupted. */
export const runStart: Command = async (context) => {
  parseOptions(context, {});
  await loadSettings(context);
  const node = createResonanceNode({
    settings: context.settings,
    secrets: context.secrets,
    dataDirectory: context.dataDirectory,
    clock: context.clock,
    logSinks: [context.logSink],
  });
  try {
    await node.start();
    const { nodeName, websocket, kafka } = node.status();
    const ready = {
      event: 'ready',
      node: nodeName,
      websocket: websocket.url,
      kafka: { mode: kafka.mode, brokers: kafka.brokers },
    };
    context.print(
      context.json
        ? JSON.stringify(ready)
        : `${nodeName} is ready: WebSocket ${websocket.url ?? 'does not listen'}, Kafka ${kafka.mode} at ${kafka.brokers.join(', ')}`,
    );
    await interrupted(context.signal);
    return 0;
  } finally {
    await node.stop();
  }
};
