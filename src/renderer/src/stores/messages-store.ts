import { createStore, type StoreApi } from 'zustand/vanilla';
import { type ErrorReport, toErrorReport } from '../../../shared/errors.js';
import {
  emptyMessageFilter,
  type FeedBatch,
  type MessageDetail,
  type MessageFilter,
  type MessageRow,
} from '../../../shared/feed.js';
import type { ResonanceClient } from '../ipc/client.js';

/** Rows held by the window; the rest of the history is in main. */
export const rowsKept = 2_000;
/** Rows that are left when following makes room: in one go, because it moves every row that is in sight. */
const rowsLeft = 1_500;
/** Rows asked for at once. */
export const rowsPerPage = 300;

/**
 * How the table follows the stream. `following`: new rows appear at its end. `detached` (scrolled up, or a row was
 * picked) and `paused` (asked for): what is shown stays as it is and new rows are only counted.
 */
export type FollowMode = 'following' | 'detached' | 'paused';

export interface MessagesState {
  readonly filter: MessageFilter;
  readonly mode: FollowMode;
  /** Oldest first, rising sequence, at most {@link rowsKept}. */
  readonly rows: readonly MessageRow[];
  readonly hasOlder: boolean;
  /** Matching messages that came since following stopped. */
  readonly arrived: number;
  /** Matching messages that the live sample left out of the rows shown; the history has them. */
  readonly omitted: number;
  readonly loading: boolean;
  readonly error: ErrorReport | null;
  /** Sequence of the selected row; new rows, filters and scrolling never change it. */
  readonly selected: number | null;
  readonly detail: MessageDetail | null;
  readonly detailError: ErrorReport | null;
  /** The selected row's detail is on its way; until it comes, the former one stays. */
  readonly detailLoading: boolean;
  apply(batch: FeedBatch): void;
  /** Loads the newest rows that match, for the first time or with another filter. */
  setFilter(filter: MessageFilter): Promise<void>;
  loadOlder(): Promise<void>;
  /** Towards the present while detached; follows again once nothing newer is left. */
  loadNewer(): Promise<void>;
  detach(): void;
  /** Jumps to the newest rows and follows. */
  follow(): Promise<void>;
  togglePause(): Promise<void>;
  select(sequence: number | null): Promise<void>;
  /** The cluster goes by another name from now on. */
  renameProfile(from: string, to: string): void;
  /** Selects the row so many places further down (negative: up). */
  moveSelection(by: number): Promise<void>;
}

export type MessagesStore = StoreApi<MessagesState>;

export function createMessagesStore(client: ResonanceClient): MessagesStore {
  return createStore<MessagesState>()((set, get) => {
    /** Answers of questions that were superseded are dropped. */
    let generation = 0;
    /** False until main filters as the window does: rows of before are of another filter. */
    let filterIsSet = false;

    const loadNewest = async (): Promise<void> => {
      generation += 1;
      const asked = generation;
      set({ loading: true });
      try {
        const page = await client.call('messages.page', {
          filter: get().filter,
          before: null,
          after: null,
          limit: rowsPerPage,
        });
        if (asked !== generation) return;
        // Rows may have come with the feed while the page was on its way.
        const newest = page.rows.at(-1)?.sequence ?? 0;
        const later = filterIsSet ? get().rows.filter((row) => row.sequence > newest) : [];
        set({
          rows: [...page.rows, ...later],
          hasOlder: page.hasOlder,
          arrived: 0,
          omitted: 0,
          loading: false,
          error: null,
        });
      } catch (error) {
        if (asked === generation) set({ loading: false, error: toErrorReport(error) });
      }
    };

    return {
      filter: emptyMessageFilter,
      mode: 'following',
      rows: [],
      hasOlder: false,
      arrived: 0,
      omitted: 0,
      loading: false,
      error: null,
      selected: null,
      detail: null,
      detailError: null,
      detailLoading: false,

      apply(batch) {
        const added = batch.rows ?? [];
        const left = batch.rowsOmitted ?? 0;
        if (!filterIsSet || (added.length === 0 && left === 0)) return;
        const { mode, rows, arrived, omitted, hasOlder } = get();
        if (mode !== 'following') {
          set({ arrived: arrived + added.length + left });
          return;
        }
        const newest = rows.at(-1)?.sequence ?? 0;
        const all = [...rows, ...added.filter((row) => row.sequence > newest)];
        set({
          rows: all.length > rowsKept ? all.slice(-rowsLeft) : all,
          hasOlder: hasOlder || all.length > rowsKept,
          omitted: omitted + left,
        });
      },

      async setFilter(filter) {
        generation += 1;
        const asked = generation;
        filterIsSet = false;
        set({
          filter,
          // Other rows are shown now, so there is nothing left to hold still; a pause was asked for and stays.
          mode: get().mode === 'paused' ? 'paused' : 'following',
          rows: [],
          hasOlder: false,
          arrived: 0,
          omitted: 0,
          loading: true,
          error: null,
        });
        try {
          await client.call('messages.setFilter', filter);
        } catch (error) {
          if (asked === generation) set({ loading: false, error: toErrorReport(error) });
          return;
        }
        if (asked !== generation) return;
        filterIsSet = true;
        await loadNewest();
      },

      async loadOlder() {
        const { rows, hasOlder, loading, filter } = get();
        const oldest = rows[0];
        if (!hasOlder || loading || oldest === undefined) return;
        const asked = generation;
        set({ loading: true, mode: get().mode === 'paused' ? 'paused' : 'detached' });
        try {
          const page = await client.call('messages.page', {
            filter,
            before: oldest.sequence,
            after: null,
            limit: rowsPerPage,
          });
          if (asked !== generation) return;
          set({
            rows: [...page.rows, ...get().rows].slice(0, rowsKept),
            hasOlder: page.hasOlder,
            loading: false,
            error: null,
          });
        } catch (error) {
          if (asked === generation) set({ loading: false, error: toErrorReport(error) });
        }
      },

      async loadNewer() {
        const { rows, loading, filter, mode } = get();
        const newest = rows.at(-1);
        if (mode === 'following' || loading || newest === undefined) return;
        const asked = generation;
        set({ loading: true });
        try {
          const page = await client.call('messages.page', {
            filter,
            before: null,
            after: newest.sequence,
            limit: rowsPerPage,
          });
          if (asked !== generation) return;
          const all = [...get().rows, ...page.rows];
          const caughtUp = !page.hasNewer;
          set({
            rows: all.slice(-rowsKept),
            hasOlder: get().hasOlder || all.length > rowsKept,
            arrived: caughtUp ? 0 : Math.max(0, get().arrived - page.rows.length),
            mode: caughtUp && get().mode === 'detached' ? 'following' : get().mode,
            loading: false,
            error: null,
          });
        } catch (error) {
          if (asked === generation) set({ loading: false, error: toErrorReport(error) });
        }
      },

      detach() {
        if (get().mode === 'following') set({ mode: 'detached' });
      },

      async follow() {
        const caughtUp = get().arrived === 0 && get().mode !== 'following';
        set({ mode: 'following' });
        if (!caughtUp) await loadNewest();
      },

      async togglePause() {
        if (get().mode === 'paused') await get().follow();
        else set({ mode: 'paused' });
      },

      async select(sequence) {
        if (sequence === get().selected) return;
        const isNone = sequence === null;
        set({
          selected: sequence,
          detailError: null,
          detailLoading: !isNone,
          ...(isNone ? { detail: null } : {}),
        });
        if (isNone) return;
        get().detach();
        try {
          const detail = await client.call('messages.detail', sequence);
          if (get().selected === sequence) set({ detail, detailLoading: false });
        } catch (error) {
          if (get().selected === sequence) {
            set({ detail: null, detailError: toErrorReport(error), detailLoading: false });
          }
        }
      },

      renameProfile(from, to) {
        const renamed = (row: MessageRow): MessageRow =>
          row.profile === from ? { ...row, profile: to } : row;
        const { rows, detail, filter } = get();
        set({
          rows: rows.map(renamed),
          detail: detail === null ? null : { ...detail, row: renamed(detail.row) },
        });
        if (!filter.profiles.includes(from)) return;
        void get().setFilter({
          ...filter,
          profiles: filter.profiles.map((name) => (name === from ? to : name)),
        });
      },

      async moveSelection(by) {
        const { rows, selected } = get();
        if (rows.length === 0) return;
        const index = selected === null ? -1 : rows.findIndex((row) => row.sequence === selected);
        const start = index >= 0 ? index + by : rows.length - 1;
        const target = rows[Math.min(rows.length - 1, Math.max(0, start))];
        if (target !== undefined) await get().select(target.sequence);
      },
    };
  });
}
