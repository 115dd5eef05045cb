import {
  type Config,
  type ConfigProblem,
  type ConfigSource,
  configSchema,
  defaultConfig,
  type ResolvedConfig,
} from './config.js';
import { defaultKafkaSecurity, type ProfileConfig } from './kafka-config.js';
import {
  checkSetting,
  findSettingField,
  isNamedSection,
  type NamedSection,
  settingFields,
} from './setting-fields.js';

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
 * `peers` and `profiles` merge by name; `peers.NAME: null` takes a peer away. A peer without a topic gets
 * `resonance.NAME`, a profile's missing values are those of {@link profileDefaults}.
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
  completeProfiles(config, sources, problems);
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
  const section = steps[0] ?? '';
  if (isNamedSection(section)) {
    const name = steps[1];
    if (name === undefined || !isName(name)) {
      return {
        path,
        source,
        given: show(value),
        allowed: `${section} by name: letters, digits, \`_\` and \`-\``,
      };
    }
    if (steps.length === 2) {
      if (value !== null)
        return { path, source, given: show(value), allowed: 'an object of settings, or null' };
      removeNamed(config, sources, section, name);
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
      removeNamed(config, sources, 'peers', name);
      continue;
    }
    if (peer.topic === undefined) {
      peer.topic = `resonance.${name}`;
      sources[`peers.${name}.topic`] = 'default';
    }
  }
}

/** What a profile has that says nothing about it. */
const profileDefaults: Omit<ProfileConfig, 'brokers'> = {
  color: 'grey',
  readOnly: false,
  security: defaultKafkaSecurity,
};

/** A profile needs brokers; the active one must exist. */
function completeProfiles(
  config: Config,
  sources: Record<string, ConfigSource>,
  problems: ConfigProblem[],
): void {
  for (const [name, profile] of Object.entries(config.profiles) as [string, Partial<ProfileConfig>][]) {
    const prefix = `profiles.${name}`;
    if (profile.brokers === undefined) {
      const given = Object.keys(sources).find((path) => path.startsWith(`${prefix}.`));
      const source = (given === undefined ? undefined : sources[given]) ?? 'file';
      problems.push({ path: `${prefix}.brokers`, source, given: 'nothing', allowed: 'a list of HOST:PORT' });
      removeNamed(config, sources, 'profiles', name);
      continue;
    }
    for (const { path, value } of leavesOf(profileDefaults, prefix)) {
      if (Object.hasOwn(sources, path)) continue;
      writeLeaf(config as unknown as Record<string, unknown>, path.split('.'), value);
      sources[path] = 'default';
    }
  }
  if (config.profile === '' || Object.hasOwn(config.profiles, config.profile)) return;
  const names = Object.keys(config.profiles);
  const allowed = names.length === 0 ? 'nothing, as there are no profiles' : `one of ${names.join(', ')}`;
  const source = sources.profile ?? 'file';
  problems.push({ path: 'profile', source, given: show(config.profile), allowed });
  config.profile = '';
  sources.profile = 'default';
}

function removeNamed(
  config: Config,
  sources: Record<string, ConfigSource>,
  section: NamedSection,
  name: string,
): void {
  delete config[section][name];
  for (const path of Object.keys(sources)) {
    if (path.startsWith(`${section}.${name}.`)) delete sources[path];
  }
}

function isName(name: string): boolean {
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
