import { createStore, type StoreApi } from 'zustand/vanilla';
import type { FeedBatch, LogLine } from '../../../shared/feed.js';
import type { FeedStart } from '../../../shared/ipc.js';
import type { LogLevel } from '../../../shared/logger.js';
import type { ResonanceClient } from '../ipc/client.js';
import { appendBounded } from './bounded-list.js';

export const logLinesKept = 1_000;

export interface LogsState {
  /** Oldest first, at most {@link logLinesKept}. */
  readonly lines: readonly LogLine[];
  /** Chosen for this run; null while the settings' level holds. */
  readonly level: LogLevel | null;
  start(start: FeedStart): void;
  apply(batch: FeedBatch): void;
  /** How much the app says about itself from now on. @throws {ResonanceError} */
  setLevel(level: LogLevel): Promise<void>;
  /** The settings changed: main follows their level again. */
  forgetLevel(): void;
}

export type LogsStore = StoreApi<LogsState>;

export function createLogsStore(client: ResonanceClient): LogsStore {
  return createStore<LogsState>()((set, get) => ({
    lines: [],
    level: null,
    start: (start) => set({ lines: appendBounded([], start.logs, logLinesKept) }),
    apply(batch) {
      if (batch.logs === undefined) return;
      set({ lines: appendBounded(get().lines, batch.logs, logLinesKept) });
    },
    async setLevel(level) {
      await client.call('logs.setLevel', level);
      set({ level });
    },
    forgetLevel() {
      if (get().level !== null) set({ level: null });
    },
  }));
}
