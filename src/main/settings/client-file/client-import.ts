import { mkdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type {
  ClientFileSource,
  ClientImportPreview,
  ClientImportRequest,
} from '../../../shared/client-import.js';
import { describeError, ResonanceError } from '../../../shared/errors.js';
import type { SettingsUpdateResult } from '../../../shared/ipc.js';
import { type SecretName, secretNames } from '../../../shared/secrets.js';
import { writeFileAtomically } from '../../storage/atomic-file.js';
import { translateStorageError } from '../../storage-errors.js';
import { assertFreeProfileName } from '../profile-names.js';
import type { SecretStore } from '../secret-store.js';
import type { SettingsStore } from '../settings-store.js';
import { type ClientFile, pathsIn, readClientFile } from './client-file.js';
import { type ClientFileSyntax, detectSyntax } from './entries.js';
import { type FileKind, fileKindAt } from './file-kind.js';

export interface ClientImportOptions {
  readonly settings: SettingsStore;
  readonly secrets: SecretStore;
  /** Certificates that stand in the client's file itself become files below it. */
  readonly dataDirectory: string;
}

const largestFileBytes = 262_144;

/**
 * Turns the configuration of other Kafka clients into profiles: Java's `client.properties`, librdkafka's and kcat's
 * `key=value` lines.
 */
export class ClientImport {
  readonly #options: ClientImportOptions;

  constructor(options: ClientImportOptions) {
    this.#options = options;
  }

  /** What an import would do; nothing is changed. @throws ResonanceError `NOT_FOUND` for a file that can't be read */
  async preview(source: ClientFileSource): Promise<ClientImportPreview> {
    const { file, syntax } = await read(source);
    const { keychainRefusal } = this.#options.secrets;
    const name = this.#freeName(source.kind === 'file' ? basename(source.path) : 'imported');
    return {
      syntax,
      name,
      settings: { ...file.settings, ...this.#certificatePaths(name, file) },
      secrets: namesOf(file),
      report: file.report,
      notes: file.notes,
      keychainRefusal,
    };
  }

  /**
   * Makes the profile, which is not switched to. Its secrets go to the keychain; where there is none they are held until
   * the app quits.
   *
   * @param keepsSecrets false on the command line, where nothing would hold them
   * @returns problems: nothing was saved
   * @throws ResonanceError `NOT_FOUND`, `CONFIGURATION_INVALID` for a name that is taken, `STORAGE_FULL`, `STORAGE_FAILED`
   */
  async apply(request: ClientImportRequest, { keepsSecrets = true } = {}): Promise<SettingsUpdateResult> {
    const { source, name, color, readOnly, brokers } = request;
    const { settings, secrets } = this.#options;
    const { file } = await read(source);
    assertFreeProfileName(settings.view().config, name);
    const proposed = {
      ...file.settings,
      ...this.#certificatePaths(name, file),
      color,
      readOnly,
      ...(brokers === null ? {} : { brokers }),
    };
    const changes = Object.entries(proposed).map(([path, value]) => [`profiles.${name}.${path}`, value]);
    const result = await settings.update(Object.fromEntries(changes));
    if (result.problems.length > 0) return result;
    await this.#writeCertificates(name, file);
    const keep = secrets.keychainRefusal === null ? 'keychain' : 'session';
    for (const secret of keepsSecrets ? namesOf(file) : []) {
      await secrets.set(name, secret, file.secrets[secret] ?? null, keep);
    }
    return result;
  }

  #certificatePaths(name: string, { certificates }: ClientFile): Record<string, string> {
    const place = (path: string): string => {
      const what = path === 'security.caFile' ? 'ca' : 'client';
      return join(this.#options.dataDirectory, 'certificates', `${name}-${what}.pem`);
    };
    return Object.fromEntries(Object.keys(certificates).map((path) => [path, place(path)]));
  }

  async #writeCertificates(name: string, file: ClientFile): Promise<void> {
    try {
      for (const [setting, path] of Object.entries(this.#certificatePaths(name, file))) {
        await mkdir(dirname(path), { recursive: true });
        await writeFileAtomically(path, Buffer.from(file.certificates[setting] ?? ''));
      }
    } catch (error) {
      throw translateStorageError(error);
    }
  }

  /** The file's name as one of a profile, with a number where that is taken. */
  #freeName(fileName: string): string {
    const { profiles } = this.#options.settings.view().config;
    const plain = fileName
      .replace(/\.[^.]*$/, '')
      .replace(/[^a-z0-9_-]+/gi, '-')
      .replace(/^[-_]+|[-_]+$/g, '')
      .slice(0, 60);
    const base = plain === '' ? 'imported' : plain;
    let name = base;
    for (let count = 2; Object.hasOwn(profiles, name); count += 1) name = `${base}-${count}`;
    return name;
  }
}

function namesOf({ secrets }: ClientFile): SecretName[] {
  return secretNames.filter((name) => secrets[name] !== undefined);
}

async function read(source: ClientFileSource): Promise<{ file: ClientFile; syntax: ClientFileSyntax }> {
  const path = source.kind === 'file' ? resolve(source.path) : '';
  const text = source.kind === 'file' ? await readClientText(path) : source.text;
  const syntax = detectSyntax(text, basename(path));
  // Relative names are looked for beside the file; Java and librdkafka mean the folder that they are started in.
  const locate = (named: string): string => resolve(dirname(path), named);
  const kinds = new Map<string, FileKind>();
  for (const named of pathsIn(text, syntax)) kinds.set(locate(named), await fileKindAt(locate(named)));
  const kindOf = (named: string): FileKind => kinds.get(named) ?? 'missing';
  return { file: readClientFile({ text, syntax, resolve: locate, kindOf }), syntax };
}

async function readClientText(path: string): Promise<string> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new Error('it is no file');
    if (found.size > largestFileBytes) throw new Error(`${found.size} bytes are no configuration`);
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ResonanceError('NOT_FOUND', `${path} cannot be read: ${describeError(error)}`, {
      hint: 'Correct the path, or make the file readable for this user.',
      cause: error,
    });
  }
}
