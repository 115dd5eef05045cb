import { expect, test } from 'vitest';
import { placeWords, resendWords } from '../../../../src/renderer/src/views/Delivery/letter-words.js';
import { groupReceipts } from '../../../../src/renderer/src/views/Delivery/outbox-groups.js';
import type { DeliveryPhase, Receipt } from '../../../../src/shared/feed.js';

test('a message is failed as soon as one way failed, and waits as long as one way is open', () => {
  const receipt = (...phases: readonly DeliveryPhase[]): Receipt => ({
    id: phases.join(),
    type: 'heartbeat',
    atMs: 0,
    target: null,
    deliveries: phases.map((phase) => ({ via: 'kafka', destination: 'a', phase, attempts: 1 })),
  });
  const groups = groupReceipts([
    receipt('delivered', 'failed'),
    receipt('delivered', 'queued'),
    receipt('sending'),
    receipt('delivered'),
    receipt(),
  ]);
  expect(groups.failed.map(({ id }) => id)).toEqual(['delivered,failed']);
  expect(groups.waiting.map(({ id }) => id)).toEqual(['delivered,queued', 'sending']);
  expect(groups.delivered.map(({ id }) => id)).toEqual(['delivered', '']);
});

test('the words for a dead letter tell a message that came from one that was to go', () => {
  const received = { direction: 'in', transport: 'kafka', origin: 'resonance.inbound/0@7' } as const;
  const sent = { direction: 'out', transport: 'websocket', origin: 'nexus' } as const;
  expect(placeWords(received)).toBe('from Kafka resonance.inbound/0@7');
  expect(placeWords(sent)).toBe('to WebSocket nexus');
  expect(resendWords(received).effect).toContain('handlers');
  expect(resendWords(sent).effect).toContain('new id');
});
