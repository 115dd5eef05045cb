import { createStore, type StoreApi } from 'zustand/vanilla';
import type { DeadLetterList, DeadLetterView } from '../../../shared/dead-letter.js';
import { type ErrorReport, toErrorReport } from '../../../shared/errors.js';
import type { FeedBatch, NodeStatus } from '../../../shared/feed.js';
import type { ResonanceClient } from '../ipc/client.js';
import type { ToastsStore } from './toasts-store.js';

/** The list reads a topic: after news it is fetched anew at most so often. */
const refreshIntervalMs = 2_000;

export interface DeadLettersState {
  /** Null until it was read. */
  readonly list: DeadLetterList | null;
  readonly loading: boolean;
  /** Why nothing could be read at all. */
  readonly error: ErrorReport | null;
  /** The letter that is looked at. */
  readonly selected: string | null;
  /** Letters chosen for an action on many. */
  readonly checked: ReadonlySet<string>;
  /** By letter: the message as the operator is changing it. Kept while other letters and views show. */
  readonly drafts: ReadonlyMap<string, string>;
  /** Letters under way of being settled. */
  readonly busy: ReadonlySet<string>;
  apply(batch: FeedBatch): void;
  refresh(): Promise<void>;
  select(id: string | null): void;
  check(ids: readonly string[], checked: boolean): void;
  /** Null drops the change. */
  edit(id: string, text: string | null): void;
  /** Sends one again as its draft says, or as it was. */
  resend(id: string): Promise<void>;
  /** Sends several again as they were. */
  resendAll(ids: readonly string[]): Promise<void>;
  /** Offers to take it back. */
  discard(ids: readonly string[]): Promise<void>;
}

export type DeadLettersStore = StoreApi<DeadLettersState>;

/** Outcomes are toasts, so that no command rejects. */
export function createDeadLettersStore(client: ResonanceClient, toasts: ToastsStore): DeadLettersStore {
  let known = '';
  let profile: string | null = null;
  let hasNews = false;
  let fetchedAtMs = Number.NEGATIVE_INFINITY;

  return createStore<DeadLettersState>()((set, get) => {
    /** Does it with each letter; one that fails stays, and does not keep the others from it. */
    const settle = async (
      ids: readonly string[],
      act: (id: string) => Promise<unknown>,
      failed: string,
    ): Promise<string[]> => {
      const settled: string[] = [];
      const errors: unknown[] = [];
      set({ busy: new Set([...get().busy, ...ids]) });
      for (const id of ids) {
        try {
          await act(id);
          settled.push(id);
          set(without(get(), id));
        } catch (error) {
          errors.push(error);
          set({ busy: withoutKey(get().busy, id) });
        }
      }
      if (errors.length > 0) {
        const what = ids.length === 1 ? failed : `${failed}: ${errors.length} of ${ids.length}`;
        toasts.getState().showError(errors[0], what);
      }
      return settled;
    };

    const restore = async (ids: readonly string[]): Promise<void> => {
      try {
        for (const id of ids) await client.call('deadLetters.restore', id);
      } catch (error) {
        toasts.getState().showError(error, 'The discard was not taken back');
      }
      await get().refresh();
    };

    const resendEach = async (ids: readonly string[], text: string | null): Promise<void> => {
      const resent = await settle(
        ids,
        (id) => client.call('deadLetters.resend', { id, text }),
        'Not sent again',
      );
      if (resent.length > 0)
        toasts
          .getState()
          .show('success', `${countOf(resent)} on ${resent.length === 1 ? 'its' : 'their'} way again`);
    };

    return {
      list: null,
      loading: false,
      error: null,
      selected: null,
      checked: new Set(),
      drafts: new Map(),
      busy: new Set(),
      apply({ status, atMs }) {
        if (status !== undefined) {
          if (profile !== null && status.profile.name !== profile) {
            // Another cluster's: what was read before is not there, and cannot be settled there.
            set({ list: null, error: null, selected: null, checked: new Set(), drafts: new Map() });
          }
          profile = status.profile.name;
          const now = newsOf(status);
          hasNews ||= now !== known && now !== null;
          known = now ?? known;
        }
        if (!hasNews || get().loading || atMs - fetchedAtMs < refreshIntervalMs) return;
        fetchedAtMs = atMs;
        void get().refresh();
      },
      async refresh() {
        if (get().loading) {
          hasNews = true;
          return;
        }
        hasNews = false;
        set({ loading: true });
        const asked = profile;
        try {
          const read = await client.call('deadLetters.list');
          if (profile !== asked) {
            hasNews = true;
            set({ loading: false });
            return;
          }
          const list = joined(get().list, read);
          const ids = new Set(list.letters.map(({ id }) => id));
          const { selected, checked, drafts } = get();
          set({
            list,
            loading: false,
            error: null,
            selected: selected !== null && ids.has(selected) ? selected : null,
            checked: new Set([...checked].filter((id) => ids.has(id))),
            drafts: new Map([...drafts].filter(([id]) => ids.has(id))),
          });
        } catch (error) {
          set({ loading: false, error: toErrorReport(error) });
        }
      },
      select: (selected) => set({ selected }),
      check(ids, isChecked) {
        const checked = new Set(get().checked);
        for (const id of ids) {
          if (isChecked) checked.add(id);
          else checked.delete(id);
        }
        set({ checked });
      },
      edit(id, text) {
        const drafts = new Map(get().drafts);
        if (text === null) drafts.delete(id);
        else drafts.set(id, text);
        set({ drafts });
      },
      resend: (id) => resendEach([id], get().drafts.get(id) ?? null),
      resendAll: (ids) => resendEach(ids, null),
      async discard(ids) {
        const discarded = await settle(ids, (id) => client.call('deadLetters.discard', id), 'Not discarded');
        if (discarded.length === 0) return;
        toasts.getState().show('info', `${countOf(discarded)} discarded`, undefined, {
          label: 'Undo',
          run: () => void restore(discarded),
        });
      },
    };
  });
}

/** What changes whenever the list may have; null while there is nobody to ask. */
function newsOf({ phase, deadLetters, outbox, kafka, profile }: NodeStatus): string | null {
  if (phase !== 'running') return null;
  const isReadable = kafka.producer.phase === 'open' || kafka.consumer.link.phase === 'open';
  if (!isReadable && deadLetters.waiting === 0) return null;
  return `${profile.name} ${isReadable} ${deadLetters.total} ${deadLetters.waiting} ${outbox.failed}`;
}

/** What was read before stays while the topic cannot be read. */
function joined(before: DeadLetterList | null, list: DeadLetterList): DeadLetterList {
  if (before === null || list.unread === null) return list;
  const byId = new Map([...before.letters, ...list.letters].map((letter) => [letter.id, letter]));
  return { ...list, letters: [...byId.values()].sort((a, b) => (a.id < b.id ? 1 : -1)) };
}

function without(state: DeadLettersState, id: string): Partial<DeadLettersState> {
  const letters = state.list?.letters ?? [];
  const index = letters.findIndex((letter) => letter.id === id);
  const rest = letters.filter((letter) => letter.id !== id);
  return {
    list: state.list === null ? null : { ...state.list, letters: rest },
    selected: state.selected === id ? (neighbour(rest, index)?.id ?? null) : state.selected,
    checked: withoutKey(state.checked, id),
    busy: withoutKey(state.busy, id),
    drafts: new Map([...state.drafts].filter(([key]) => key !== id)),
  };
}

/** The one that takes the place of the one that went. */
function neighbour(letters: readonly DeadLetterView[], index: number): DeadLetterView | undefined {
  return letters[Math.min(index, letters.length - 1)];
}

function withoutKey(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  return new Set([...keys].filter((candidate) => candidate !== key));
}

function countOf(ids: readonly string[]): string {
  return ids.length === 1 ? 'The message is' : `${ids.length} messages are`;
}
