import type { ImportLine, ImportOutcome } from '../../../shared/client-import.js';
import { checkSettingAt } from '../../../shared/resolve-config.js';
import type { SecretName } from '../../../shared/secrets.js';
import { type ClientEntry, type ClientFileSyntax, readEntries } from './entries.js';
import type { FileKind } from './file-kind.js';
import { ruleFor } from './key-rules.js';

/** What one key amounts to. */
export interface KeyResult {
  readonly outcome: ImportOutcome;
  readonly detail: string;
  readonly hint?: string;
  /** By dot path below the profile. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Partial<Record<SecretName, string>>>;
  /** PEM text that becomes a file, by the setting that names it. */
  readonly certificates?: Readonly<Record<string, string>>;
}

/** The file around a key, for keys that mean something only together. */
export interface ClientFileView {
  /** The value that counts for a key, which is the last one. */
  get(key: string): string | undefined;
  /** A path of the file made absolute. */
  resolve(path: string): string;
  /** What is at a path of the file. */
  kindOf(path: string): FileKind;
}

export interface ReadClientFileOptions {
  readonly text: string;
  readonly syntax: ClientFileSyntax;
  resolve(path: string): string;
  kindOf(path: string): FileKind;
}

/** A client's file as a profile: pure, and whatever the text is. */
export interface ClientFile {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Partial<Record<SecretName, string>>>;
  readonly certificates: Readonly<Record<string, string>>;
  readonly report: readonly ImportLine[];
  readonly notes: readonly string[];
}

/** Names of librdkafka for what Java's client has another name for. */
const aliases: Readonly<Record<string, string>> = {
  'metadata.broker.list': 'bootstrap.servers',
  'sasl.mechanisms': 'sasl.mechanism',
};

/** Reads a client's file into a proposed profile, with a line for every key. Never throws. */
export function readClientFile({ text, syntax, resolve, kindOf }: ReadClientFileOptions): ClientFile {
  const { entries, unreadable } = readEntries(text, syntax);
  const last = new Map<string, ClientEntry>();
  for (const entry of entries) last.set(canonical(entry.key), entry);
  const view: ClientFileView = {
    get: (key) => last.get(key)?.value,
    resolve,
    kindOf: (path) => kindOf(resolve(path)),
  };

  const settings: Record<string, unknown> = {};
  const secrets: Partial<Record<SecretName, string>> = {};
  const certificates: Record<string, string> = {};
  const report: ImportLine[] = [];
  for (const entry of entries) {
    const winner = last.get(canonical(entry.key));
    const result = winner === entry ? resultOf(entry, view) : repeated(winner?.line);
    Object.assign(settings, result.settings);
    Object.assign(secrets, result.secrets);
    Object.assign(certificates, result.certificates);
    const { outcome, detail, hint = null } = result;
    report.push({ key: entry.key, line: entry.line, outcome, detail, hint });
  }
  for (const { line, text: found } of unreadable) {
    const key = found.length > 40 ? `${found.slice(0, 37)}...` : found;
    report.push({ key, line, outcome: 'ignored', detail: 'this line is no KEY=VALUE', hint: null });
  }
  report.sort((a, b) => a.line - b.line);
  return { settings, secrets, certificates, report, notes: notesOf(settings, secrets, view) };
}

/** Paths that the file names, for whoever looks what is there. */
export function pathsIn(text: string, syntax: ClientFileSyntax): string[] {
  return readEntries(text, syntax)
    .entries.filter(({ key, value }) => /^ssl\..*\.location$/.test(key) && value !== '')
    .map(({ value }) => value);
}

function canonical(key: string): string {
  return Object.hasOwn(aliases, key) ? (aliases[key] ?? key) : key;
}

function repeated(line: number | undefined): KeyResult {
  return { outcome: 'ignored', detail: `given again in line ${line}, which counts` };
}

function resultOf(entry: ClientEntry, view: ClientFileView): KeyResult {
  const result = ruleFor(canonical(entry.key))(entry.value, view);
  if (result.outcome !== 'taken') return result;
  if (entry.value === '') return { outcome: 'ignored', detail: 'empty' };
  if (isPlaceholder(entry.value)) {
    return {
      outcome: 'unsupported',
      detail: 'the value is a placeholder that another program fills in',
      hint: 'Put the value itself into the file, or enter it in Resonance.',
    };
  }
  return refusedBySchema(result) ?? result;
}

function refusedBySchema({ settings = {} }: KeyResult): KeyResult | null {
  for (const [path, value] of Object.entries(settings)) {
    const problem = checkSettingAt(`profiles.any.${path}`, value, 'file');
    if (problem === null) continue;
    return {
      outcome: 'unsupported',
      detail: `${path} cannot be ${problem.given}`,
      hint: `Expected ${problem.allowed}.`,
    };
  }
  return null;
}

/** `${file:/secrets:password}`, `${PASSWORD}`, `{{ API_KEY }}`. */
function isPlaceholder(value: string): boolean {
  return /\$\{[^}]*\}|\{\{[^}]*\}\}/.test(value);
}

function notesOf(
  settings: Readonly<Record<string, unknown>>,
  secrets: Readonly<Partial<Record<SecretName, string>>>,
  view: ClientFileView,
): string[] {
  const notes: string[] = [];
  if (settings.brokers === undefined) {
    notes.push('The file names no brokers (bootstrap.servers): say which.');
  }
  const protocol = settings['security.protocol'];
  const hasLogin = ['sasl.mechanism', 'sasl.jaas.config', 'sasl.username'].some(
    (key) => view.get(key) !== undefined,
  );
  if (protocol === undefined && hasLogin) {
    notes.push('Without security.protocol clients use neither TLS nor a login: choose a protocol.');
  }
  if (protocol !== 'sasl_ssl' && protocol !== 'sasl_plaintext') return notes;
  const mechanism = settings['security.mechanism'];
  if (mechanism === undefined) {
    notes.push('The file names no mechanism that Resonance knows (clients then use Kerberos): choose one.');
  } else if (mechanism === 'oauthbearer') {
    const hasSource = ['tokenEndpoint', 'tokenFile'].some(
      (name) => settings[`security.oauth.${name}`] !== undefined,
    );
    if (!hasSource) notes.push('The file does not say where the token comes from: enter it.');
    else if (settings['security.oauth.tokenEndpoint'] !== undefined && secrets.clientSecret === undefined) {
      notes.push('The file has no client secret: enter it.');
    }
  } else {
    if (settings['security.username'] === undefined) notes.push('The file has no user name: enter it.');
    if (secrets.password === undefined) notes.push('The file has no password: enter it.');
  }
  return notes;
}
