import type { Receipt } from '../../shared/feed.js';

/** Delivered messages whose receipts are remembered. */
export const receiptsKept = 200;

/** Tells what becomes of messages: to whoever watches, and once to whoever waits for one to be settled. */
export class ReceiptBoard {
  readonly #onReceipt: (receipt: Receipt) => void;
  readonly #delivered = new Map<string, Receipt>();
  readonly #waiting = new Map<string, ((receipt: Receipt) => void)[]>();

  constructor(onReceipt: (receipt: Receipt) => void) {
    this.#onReceipt = onReceipt;
  }

  /** Of the messages that were delivered lately, oldest first. */
  get delivered(): Receipt[] {
    return [...this.#delivered.values()];
  }

  find(id: string): Receipt | undefined {
    return this.#delivered.get(id);
  }

  tell(receipt: Receipt): void {
    this.#onReceipt(receipt);
    if (!isSettled(receipt)) return;
    for (const resolve of this.#waiting.get(receipt.id) ?? []) resolve(receipt);
    this.#waiting.delete(receipt.id);
  }

  /** Keeps the receipt of a message that is delivered and leaves the outbox. */
  remember(receipt: Receipt): void {
    this.#delivered.set(receipt.id, receipt);
    const oldest = this.#delivered.keys().next().value;
    if (this.#delivered.size > receiptsKept && oldest !== undefined) this.#delivered.delete(oldest);
  }

  /** @param receipt as it is now */
  settled(receipt: Receipt): Promise<Receipt> {
    if (isSettled(receipt)) return Promise.resolve(receipt);
    return new Promise((resolve) => {
      this.#waiting.set(receipt.id, [...(this.#waiting.get(receipt.id) ?? []), resolve]);
    });
  }
}

function isSettled({ deliveries, isWithdrawn }: Receipt): boolean {
  const isOver = deliveries.every(({ phase }) => phase === 'delivered' || phase === 'failed');
  return isOver || isWithdrawn === true;
}
