import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describeError, ResonanceError } from '../../shared/errors.js';
import { type SecretName, type SecretPlace, type SecretsView, secretNames } from '../../shared/secrets.js';
import { readWholeFile, writeFileAtomically } from '../storage/atomic-file.js';
import { translateStorageError } from '../storage-errors.js';

/** Encrypts for this user on this machine. */
export interface Keychain {
  /** Why it must not be used; null when it may. */
  readonly refusal: string | null;
  encrypt(text: string): Buffer;
  /** @throws when the bytes were encrypted by somebody else */
  decrypt(bytes: Buffer): string;
}

/** Where the node finds the secrets of a profile; null for one that nobody entered. */
export interface SecretSource {
  read(profile: string, name: SecretName): Promise<string | null>;
}

type SealedSecret =
  | { readonly place: 'keychain'; readonly encrypted: string }
  // A function, so that no log or export of the object shows it.
  | { readonly place: 'session'; readonly read: () => string };

/** Secrets on their way from one profile to another. */
export type SealedSecrets = { readonly [N in SecretName]?: SealedSecret };

export interface SecretStoreOptions {
  /** The file of encrypted secrets; it need not exist. */
  readonly file: string;
  readonly keychain: Keychain;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Variables that win over whatever was entered, for every profile. */
export const secretVariables: Readonly<Record<SecretName, string>> = {
  password: 'RESONANCE_KAFKA_PASSWORD',
  keyPassphrase: 'RESONANCE_KAFKA_KEY_PASSPHRASE',
  clientSecret: 'RESONANCE_KAFKA_CLIENT_SECRET',
  privateKey: 'RESONANCE_KAFKA_PRIVATE_KEY',
};

/** Where there is no keychain: on the command line. */
export const noKeychain: Keychain = {
  refusal: 'only the app can use the system’s keychain',
  encrypt: () => {
    throw new ResonanceError('COMMAND_DENIED', 'there is no keychain');
  },
  decrypt: () => {
    throw new Error('there is no keychain');
  },
};

/**
 * Secrets by profile: from the environment, from memory, or from a file in which each value is encrypted with the
 * system's keychain. No value ever leaves it but through {@link read}.
 */
export class SecretStore implements SecretSource {
  readonly #options: SecretStoreOptions;
  readonly #session = new Map<string, string>();
  readonly #listeners = new Set<(profile: string) => void>();
  #writes: Promise<unknown> = Promise.resolve();

  constructor(options: SecretStoreOptions) {
    this.#options = options;
  }

  async read(profile: string, name: SecretName): Promise<string | null> {
    const fromEnvironment = this.#options.environment[secretVariables[name]];
    if (fromEnvironment !== undefined && fromEnvironment !== '') return fromEnvironment;
    const key = keyOf(profile, name);
    const entered = this.#session.get(key);
    if (entered !== undefined) return entered;
    const kept = (await this.#kept())[key];
    if (kept === undefined || this.#options.keychain.refusal !== null) return null;
    try {
      return this.#options.keychain.decrypt(Buffer.from(kept, 'base64'));
    } catch (error) {
      throw new ResonanceError(
        'CONFIGURATION_INVALID',
        `the kept ${name} cannot be read: ${describeError(error)}`,
        {
          hint: 'The system’s keychain has changed: enter it again under Settings, with the cluster’s security.',
        },
      );
    }
  }

  /**
   * Keeps a secret, or forgets it everywhere with null.
   *
   * @throws ResonanceError `COMMAND_DENIED` when it should outlast the session and there is no safe place for that
   */
  async set(
    profile: string,
    name: SecretName,
    value: string | null,
    keep: 'keychain' | 'session',
  ): Promise<void> {
    const key = keyOf(profile, name);
    const { keychain } = this.#options;
    if (value !== null && keep === 'keychain' && keychain.refusal !== null) {
      throw new ResonanceError('COMMAND_DENIED', `The secret was not saved: ${keychain.refusal}`, {
        hint: 'Keep it for this session only, or set up the system’s keychain.',
      });
    }
    this.#session.delete(key);
    if (value !== null && keep === 'session') this.#session.set(key, value);
    const encrypted =
      value !== null && keep === 'keychain' ? keychain.encrypt(value).toString('base64') : undefined;
    await this.#keep({ [key]: encrypted });
    for (const listener of this.#listeners) listener(profile);
  }

  async view(profile: string): Promise<SecretsView> {
    const kept = await this.#kept();
    const placeOf = (name: SecretName): SecretPlace | null => {
      if (this.#options.environment[secretVariables[name]]) return 'environment';
      const key = keyOf(profile, name);
      if (this.#session.has(key)) return 'session';
      return kept[key] === undefined ? null : 'keychain';
    };
    return {
      profile,
      secrets: secretNames.map((name) => ({ name, place: placeOf(name) })),
      keychainRefusal: this.#options.keychain.refusal,
    };
  }

  /** Why nothing can be kept beyond this session; null when it can. */
  get keychainRefusal(): string | null {
    return this.#options.keychain.refusal;
  }

  /** The secrets of a profile as they are kept, to be given to another one or back: encrypted, so nobody can look at them. */
  async copy(profile: string): Promise<SealedSecrets> {
    const kept = await this.#kept();
    const sealed: { -readonly [N in SecretName]?: SealedSecret } = {};
    for (const name of secretNames) {
      const key = keyOf(profile, name);
      const entered = this.#session.get(key);
      const encrypted = kept[key];
      if (entered !== undefined) sealed[name] = { place: 'session', read: () => entered };
      else if (encrypted !== undefined) sealed[name] = { place: 'keychain', encrypted };
    }
    return sealed;
  }

  /** Gives secrets of {@link copy} to a profile. */
  async put(profile: string, sealed: SealedSecrets): Promise<void> {
    const changes: Record<string, string> = {};
    for (const name of secretNames) {
      const secret = sealed[name];
      if (secret?.place === 'session') this.#session.set(keyOf(profile, name), secret.read());
      else if (secret !== undefined) changes[keyOf(profile, name)] = secret.encrypted;
    }
    await this.#keep(changes);
  }

  /** Forgets everything of a profile. */
  async forget(profile: string): Promise<void> {
    const keys = secretNames.map((name) => keyOf(profile, name));
    for (const key of keys) this.#session.delete(key);
    await this.#keep(Object.fromEntries(keys.map((key) => [key, undefined])));
  }

  /** Called with the profile whose secrets have changed; returns the unsubscribe. */
  onChange(listener: (profile: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #kept(): Promise<Record<string, string>> {
    try {
      const content = await readWholeFile(this.#options.file);
      if (content === undefined) return {};
      const values: unknown = JSON.parse(content.toString('utf8'));
      return Object.fromEntries(
        Object.entries(values ?? {}).filter(
          (entry): entry is [string, string] => typeof entry[1] === 'string',
        ),
      );
    } catch (error) {
      // Nothing in an unreadable file can be used; what is entered next replaces it.
      if (error instanceof SyntaxError) return {};
      throw translateStorageError(error);
    }
  }

  /** Encrypted values by key, undefined to take one out; one write at a time. */
  #keep(changes: Readonly<Record<string, string | undefined>>): Promise<void> {
    const write = this.#writes.then(() => this.#write(changes));
    this.#writes = write.catch(() => undefined);
    return write;
  }

  async #write(changes: Readonly<Record<string, string | undefined>>): Promise<void> {
    const kept = await this.#kept();
    const changed = Object.entries(changes).filter(([key, encrypted]) => kept[key] !== encrypted);
    if (changed.length === 0) return;
    for (const [key, encrypted] of changed) {
      if (encrypted === undefined) delete kept[key];
      else kept[key] = encrypted;
    }
    try {
      await mkdir(dirname(this.#options.file), { recursive: true });
      await writeFileAtomically(this.#options.file, Buffer.from(`${JSON.stringify(kept, null, 2)}\n`));
    } catch (error) {
      throw translateStorageError(error);
    }
  }
}

/** Profile names have no slash. */
function keyOf(profile: string, name: SecretName): string {
  return `${profile}/${name}`;
}
