import { Waiter } from '../../waiter.js';
import { startClient, type TestClient } from '../../websocket/test-client.js';
import { startServer } from '../../websocket/test-server.js';
import type { RowResult } from '../row.js';

export interface PeersRowOptions {
  readonly peers: number;
  /** How long their server is away: a few attempts of everybody. */
  readonly awayMs: number;
  /** What draws their pauses. */
  readonly random: () => number;
}

const backWithinMs = 30_000;
const windowMs = 50;
/** Of a hundred. Drawn, about 40 are due in the densest window of the first 250 ms; in step there would be 100. */
const mostInWindow = 60;

/** Many peers lose their server at once, and it comes back on the same port. */
export async function runPeersRow({ peers, awayMs, random }: PeersRowOptions): Promise<RowResult> {
  const waiter = new Waiter();
  const attemptsMs: number[] = [];
  const open = new Set<string>();
  let server = await startServer();
  const clients = Array.from({ length: peers }, (_, index): TestClient => {
    const name = `peer-${index}`;
    return startClient(server.url, {
      name: 'resonance',
      identity: { name, anchor: 'BOLZANO_71' },
      random,
      onLinkChange: ({ phase, nextAttemptAtMs }) => {
        // When it is due: that a busy machine is late with many of them at once is no fault of theirs.
        if (nextAttemptAtMs !== null) attemptsMs.push(nextAttemptAtMs);
        if (phase === 'open') open.add(name);
        else open.delete(name);
        waiter.check();
      },
    });
  });
  try {
    await waiter.until(() => open.size === peers);
    attemptsMs.length = 0;
    await server.server.close({ deadlineMs: 0 });
    await new Promise((resolve) => setTimeout(resolve, awayMs));
    server = await startServer({ port: server.port });
    const startedAtMs = performance.now();
    await waiter.until(() => open.size >= peers * 0.9);
    const measured = performance.now() - startedAtMs;
    return {
      measurements: [
        { what: '90 % of the peers are back', unit: 'ms', measured, bound: backWithinMs },
        {
          what: `attempts within the densest ${windowMs} ms, of a hundred peers`,
          unit: 'times',
          measured: (densest(attemptsMs) * 100) / peers,
          bound: mostInWindow,
        },
      ],
      anomalies: [],
    };
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    await server.close();
  }
}

/** The most of these times that lie within one window. */
function densest(timesMs: readonly number[]): number {
  const sorted = [...timesMs].sort((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [index, timeMs] of sorted.entries()) {
    while (timeMs - (sorted[first] ?? 0) > windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
