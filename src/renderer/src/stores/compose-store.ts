import { createStore, type StoreApi } from 'zustand/vanilla';
import { type ErrorReport, toErrorReport } from '../../../shared/errors.js';
import type { ComposeRequest } from '../../../shared/ipc.js';
import { type Draft, formatJson, starterFields } from './compose-draft.js';
import type { ReceiptsStore } from './receipts-store.js';

export interface ComposeState {
  /** Kept while the dialog is closed and after sending. */
  readonly draft: Draft;
  readonly sending: boolean;
  /** Id of the last receipt; its state is in the receipts store. */
  readonly lastReceiptId: string | null;
  /** Why the last send was not taken at all. */
  readonly error: ErrorReport | null;
  edit(change: Partial<Draft>): void;
  /** Puts an earlier message back into the draft. */
  reuse(request: ComposeRequest): void;
  send(request: ComposeRequest): Promise<void>;
}

export type ComposeStore = StoreApi<ComposeState>;

export function createComposeStore(receipts: ReceiptsStore): ComposeStore {
  return createStore<ComposeState>()((set, get) => ({
    draft: {
      text: formatJson({ type: 'state_update', ...starterFields('state_update', null) }),
      target: null,
      via: 'both',
    },
    sending: false,
    lastReceiptId: null,
    error: null,
    edit: (change) => set({ draft: { ...get().draft, ...change }, error: null }),
    reuse: ({ type, fields, target, via }) =>
      set({ draft: { text: formatJson({ type, ...fields }), target, via }, error: null }),
    async send(request) {
      if (get().sending) return;
      set({ sending: true, error: null });
      try {
        const receipt = await receipts.getState().send(request);
        set({ sending: false, lastReceiptId: receipt.id });
      } catch (error) {
        set({ sending: false, lastReceiptId: null, error: toErrorReport(error) });
      }
    },
  }));
}
