import type { DeliveryPhase, Receipt } from '../../../../shared/feed.js';

/** The receipts by what is left to do about them; each group keeps the order given. */
export interface OutboxGroups {
  readonly failed: readonly Receipt[];
  readonly waiting: readonly Receipt[];
  readonly delivered: readonly Receipt[];
}

export function groupReceipts(receipts: readonly Receipt[]): OutboxGroups {
  const failed: Receipt[] = [];
  const waiting: Receipt[] = [];
  const delivered: Receipt[] = [];
  for (const receipt of receipts) {
    if (has(receipt, 'failed')) failed.push(receipt);
    else if (has(receipt, 'queued') || has(receipt, 'sending')) waiting.push(receipt);
    else delivered.push(receipt);
  }
  return { failed, waiting, delivered };
}

function has(receipt: Receipt, phase: DeliveryPhase): boolean {
  return receipt.deliveries.some((delivery) => delivery.phase === phase);
}
