import { describe, it } from 'vitest';
import type { LinkFault } from '../../support/fault-proxy.js';
import { expectWithinBounds } from '../../support/faults/expect-row.js';
import { runWebSocketLinkRow } from '../../support/faults/rows/websocket-link-row.js';

const lost = {
  'black-holed': 'blackhole',
  'black-holed, what was sent meanwhile delivered late': 'stall',
  reset: 'reset',
  'half-open': 'half-open',
  'trickled at 1 B/s': 'trickle',
} as const satisfies Record<string, LinkFault>;

describe('a WebSocket link to a peer under load', () => {
  for (const [name, fault] of Object.entries(lost)) {
    it.concurrent(`${name}: noticed within 10 s, back within 5 s of healing, nothing lost or doubled`, async () => {
      expectWithinBounds(await runWebSocketLinkRow({ fault, holdMs: 0 }));
    }, 120_000);
  }

  it.concurrent('late by 500 ms each way: not called down, and messages keep coming', async () => {
    expectWithinBounds(await runWebSocketLinkRow({ fault: 'delay', holdMs: 10_000 }));
  }, 120_000);
});
