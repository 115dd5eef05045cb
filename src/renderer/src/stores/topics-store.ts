import { createStore, type StoreApi } from 'zustand/vanilla';
import { type ErrorReport, toErrorReport } from '../../../shared/errors.js';
import type { TopicView } from '../../../shared/feed.js';
import type { CommandParameters } from '../../../shared/ipc.js';
import type { ResonanceClient } from '../ipc/client.js';

export interface TopicsState {
  /** Null until the first answer. */
  readonly topics: readonly TopicView[] | null;
  readonly loading: boolean;
  readonly error: ErrorReport | null;
  readonly loadedAtMs: number | null;
  /** Asks the brokers again; a failure is kept in `error` and the last topics stay. */
  refresh(): Promise<void>;
  /** @throws {ResonanceError} */
  create(topic: CommandParameters<'topics.create'>): Promise<void>;
}

export type TopicsStore = StoreApi<TopicsState>;

export function createTopicsStore(client: ResonanceClient, wallMs: () => number): TopicsStore {
  return createStore<TopicsState>()((set, get) => ({
    topics: null,
    loading: false,
    error: null,
    loadedAtMs: null,
    async refresh() {
      if (get().loading) return;
      set({ loading: true });
      try {
        const topics = await client.call('topics.list');
        set({ topics, loading: false, error: null, loadedAtMs: wallMs() });
      } catch (error) {
        set({ loading: false, error: toErrorReport(error) });
      }
    },
    async create(topic) {
      await client.call('topics.create', topic);
      await get().refresh();
    },
  }));
}
