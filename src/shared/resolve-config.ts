import {
  type Config,
  type ConfigProblem,
  type ConfigSource,
  configSchema,
  defaultConfig,
  type ResolvedConfig,
} from './config.js';
import { checkSetting, findSettingField, settingFields } from './setting-fields.js';

/** Values of one source, nested as in the settings file. */
export interface ConfigLayer {
  readonly source: ConfigSource;
  readonly values: unknown;
}

interface Leaf {
  readonly path: string;
  readonly value: unknown;
}

/**
 * Lays sources over the defaults, later ones winning leaf by leaf. Never throws: a wrong value is a problem line and
 * the next lower source keeps its say, so that the app opens and lets it be mended.
 *
 * `peers` merge by name; `peers.NAME: null` takes a peer away. A peer without a topic gets `resonance.NAME`.
 */
export function resolveConfig(layers: readonly ConfigLayer[]): ResolvedConfig {
  const config = structuredClone(defaultConfig) as Config;
  const sources: Record<string, ConfigSource> = {};
  const problems: ConfigProblem[] = [];
  for (const leaf of flattenConfig(config)) sources[leaf.path] = 'default';

  for (const { source, values } of layers) {
    if (values === undefined) continue;
    if (!isObject(values)) {
      problems.push({ path: '', source, given: show(values), allowed: 'an object of settings' });
      continue;
    }
    for (const { path, value } of leavesOf(values, '')) {
      const problem = applyLeaf(config, sources, source, path, value);
      if (problem !== null) problems.push(problem);
    }
  }
  completePeers(config, sources, problems);
  return { config, sources, problems };
}

/** What is wrong with one value at one path, or null; `null` as a value means "back to the default". */
export function checkSettingAt(path: string, value: unknown, source: ConfigSource): ConfigProblem | null {
  if (value === null) return null;
  const field = findSettingField(path);
  if (field === undefined) {
    return { path, source, given: show(value), allowed: suggestName(path) };
  }
  const allowed = checkSetting(field, value);
  return allowed === null ? null : { path, source, given: show(value), allowed };
}

/** Every leaf of a valid configuration, lists being leaves. */
export function flattenConfig(config: Config): readonly Leaf[] {
  return [...leavesOf(config as unknown as Record<string, unknown>, '')];
}

/** One problem as one line. */
export function formatConfigProblem(problem: ConfigProblem): string {
  const where =
    problem.path === '' ? `the ${problem.source} settings` : `${problem.path} (${problem.source})`;
  return `${where}: got ${problem.given}, expected ${problem.allowed}`;
}

function applyLeaf(
  config: Config,
  sources: Record<string, ConfigSource>,
  source: ConfigSource,
  path: string,
  value: unknown,
): ConfigProblem | null {
  const steps = path.split('.');
  if (steps[0] === 'peers') {
    const name = steps[1];
    if (name === undefined || !isPeerName(name)) {
      return { path, source, given: show(value), allowed: 'peers by name: letters, digits, `_` and `-`' };
    }
    if (steps.length === 2) {
      if (value !== null)
        return { path, source, given: show(value), allowed: 'websocket and topic, or null' };
      removePeer(config, sources, name);
      return null;
    }
  }
  const problem = checkSettingAt(path, value, source);
  if (problem !== null || value === null) return problem;
  writeLeaf(config as unknown as Record<string, unknown>, steps, value);
  sources[path] = source;
  return null;
}

/** A peer needs an endpoint; its topic follows from its name. */
function completePeers(
  config: Config,
  sources: Record<string, ConfigSource>,
  problems: ConfigProblem[],
): void {
  for (const [name, peer] of Object.entries(config.peers) as [string, Partial<Config['peers'][string]>][]) {
    const path = `peers.${name}.websocket`;
    if (peer.websocket === undefined) {
      const source = sources[`peers.${name}.topic`] ?? 'file';
      problems.push({ path, source, given: 'nothing', allowed: 'a ws:// or wss:// address' });
      removePeer(config, sources, name);
      continue;
    }
    if (peer.topic === undefined) {
      peer.topic = `resonance.${name}`;
      sources[`peers.${name}.topic`] = 'default';
    }
  }
}

function removePeer(config: Config, sources: Record<string, ConfigSource>, name: string): void {
  delete config.peers[name];
  delete sources[`peers.${name}.websocket`];
  delete sources[`peers.${name}.topic`];
}

function isPeerName(name: string): boolean {
  return configSchema.shape.peers.keyType.safeParse(name).success;
}

function* leavesOf(values: Record<string, unknown>, prefix: string): Generator<Leaf> {
  for (const [key, value] of Object.entries(values)) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (isObject(value) && findSettingField(path) === undefined) yield* leavesOf(value, path);
    else yield { path, value };
  }
}

function writeLeaf(root: Record<string, unknown>, steps: readonly string[], value: unknown): void {
  let target = root;
  for (const step of steps.slice(0, -1)) {
    if (!Object.hasOwn(target, step)) target[step] = {};
    target = target[step] as Record<string, unknown>;
  }
  const last = steps.at(-1);
  if (last !== undefined) target[last] = value;
}

/** "no such setting", with the nearest name there is. */
function suggestName(path: string): string {
  let nearest = '';
  let best = Number.POSITIVE_INFINITY;
  for (const field of settingFields) {
    const distance = editDistance(path.toLowerCase(), field.path.toLowerCase());
    if (distance < best) {
      best = distance;
      nearest = field.path;
    }
  }
  return best <= Math.max(3, path.length / 3)
    ? `a setting's name; did you mean ${nearest}?`
    : "a setting's name (`resonance config` lists them)";
}

/** Levenshtein distance, one row at a time. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 0; i < left.length; i += 1) {
    const row = [i + 1];
    for (let j = 0; j < right.length; j += 1) {
      const substitution = (previous[j] ?? 0) + (left[i] === right[j] ? 0 : 1);
      row.push(Math.min(substitution, (previous[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    previous = row;
  }
  return previous.at(-1) ?? 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
