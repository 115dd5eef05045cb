import type {
  ClientFileSource,
  ClientImportPreview,
  ClientImportRequest,
} from '../../../shared/client-import.js';
import type { ConfigProblem } from '../../../shared/config.js';
import type { ProfileColor } from '../../../shared/kafka-config.js';
import { isOverridden, sourceWords } from '../format/setting-words.js';
import type { ResonanceClient } from '../ipc/client.js';
import type { MessagesStore } from './messages-store.js';
import type { SettingsDraftStore } from './settings-draft-store.js';
import type { SettingsStore } from './settings-store.js';
import type { ToastsStore } from './toasts-store.js';

export interface NewProfile {
  readonly name: string;
  readonly brokers: readonly string[];
  readonly color: ProfileColor;
  readonly readOnly: boolean;
}

/** Changes of the named clusters. Those that return problems saved nothing where there are some. */
export interface ProfileCommands {
  /** An empty name: without a profile. The outcome is a toast; never rejects. */
  use(name: string): Promise<void>;
  /** The outcome is a toast; never rejects. */
  setReadOnly(name: string, readOnly: boolean): Promise<void>;
  /** @throws {ResonanceError} */
  add(profile: NewProfile): Promise<readonly ConfigProblem[]>;
  /** @throws {ResonanceError} */
  rename(from: string, to: string): Promise<readonly ConfigProblem[]>;
  /** @throws {ResonanceError} */
  duplicate(from: string, to: string): Promise<readonly ConfigProblem[]>;
  /** The outcome is a toast that can take it back; never rejects. */
  remove(name: string): Promise<void>;
  /** The desktop's own dialog; null when nothing was chosen. @throws {ResonanceError} */
  chooseFile(): Promise<string | null>;
  /** @throws {ResonanceError} */
  previewImport(source: ClientFileSource): Promise<ClientImportPreview>;
  /** @throws {ResonanceError} */
  import(request: ClientImportRequest): Promise<readonly ConfigProblem[]>;
}

export function createProfileCommands(
  client: ResonanceClient,
  settings: SettingsStore,
  toasts: ToastsStore,
  drafts: SettingsDraftStore,
  messages: MessagesStore,
): ProfileCommands {
  /** What was typed for a profile that is gone belongs to no other one of its name. */
  const forgetDrafts = (name: string): void => {
    const typed = Object.keys(drafts.getState().drafts);
    drafts.getState().discard(typed.filter((path) => path.startsWith(`profiles.${name}.`)));
  };
  const say = (done: string, action?: { readonly label: string; run(): void }): void =>
    toasts.getState().show('success', done, undefined, action);

  const update = async (failed: string, changes: Readonly<Record<string, unknown>>): Promise<boolean> => {
    try {
      const [path = ''] = Object.keys(changes);
      const source = settings.getState().settings?.sources[path];
      if (isOverridden(source)) {
        toasts.getState().show('error', failed, `It is set by ${sourceWords[source].from}: change it there.`);
        return false;
      }
      const [problem] = await settings.getState().update({ ...changes });
      if (problem === undefined) return true;
      toasts.getState().show('error', failed, `${problem.path}: expected ${problem.allowed}.`);
    } catch (error) {
      toasts.getState().showError(error, failed);
    }
    return false;
  };

  const use = async (name: string): Promise<void> => {
    const words = name === '' ? 'no profile' : name;
    const done = await update(`Not switched to ${words}`, { profile: name === '' ? null : name });
    if (done) say(name === '' ? 'Switched to the Kafka settings without a profile' : `Switched to ${name}`);
  };
  const offerUse = (done: string, name: string): void =>
    say(done, { label: 'Switch to it', run: () => void use(name) });

  return {
    use,
    async setReadOnly(name, readOnly) {
      const failed = readOnly ? `${name} was not locked` : `${name} was not unlocked`;
      const done = await update(failed, { [`profiles.${name}.readOnly`]: readOnly });
      if (done) say(readOnly ? `${name} is only watched now` : `${name} may be changed from here again`);
    },
    async add({ name, brokers, color, readOnly }) {
      const problems = await settings.getState().update({
        [`profiles.${name}.brokers`]: [...brokers],
        [`profiles.${name}.color`]: color,
        [`profiles.${name}.readOnly`]: readOnly,
      });
      if (problems.length === 0) offerUse(`${name} is added`, name);
      return problems;
    },
    async rename(from, to) {
      const result = await client.call('profiles.rename', { from, to });
      settings.getState().replace(result.settings);
      if (result.problems.length === 0) {
        forgetDrafts(from);
        messages.getState().renameProfile(from, to);
        say(`${from} is called ${to} now`);
      }
      return result.problems;
    },
    async duplicate(from, to) {
      const result = await client.call('profiles.duplicate', { from, to });
      settings.getState().replace(result.settings);
      if (result.problems.length === 0) offerUse(`${to} is a copy of ${from}`, to);
      return result.problems;
    },
    async remove(name) {
      try {
        const { settings: changed } = await client.call('profiles.remove', name);
        settings.getState().replace(changed);
        forgetDrafts(name);
        const restore = (): void => {
          client.call('profiles.restore', name).then(
            (result) => {
              settings.getState().replace(result.settings);
              say('Taken back');
            },
            (error: unknown) => toasts.getState().showError(error, 'It was not taken back'),
          );
        };
        say(`${name} is removed`, { label: 'Undo', run: restore });
      } catch (error) {
        toasts.getState().showError(error, `${name} was not removed`);
      }
    },
    chooseFile: () => client.call('app.chooseFile'),
    previewImport: (source) => client.call('profiles.previewImport', source),
    async import(request) {
      const result = await client.call('profiles.import', request);
      settings.getState().replace(result.settings);
      if (result.problems.length === 0) offerUse(`${request.name} is imported`, request.name);
      return result.problems;
    },
  };
}
