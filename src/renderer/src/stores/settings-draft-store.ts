import { createStore, type StoreApi } from 'zustand/vanilla';
import { type ErrorReport, toErrorReport } from '../../../shared/errors.js';
import type { SettingsStore } from './settings-store.js';
import type { ToastsStore } from './toasts-store.js';

/** What was typed into one setting and is not saved yet. */
export interface SettingDraft {
  /** As the control shows it; null: back to the default. */
  readonly text: string | null;
  /** What the control showed when the typing began: tells when the setting has changed elsewhere since. */
  readonly base: string;
}

/** One setting to save, and how to take it back; `null` leaves it to the default. */
export interface SettingChange {
  readonly path: string;
  readonly value: unknown;
  readonly previous: unknown;
}

export interface SettingsDraftState {
  /** By dot path; kept while other views show, and when saving fails. */
  readonly drafts: Readonly<Record<string, SettingDraft>>;
  /** Why main refused a draft, by dot path, as "expected ..." words; gone with the next edit. */
  readonly refusals: Readonly<Record<string, string>>;
  readonly saving: boolean;
  /** Why the last save failed as a whole. */
  readonly error: ErrorReport | null;
  /** @param base what the control showed before; remembered only with the first edit */
  edit(path: string, text: string | null, base: string): void;
  /** Forgets the drafts of these settings; without paths all of them. */
  discard(paths?: readonly string[]): void;
  /** All or nothing. Drafts that were edited while it saved stay. @returns whether it was saved; never rejects */
  save(changes: readonly SettingChange[]): Promise<boolean>;
}

export type SettingsDraftStore = StoreApi<SettingsDraftState>;

export function createSettingsDraftStore(settings: SettingsStore, toasts: ToastsStore): SettingsDraftStore {
  const undo = (changes: readonly SettingChange[]): void => {
    const previous = Object.fromEntries(changes.map((change) => [change.path, change.previous]));
    settings
      .getState()
      .update(previous)
      .then(
        ([problem]) => {
          if (problem === undefined) toasts.getState().show('success', 'Taken back');
          else toasts.getState().show('error', `${problem.path} was not taken back`);
        },
        (error: unknown) => toasts.getState().showError(error, 'It was not taken back'),
      );
  };

  return createStore<SettingsDraftState>()((set, get) => ({
    drafts: {},
    refusals: {},
    saving: false,
    error: null,
    edit(path, text, base) {
      const { drafts, refusals } = get();
      set({
        drafts: { ...drafts, [path]: { text, base: drafts[path]?.base ?? base } },
        refusals: without(refusals, [path]),
        error: null,
      });
    },
    discard(paths = Object.keys(get().drafts)) {
      set({
        drafts: without(get().drafts, paths),
        refusals: without(get().refusals, paths),
        error: null,
      });
    },
    async save(changes) {
      if (get().saving || changes.length === 0) return false;
      const saved = get().drafts;
      set({ saving: true, error: null, refusals: {} });
      try {
        const values = Object.fromEntries(changes.map((change) => [change.path, change.value]));
        const problems = await settings.getState().update(values);
        if (problems.length > 0) {
          const refusals = Object.fromEntries(problems.map((problem) => [problem.path, problem.allowed]));
          set({ saving: false, refusals });
          return false;
        }
        const { drafts } = get();
        const done = changes.map(({ path }) => path).filter((path) => drafts[path] === saved[path]);
        set({ saving: false, drafts: without(drafts, done) });
        const what = changes.length === 1 ? '1 setting saved' : `${changes.length} settings saved`;
        const action = { label: 'Undo', run: () => undo(changes) };
        toasts.getState().show('success', what, undefined, action);
        return true;
      } catch (error) {
        set({ saving: false, error: toErrorReport(error) });
        return false;
      }
    },
  }));
}

function without<Value>(
  record: Readonly<Record<string, Value>>,
  keys: readonly string[],
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}
