import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../shared/clock.js';
import type { ConfigProblem } from '../../shared/config.js';
import { describeError, ResonanceError } from '../../shared/errors.js';
import type { SettingsUpdateResult, SettingsView } from '../../shared/ipc.js';
import { type ConfigLayer, checkSettingAt, resolveConfig } from '../../shared/resolve-config.js';
import { readWholeFile, writeFileAtomically } from '../storage/atomic-file.js';
import { translateStorageError } from '../storage-errors.js';

export interface SettingsStoreOptions {
  /** The JSON file; it need not exist. */
  readonly file: string;
  /** Somebody named the file: that it does not exist is a problem. Default false. */
  readonly isFileNamed?: boolean;
  /** Values nested as in the file: environment and flags, which win over it. */
  readonly environment: Record<string, unknown>;
  readonly flags: Record<string, unknown>;
  readonly clock: Clock;
}

/** Dot path to new value; `null` takes the value out of the file. */
export type SettingsChanges = Readonly<Record<string, unknown>>;

/**
 * The settings of a run: one file that people may edit by hand, under the environment and the flags.
 *
 * Nothing of the file is lost: unknown names stay in it, and a file that is no JSON is set aside under another name
 * before a new one is written.
 */
export class SettingsStore {
  readonly #options: SettingsStoreOptions;
  readonly #listeners = new Set<(settings: SettingsView) => void>();
  #fileValues: Record<string, unknown> = {};
  #fileProblem: ConfigProblem | null = null;
  /** The text of a file that could not be read, until it is set aside. */
  #unreadable: Buffer | null = null;
  #updates: Promise<unknown> = Promise.resolve();

  constructor(options: SettingsStoreOptions) {
    this.#options = options;
  }

  /** Reads the file. Never rejects for its content: what is wrong becomes problems. @throws ResonanceError `STORAGE_FAILED` */
  async load(): Promise<SettingsView> {
    const content = await this.#read();
    this.#fileValues = {};
    this.#fileProblem = null;
    this.#unreadable = null;
    if (content === undefined && this.#options.isFileNamed === true) {
      this.#fileProblem = {
        path: '',
        source: 'file',
        given: `${this.#options.file}: no such file`,
        allowed: 'a JSON object; the settings of the other sources are used',
      };
    }
    if (content !== undefined) {
      try {
        const values: unknown = JSON.parse(content.toString('utf8'));
        if (typeof values !== 'object' || values === null || Array.isArray(values))
          throw new Error('not an object');
        this.#fileValues = values as Record<string, unknown>;
      } catch (error) {
        this.#unreadable = content;
        this.#fileProblem = {
          path: '',
          source: 'file',
          given: `${this.#options.file}: ${describeError(error)}`,
          allowed: 'a JSON object; its settings are not used',
        };
      }
    }
    return this.view();
  }

  view(): SettingsView {
    return this.#viewOf(this.#fileValues);
  }

  /** Returns the unsubscribe. */
  onChange(listener: (settings: SettingsView) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Checks all, then saves all or nothing. @throws ResonanceError `STORAGE_FULL`, `STORAGE_FAILED` */
  update(changes: SettingsChanges): Promise<SettingsUpdateResult> {
    const result = this.#updates.then(() => this.#apply(changes));
    this.#updates = result.catch(() => undefined);
    return result;
  }

  addPeer(name: string, peer: { websocket: string; topic: string }): Promise<SettingsUpdateResult> {
    return this.update({ [`peers.${name}.websocket`]: peer.websocket, [`peers.${name}.topic`]: peer.topic });
  }

  /** Takes a peer away, a default one too (as `null` in the file). */
  async removePeer(name: string): Promise<SettingsUpdateResult> {
    if (!Object.hasOwn(this.view().config.peers, name)) {
      throw new ResonanceError('NOT_FOUND', `No peer is named ${name}`);
    }
    return this.update({ [`peers.${name}`]: null });
  }

  async #apply(changes: SettingsChanges): Promise<SettingsUpdateResult> {
    const values = structuredClone(this.#fileValues);
    const problems: ConfigProblem[] = [];
    for (const [path, value] of Object.entries(changes)) {
      const isRemovedName = value === null && /^(peers|profiles)\.[^.]+$/.test(path);
      const problem = isRemovedName ? null : checkSettingAt(path, value, 'file');
      if (problem !== null) problems.push(problem);
      // Peers have defaults, which only a null in the file takes away.
      else writeValue(values, path, value, isRemovedName && path.startsWith('peers.'));
    }
    const view = this.#viewOf(values);
    const before = new Set(this.view().problems.map(problemKey));
    problems.push(
      ...view.problems.filter((problem) => problem.source === 'file' && !before.has(problemKey(problem))),
    );
    if (problems.length > 0) return { problems, settings: this.view() };

    await this.#write(values);
    this.#fileValues = values;
    this.#fileProblem = null;
    const settings = this.view();
    for (const listener of this.#listeners) listener(settings);
    return { problems: [], settings };
  }

  #viewOf(fileValues: Record<string, unknown>): SettingsView {
    const layers: ConfigLayer[] = [
      { source: 'file', values: fileValues },
      { source: 'environment', values: this.#options.environment },
      { source: 'flag', values: this.#options.flags },
    ];
    const { config, sources, problems } = resolveConfig(layers);
    const fileProblem = this.#fileProblem === null ? [] : [this.#fileProblem];
    return { config, sources, problems: [...fileProblem, ...problems], file: this.#options.file };
  }

  async #read(): Promise<Buffer | undefined> {
    try {
      return await readWholeFile(this.#options.file);
    } catch (error) {
      throw translateStorageError(error);
    }
  }

  async #write(values: Record<string, unknown>): Promise<void> {
    const { file, clock } = this.#options;
    try {
      await mkdir(dirname(file), { recursive: true });
      if (this.#unreadable !== null) {
        await writeFileAtomically(`${file}.unreadable-${clock.wallMs()}`, this.#unreadable);
        this.#unreadable = null;
      }
      await writeFileAtomically(file, Buffer.from(`${JSON.stringify(values, null, 2)}\n`));
    } catch (error) {
      throw translateStorageError(error);
    }
  }
}

function writeValue(root: Record<string, unknown>, path: string, value: unknown, keepNull: boolean): void {
  const steps = path.split('.');
  let target = root;
  for (const step of steps.slice(0, -1)) {
    const next = Object.hasOwn(target, step) ? target[step] : undefined;
    const child = typeof next === 'object' && next !== null && !Array.isArray(next) ? next : {};
    target[step] = child;
    target = child as Record<string, unknown>;
  }
  const last = steps.at(-1) ?? '';
  if (value === null && !keepNull) delete target[last];
  else target[last] = value;
}

function problemKey(problem: ConfigProblem): string {
  return JSON.stringify([problem.path, problem.source, problem.given]);
}
