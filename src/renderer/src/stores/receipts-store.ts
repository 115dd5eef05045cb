import { createStore, type StoreApi } from 'zustand/vanilla';
import type { FeedBatch, Receipt } from '../../../shared/feed.js';
import type { ComposeRequest, FeedStart } from '../../../shared/ipc.js';
import type { ResonanceClient } from '../ipc/client.js';

export const receiptsKept = 100;

/** An operator's message and what became of it. */
export interface Sent {
  readonly receipt: Receipt;
  /** What was asked for; null for messages of before this window was loaded. */
  readonly request: ComposeRequest | null;
}

export interface ReceiptsState {
  /** Newest first, at most {@link receiptsKept}. */
  readonly sent: readonly Sent[];
  start(start: FeedStart): void;
  apply(batch: FeedBatch): void;
  /** Resolves to the first receipt; later states come with the feed. @throws {ResonanceError} */
  send(request: ComposeRequest): Promise<Receipt>;
  /** Tries a failed message again. @throws {ResonanceError} */
  retry(id: string): Promise<void>;
  /** The message of an entry of the outbox as JSON; null once it is delivered or discarded. @throws {ResonanceError} */
  textOf(id: string): Promise<string | null>;
  /** Forgets a failed message. @throws {ResonanceError} */
  discard(id: string): Promise<void>;
  /** Takes that back: the message waits among the dead letters. @throws {ResonanceError} */
  restore(id: string): Promise<void>;
}

export type ReceiptsStore = StoreApi<ReceiptsState>;

export function createReceiptsStore(client: ResonanceClient): ReceiptsStore {
  let profile: string | null = null;
  return createStore<ReceiptsState>()((set, get) => ({
    sent: [],
    start: (start) => set({ sent: merge(get().sent, start.receipts) }),
    apply(batch) {
      const { receipts, status } = batch;
      // Each profile has an outbox of its own, which tells what is in it when it is opened.
      const isOther = status !== undefined && profile !== null && status.profile.name !== profile;
      profile = status?.profile.name ?? profile;
      if (receipts === undefined && !isOther) return;
      set({ sent: merge(isOther ? [] : get().sent, receipts ?? []) });
    },
    async send(request) {
      const receipt = await client.call('compose.send', request);
      // The feed may have brought a newer state of it already: the answer only adds what is not known.
      const known = get().sent.find((sent) => sent.receipt.id === receipt.id);
      const merged = known === undefined ? merge(get().sent, [receipt]) : get().sent;
      set({ sent: merged.map((sent) => (sent.receipt.id === receipt.id ? { ...sent, request } : sent)) });
      return known?.receipt ?? receipt;
    },
    async retry(id) {
      await client.call('outbox.retry', id);
    },
    textOf: (id) => client.call('outbox.text', id),
    async discard(id) {
      await client.call('outbox.discard', id);
      set({ sent: get().sent.filter((sent) => sent.receipt.id !== id) });
    },
    async restore(id) {
      await client.call('deadLetters.restore', id);
    },
  }));
}

function merge(sent: readonly Sent[], receipts: readonly Receipt[]): readonly Sent[] {
  const byId = new Map(sent.map((entry) => [entry.receipt.id, entry]));
  for (const receipt of receipts) {
    if (receipt.isWithdrawn === true) byId.delete(receipt.id);
    else byId.set(receipt.id, { receipt, request: byId.get(receipt.id)?.request ?? null });
  }
  return [...byId.values()].sort((a, b) => b.receipt.atMs - a.receipt.atMs).slice(0, receiptsKept);
}
