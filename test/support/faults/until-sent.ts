import type { NodeProcess } from './node-process.js';

const askAgainMs = 100;

/** Resolves once nothing is on its way in the node's outbox any more, with how many of its messages have failed. */
export async function untilSent(node: NodeProcess): Promise<{ readonly failed: number }> {
  for (;;) {
    const { status } = (await node.execute('feed.start', undefined)).batch;
    if (status !== undefined && status.outbox.queued + status.outbox.inFlight === 0) return status.outbox;
    await new Promise((resolve) => setTimeout(resolve, askAgainMs));
  }
}
