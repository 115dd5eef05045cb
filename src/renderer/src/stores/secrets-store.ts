import { createStore, type StoreApi } from 'zustand/vanilla';
import { type ErrorReport, toErrorReport } from '../../../shared/errors.js';
import type { CommandParameters } from '../../../shared/ipc.js';
import type { SecretsView } from '../../../shared/secrets.js';
import type { ResonanceClient } from '../ipc/client.js';

export interface SecretsState {
  /** By profile, the kafka section under an empty name: which secrets there are and where. Never their values. */
  readonly views: Readonly<Record<string, SecretsView>>;
  /** Why they could not be looked up. */
  readonly error: ErrorReport | null;
  load(profile: string): Promise<void>;
  /** Forgets one with null. @throws {ResonanceError} */
  set(secret: CommandParameters<'settings.setSecret'>): Promise<void>;
}

export type SecretsStore = StoreApi<SecretsState>;

export function createSecretsStore(client: ResonanceClient): SecretsStore {
  return createStore<SecretsState>()((set, get) => {
    const take = (view: SecretsView): void =>
      set({ views: { ...get().views, [view.profile]: view }, error: null });
    return {
      views: {},
      error: null,
      async load(profile) {
        try {
          take(await client.call('settings.secretState', profile));
        } catch (error) {
          set({ error: toErrorReport(error) });
        }
      },
      async set(secret) {
        take(await client.call('settings.setSecret', secret));
      },
    };
  });
}
