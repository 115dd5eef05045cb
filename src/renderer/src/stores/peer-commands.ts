import type { ConfigProblem, PeerConfig } from '../../../shared/config.js';
import type { SettingsView } from '../../../shared/ipc.js';
import type { SettingsStore } from './settings-store.js';
import type { ToastsStore } from './toasts-store.js';

/** Changes of the configured peers, each of which can be taken back. */
export interface PeerCommands {
  /** Problems: nothing was saved. @throws {ResonanceError} */
  add(name: string, peer: PeerConfig): Promise<readonly ConfigProblem[]>;
  /** Problems: nothing was saved. @throws {ResonanceError} */
  edit(name: string, peer: PeerConfig): Promise<readonly ConfigProblem[]>;
  /** The outcome is a toast; never rejects. */
  remove(name: string): Promise<void>;
}

export function createPeerCommands(settings: SettingsStore, toasts: ToastsStore): PeerCommands {
  const offerUndo = (done: string, undo: () => Promise<readonly ConfigProblem[]>): void => {
    const run = (): void => {
      undo().then(
        ([problem]) => {
          if (problem === undefined) toasts.getState().show('success', 'Taken back');
          else toasts.getState().show('error', 'It was not taken back', `Expected ${problem.allowed}.`);
        },
        (error: unknown) => toasts.getState().showError(error, 'It was not taken back'),
      );
    };
    toasts.getState().show('success', done, undefined, { label: 'Undo', run });
  };

  return {
    async add(name, peer) {
      const problems = await settings.getState().addPeer({ name, ...peer });
      if (problems.length === 0) {
        offerUndo(`${name} is a peer now`, () => settings.getState().removePeer(name));
      }
      return problems;
    },
    async edit(name, peer) {
      const before = settings.getState().settings;
      const changes: Record<string, unknown> = {};
      for (const key of ['websocket', 'topic'] as const) {
        // What comes from elsewhere and stays as it is does not belong into the file.
        if (before?.config.peers[name]?.[key] !== peer[key]) changes[`peers.${name}.${key}`] = peer[key];
      }
      if (Object.keys(changes).length === 0) return [];
      const problems = await settings.getState().update(changes);
      if (problems.length === 0 && before !== null) {
        offerUndo(`${name} is changed`, () => settings.getState().update(fileValuesOf(before, name)));
      }
      return problems;
    },
    async remove(name) {
      const peer = settings.getState().settings?.config.peers[name];
      try {
        await settings.getState().removePeer(name);
        if (peer === undefined) return;
        offerUndo(`${name} is no peer any more`, () => settings.getState().addPeer({ name, ...peer }));
      } catch (error) {
        toasts.getState().showError(error, `${name} was not removed`);
      }
    },
  };
}

/** What the file says of a peer; `null` for what comes from elsewhere. */
function fileValuesOf({ config, sources }: SettingsView, name: string): Record<string, unknown> {
  const peer = config.peers[name];
  const values: Record<string, unknown> = {};
  for (const key of ['websocket', 'topic'] as const) {
    const path = `peers.${name}.${key}`;
    values[path] = sources[path] === 'file' ? peer?.[key] : null;
  }
  return values;
}
