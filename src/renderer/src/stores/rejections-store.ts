import { createStore, type StoreApi } from 'zustand/vanilla';
import type { FeedBatch, RejectedMessage } from '../../../shared/feed.js';
import type { FeedStart } from '../../../shared/ipc.js';
import { appendBounded } from './bounded-list.js';

export const rejectionsKept = 200;

export interface RejectionsState {
  /** Oldest first, at most {@link rejectionsKept}; the counts by reason are in the status. */
  readonly rejections: readonly RejectedMessage[];
  start(start: FeedStart): void;
  apply(batch: FeedBatch): void;
}

export type RejectionsStore = StoreApi<RejectionsState>;

export function createRejectionsStore(): RejectionsStore {
  return createStore<RejectionsState>()((set, get) => ({
    rejections: [],
    start: (start) => set({ rejections: appendBounded([], start.rejections, rejectionsKept) }),
    apply(batch) {
      if (batch.rejections === undefined) return;
      set({ rejections: appendBounded(get().rejections, batch.rejections, rejectionsKept) });
    },
  }));
}
