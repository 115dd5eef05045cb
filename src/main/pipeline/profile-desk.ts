import { access, mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../../shared/clock.js';
import { describeError, ResonanceError } from '../../shared/errors.js';
import type { SettingsUpdateResult } from '../../shared/ipc.js';
import { flattenConfig } from '../../shared/resolve-config.js';
import { ClientImport } from '../settings/client-file/client-import.js';
import { assertFreeProfileName } from '../settings/profile-names.js';
import type { SealedSecrets, SecretStore } from '../settings/secret-store.js';
import type { SettingsStore } from '../settings/settings-store.js';
import { profileDirectory } from './profile-directory.js';

export interface ProfileDeskOptions {
  readonly settings: SettingsStore;
  readonly secrets: SecretStore;
  readonly dataDirectory: string;
  readonly clock: Clock;
  /** Runs an action while the node has no file of its profile open; the action tells whether it changed the settings. */
  whilePaused(action: () => Promise<boolean>): Promise<void>;
  /** The cluster goes by another name from now on. */
  onRenamed(from: string, to: string): void;
}

/** A profile that was removed, to be taken back. */
interface Removed {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: SealedSecrets;
  /** Where its folder went. */
  readonly directory: string;
}

/**
 * Changes of whole profiles: their settings together with their secrets and their folder (outbox, remembered state). Each
 * answers like a change of settings: with problems, nothing was changed.
 */
export class ProfileDesk {
  readonly import: ClientImport;
  readonly #options: ProfileDeskOptions;
  /** Until the app quits. */
  readonly #removed = new Map<string, Removed>();

  constructor(options: ProfileDeskOptions) {
    this.#options = options;
    this.import = new ClientImport(options);
  }

  /** @throws ResonanceError `NOT_FOUND`, `CONFIGURATION_INVALID`, `STORAGE_FAILED` */
  async rename(from: string, to: string): Promise<SettingsUpdateResult> {
    const { settings } = this.#options;
    this.#assertOwn(from);
    this.#assertFree(to);
    const isActive = settings.view().config.profile === from;
    if (isActive) this.#assertOwnSource('profile', `${from} is in use, which`);
    const changes = {
      ...this.#settingsOf(from, to),
      [`profiles.${from}`]: null,
      ...(isActive ? { profile: to } : {}),
    };
    let result: SettingsUpdateResult | undefined;
    const apply = async (): Promise<boolean> => {
      result = await this.#move(from, to, changes);
      return result.problems.length === 0;
    };
    if (isActive) await this.#options.whilePaused(apply);
    else await apply();
    return result ?? { problems: [], settings: settings.view() };
  }

  /** With its secrets; what waits for the cluster stays with the one. @throws ResonanceError `NOT_FOUND`, `CONFIGURATION_INVALID`, `STORAGE_FAILED` */
  async duplicate(from: string, to: string): Promise<SettingsUpdateResult> {
    const { settings, secrets } = this.#options;
    this.#assertKnown(from);
    this.#assertFree(to);
    const result = await settings.update(this.#settingsOf(from, to));
    if (result.problems.length === 0) await secrets.put(to, await secrets.copy(from));
    return result;
  }

  /** @throws ResonanceError `NOT_FOUND`, `CONFIGURATION_INVALID` for the active one, `STORAGE_FAILED` */
  async remove(name: string): Promise<SettingsUpdateResult> {
    const { settings, secrets, dataDirectory, clock } = this.#options;
    this.#assertOwn(name);
    if (settings.view().config.profile === name) {
      throw new ResonanceError('CONFIGURATION_INVALID', `${name} is in use`, {
        hint: 'Switch to another profile first.',
      });
    }
    const removed: Removed = {
      settings: this.#settingsOf(name, name),
      secrets: await secrets.copy(name),
      directory: join(dataDirectory, 'removed-profiles', `${name}-${clock.wallMs()}`),
    };
    const result = await settings.update({ [`profiles.${name}`]: null });
    if (result.problems.length > 0) return result;
    this.#removed.set(name, removed);
    await secrets.forget(name);
    await moveDirectory(profileDirectory(dataDirectory, name), removed.directory);
    return result;
  }

  /** Takes a removal of this session back. @throws ResonanceError `NOT_FOUND`, `CONFIGURATION_INVALID`, `STORAGE_FAILED` */
  async restore(name: string): Promise<SettingsUpdateResult> {
    const { settings, secrets, dataDirectory } = this.#options;
    const removed = this.#removed.get(name);
    if (removed === undefined) throw new ResonanceError('NOT_FOUND', `No profile ${name} was removed`);
    this.#assertFree(name);
    await moveDirectory(removed.directory, profileDirectory(dataDirectory, name));
    const result = await settings.update(removed.settings);
    if (result.problems.length > 0) return result;
    await secrets.put(name, removed.secrets);
    this.#removed.delete(name);
    return result;
  }

  async #move(
    from: string,
    to: string,
    changes: Readonly<Record<string, unknown>>,
  ): Promise<SettingsUpdateResult> {
    const { settings, secrets, dataDirectory, clock } = this.#options;
    const [source, target] = [from, to].map((name) => profileDirectory(dataDirectory, name)) as [
      string,
      string,
    ];
    // Of an earlier profile of that name: what waits there was for another cluster.
    await moveDirectory(target, join(dataDirectory, 'removed-profiles', `${to}-${clock.wallMs()}`));
    await moveDirectory(source, target);
    // Before the settings: the node that starts with them reads the secrets.
    await secrets.put(to, await secrets.copy(from));
    const result = await settings.update(changes);
    const isMoved = result.problems.length === 0;
    if (isMoved) this.#options.onRenamed(from, to);
    await secrets.forget(isMoved ? from : to);
    if (!isMoved) await moveDirectory(target, source);
    return result;
  }

  /** The effective settings of a profile, as changes that make another one like it. */
  #settingsOf(from: string, to: string): Record<string, unknown> {
    const prefix = `profiles.${from}.`;
    const { config } = this.#options.settings.view();
    return Object.fromEntries(
      flattenConfig(config)
        .filter(({ path }) => path.startsWith(prefix))
        .map(({ path, value }) => [`profiles.${to}.${path.slice(prefix.length)}`, value]),
    );
  }

  #assertKnown(name: string): void {
    if (Object.hasOwn(this.#options.settings.view().config.profiles, name)) return;
    throw new ResonanceError('NOT_FOUND', `No profile is named ${name}`);
  }

  #assertFree(name: string): void {
    assertFreeProfileName(this.#options.settings.view().config, name);
  }

  /** What the environment or a flag says of a profile cannot be taken away here. */
  #assertOwn(name: string): void {
    this.#assertKnown(name);
    for (const path of Object.keys(this.#settingsOf(name, name))) this.#assertOwnSource(path, `${path}`);
  }

  #assertOwnSource(path: string, what: string): void {
    const source = this.#options.settings.view().sources[path];
    if (source !== 'environment' && source !== 'flag') return;
    const from = source === 'flag' ? 'the command line' : 'the environment';
    throw new ResonanceError('CONFIGURATION_INVALID', `${what} is set by ${from}`, {
      hint: 'Change it there.',
    });
  }
}

/** Nothing, where there is none. @throws ResonanceError `STORAGE_FAILED` */
async function moveDirectory(from: string, to: string): Promise<void> {
  const isThere = await access(from).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  try {
    await mkdir(dirname(to), { recursive: true });
    await rename(from, to);
  } catch (error) {
    throw new ResonanceError('STORAGE_FAILED', `${from} cannot be moved: ${describeError(error)}`, {
      hint: 'Close what else uses that folder, then try again.',
      cause: error,
    });
  }
}
