import { createStore, type StoreApi } from 'zustand/vanilla';
import { type ErrorReport, toErrorReport } from '../../../shared/errors.js';
import type { Alert, FeedBatch, NodeStatus } from '../../../shared/feed.js';
import type { AppInfo } from '../../../shared/ipc.js';

export interface StatusState {
  /** The node as a whole; null until the first batch. */
  readonly status: NodeStatus | null;
  readonly alerts: readonly Alert[];
  readonly app: AppInfo | null;
  /** Why the window shows nothing, or nothing new. */
  readonly feedError: ErrorReport | null;
  apply(batch: FeedBatch): void;
  setApp(app: AppInfo): void;
  setFeedError(error: unknown): void;
}

export type StatusStore = StoreApi<StatusState>;

export function createStatusStore(): StatusStore {
  return createStore<StatusState>()((set, get) => ({
    status: null,
    alerts: [],
    app: null,
    feedError: null,
    apply(batch) {
      const { status, alerts, feedError } = get();
      if (batch.status === undefined && batch.alerts === undefined && feedError === null) return;
      set({ status: batch.status ?? status, alerts: batch.alerts ?? alerts, feedError: null });
    },
    setApp: (app) => set({ app }),
    setFeedError: (error) => set({ feedError: toErrorReport(error) }),
  }));
}
