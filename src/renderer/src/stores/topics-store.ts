import { createStore, type StoreApi } from 'zustand/vanilla';
import { type ErrorReport, toErrorReport } from '../../../shared/errors.js';
import type { FeedBatch, TopicView } from '../../../shared/feed.js';
import type { CommandParameters } from '../../../shared/ipc.js';
import type { ResonanceClient } from '../ipc/client.js';

export interface TopicsState {
  /** Null until the first answer. */
  readonly topics: readonly TopicView[] | null;
  readonly loading: boolean;
  readonly error: ErrorReport | null;
  readonly loadedAtMs: number | null;
  /** Forgets what was read once another cluster is in use. */
  follow(batch: FeedBatch): void;
  /** Asks the brokers again; a failure is kept in `error` and the last topics stay. */
  refresh(): Promise<void>;
  /** @throws {ResonanceError} */
  create(topic: CommandParameters<'topics.create'>): Promise<void>;
}

export type TopicsStore = StoreApi<TopicsState>;

export function createTopicsStore(client: ResonanceClient, wallMs: () => number): TopicsStore {
  let profile: string | null = null;

  return createStore<TopicsState>()((set, get) => ({
    topics: null,
    loading: false,
    error: null,
    loadedAtMs: null,
    follow({ status }) {
      if (status === undefined) return;
      if (profile !== null && status.profile.name !== profile)
        set({ topics: null, loading: false, error: null, loadedAtMs: null });
      profile = status.profile.name;
    },
    async refresh() {
      if (get().loading) return;
      set({ loading: true });
      const asked = profile;
      try {
        const topics = await client.call('topics.list');
        if (profile !== asked) return;
        set({ topics, loading: false, error: null, loadedAtMs: wallMs() });
      } catch (error) {
        if (profile === asked) set({ loading: false, error: toErrorReport(error) });
      }
    },
    async create(topic) {
      await client.call('topics.create', topic);
      await get().refresh();
    },
  }));
}
