import { createStore, type StoreApi } from 'zustand/vanilla';
import { type ErrorReport, toErrorReport } from '../../../shared/errors.js';
import type { FeedBatch, SeriesWindow, SeriesWindowMs } from '../../../shared/feed.js';
import type { ResonanceClient } from '../ipc/client.js';
import { appendSeconds, emptySeriesWindow } from './series-window.js';

export interface SeriesState {
  readonly windowMs: SeriesWindowMs;
  readonly series: SeriesWindow;
  readonly loading: boolean;
  readonly error: ErrorReport | null;
  apply(batch: FeedBatch): void;
  /** Shows another span of time. */
  setWindow(windowMs: SeriesWindowMs): Promise<void>;
}

export type SeriesStore = StoreApi<SeriesState>;

export function createSeriesStore(client: ResonanceClient, wallMs: () => number): SeriesStore {
  // The shortest: right after the start a longer one would be nearly empty.
  const initialWindowMs: SeriesWindowMs = 60_000;
  return createStore<SeriesState>()((set, get) => ({
    windowMs: initialWindowMs,
    series: emptySeriesWindow(initialWindowMs, wallMs()),
    loading: false,
    error: null,
    apply(batch) {
      if (batch.series === undefined || batch.series.length === 0) return;
      set({ series: appendSeconds(get().series, batch.series) });
    },
    async setWindow(windowMs) {
      set({ windowMs, loading: true });
      try {
        const series = await client.call('series.window', windowMs);
        // Another window may have been chosen while this one was fetched.
        if (get().windowMs === windowMs) set({ series, loading: false, error: null });
      } catch (error) {
        if (get().windowMs === windowMs) {
          set({ series: emptySeriesWindow(windowMs, wallMs()), loading: false, error: toErrorReport(error) });
        }
      }
    },
  }));
}
