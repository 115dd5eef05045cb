import { createStore, type StoreApi } from 'zustand/vanilla';
import { type ErrorReport, toErrorReport } from '../../../shared/errors.js';
import { emptyMessageFilter, type MessageRow } from '../../../shared/feed.js';
import type { ResonanceClient } from '../ipc/client.js';

/** Last messages shown of a node. */
export const nodeMessagesShown = 30;

/** The node that is looked at, and its last messages. */
export interface NodeDetailState {
  /** Null until one is chosen. */
  readonly selected: string | null;
  readonly muteHeartbeats: boolean;
  /** Newest first, at most {@link nodeMessagesShown}; null until they are loaded. */
  readonly rows: readonly MessageRow[] | null;
  readonly error: ErrorReport | null;
  select(node: string): void;
  setMuteHeartbeats(mute: boolean): void;
  /** Asks for the last messages of this node; what belongs to another node or filter by then is dropped. */
  refresh(node: string): Promise<void>;
}

export type NodeDetailStore = StoreApi<NodeDetailState>;

export function createNodeDetailStore(client: ResonanceClient): NodeDetailStore {
  return createStore<NodeDetailState>()((set, get) => {
    let generation = 0;
    return {
      selected: null,
      muteHeartbeats: true,
      rows: null,
      error: null,
      select(node) {
        if (node === get().selected) return;
        generation += 1;
        set({ selected: node, rows: null, error: null });
      },
      setMuteHeartbeats(muteHeartbeats) {
        generation += 1;
        set({ muteHeartbeats });
      },
      async refresh(node) {
        const asked = generation;
        try {
          const page = await client.call('messages.page', {
            filter: { ...emptyMessageFilter, nodes: [node], muteHeartbeats: get().muteHeartbeats },
            before: null,
            after: null,
            limit: nodeMessagesShown,
          });
          if (asked === generation) set({ rows: [...page.rows].reverse(), error: null });
        } catch (error) {
          if (asked === generation) set({ error: toErrorReport(error) });
        }
      },
    };
  });
}
