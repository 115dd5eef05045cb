import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Config, ConfigProblem } from '../../../shared/config.js';
import { type ErrorReport, toErrorReport } from '../../../shared/errors.js';
import type { CommandParameters, SettingsUpdateResult, SettingsView } from '../../../shared/ipc.js';
import type { ResonanceClient } from '../ipc/client.js';

/** The user's document's values, for the moment before main has answered. */
export const defaultTargets: Config['resonance'] = { frequencyHz: 0.043, sRoiThreshold: 0.502 };

export interface SettingsState {
  /** Effective settings with their sources; null until main has answered. */
  readonly settings: SettingsView | null;
  readonly error: ErrorReport | null;
  load(): Promise<void>;
  /** Main says that they changed. */
  replace(settings: SettingsView): void;
  /** Dot path to new value, `null` for the default. Problems: nothing was saved. @throws {ResonanceError} */
  update(changes: CommandParameters<'settings.update'>): Promise<readonly ConfigProblem[]>;
  addPeer(peer: CommandParameters<'settings.addPeer'>): Promise<readonly ConfigProblem[]>;
  removePeer(name: string): Promise<readonly ConfigProblem[]>;
  /** From what is shown now to the other one of dark and light. @throws {ResonanceError} */
  toggleTheme(): Promise<void>;
}

export type SettingsStore = StoreApi<SettingsState>;

/** @param prefersDark whether the desktop is dark, for the theme `system` */
export function createSettingsStore(client: ResonanceClient, prefersDark: () => boolean): SettingsStore {
  return createStore<SettingsState>()((set, get) => {
    const accept = (result: SettingsUpdateResult): readonly ConfigProblem[] => {
      set({ settings: result.settings });
      return result.problems;
    };
    return {
      settings: null,
      error: null,
      async load() {
        try {
          set({ settings: await client.call('settings.get'), error: null });
        } catch (error) {
          set({ error: toErrorReport(error) });
        }
      },
      replace: (settings) => set({ settings, error: null }),
      update: async (changes) => accept(await client.call('settings.update', changes)),
      addPeer: async (peer) => accept(await client.call('settings.addPeer', peer)),
      removePeer: async (name) => accept(await client.call('settings.removePeer', name)),
      async toggleTheme() {
        const theme = get().settings?.config.window.theme ?? 'system';
        const dark = theme === 'system' ? prefersDark() : theme === 'dark';
        await get().update({ 'window.theme': dark ? 'light' : 'dark' });
      },
    };
  });
}
