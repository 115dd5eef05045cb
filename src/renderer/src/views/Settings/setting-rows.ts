import type { Config, ConfigProblem, ConfigSource } from '../../../../shared/config.js';
import type { SettingsView } from '../../../../shared/ipc.js';
import { isOverridden } from '../../format/setting-words.js';
import type { SettingChange, SettingDraft } from '../../stores/settings-draft-store.js';
import {
  checkSetting,
  defaultSetting,
  readSetting,
  type SettingField,
  settingFields,
} from '../../validation/settings.js';
import { textOfValue, valueFromText } from './setting-text.js';

/** One setting as the view shows it: its value, what is typed over it, and what is to be said about both. */
export interface SettingRow {
  readonly path: string;
  readonly field: SettingField;
  readonly source: ConfigSource;
  /** The environment or the command line wins: it cannot be changed here. */
  readonly isLocked: boolean;
  /** What the control would show without a draft. */
  readonly savedText: string;
  /** What the control shows. */
  readonly text: string;
  /** What `text` stands for. */
  readonly value: unknown;
  readonly isDirty: boolean;
  /** The file's value is to be taken out. */
  readonly isReset: boolean;
  /** What is wrong with the draft, as a sentence; null when it may be saved. */
  readonly problem: string | null;
  /** Values of some source that are wrong and therefore not used. */
  readonly sourceProblems: readonly ConfigProblem[];
  /** The setting has changed since the typing began. */
  readonly changedElsewhere: boolean;
  /** To save, when it is dirty. */
  readonly change: SettingChange | null;
}

interface Drafts {
  readonly drafts: Readonly<Record<string, SettingDraft>>;
  readonly refusals: Readonly<Record<string, string>>;
}

/** Every setting but the peers, which have a table of their own. */
export function settingRows(settings: SettingsView, drafts: Drafts): readonly SettingRow[] {
  return concretePaths(settings.config).map(({ path, field }) => settingRow(path, field, settings, drafts));
}

/** Fields of named sections once for each name: `profiles.*.color` becomes `profiles.NAME.color`. */
function concretePaths(config: Config): readonly { readonly path: string; readonly field: SettingField }[] {
  return settingFields.flatMap((field) => {
    const [section = '', star, ...rest] = field.path.split('.');
    if (section === 'peers') return [];
    if (star !== '*') return [{ path: field.path, field }];
    const named = readSetting(config, section);
    const names = typeof named === 'object' && named !== null ? Object.keys(named) : [];
    return names.map((name) => ({ path: [section, name, ...rest].join('.'), field }));
  });
}

function settingRow(
  path: string,
  field: SettingField,
  { config, sources, problems }: SettingsView,
  { drafts, refusals }: Drafts,
): SettingRow {
  const source = sources[path] ?? 'default';
  const saved = readSetting(config, path);
  const savedText = textOfValue(saved);
  const isLocked = isOverridden(source);
  const draft = isLocked ? undefined : drafts[path];
  const isReset = draft !== undefined && draft.text === null && source === 'file';
  const text = isReset ? textOfValue(defaultSetting(path)) : (draft?.text ?? savedText);
  // An empty control of a setting that may be missing leaves it out.
  const isLeftOut = text === '' && checkSetting(field, undefined) === null;
  const value = isLeftOut ? null : valueFromText(field.kind, text);
  const isDirty = isReset || (draft !== undefined && !isSame(value, saved ?? null));
  const wrong = !isDirty || isReset || isLeftOut ? null : checkSetting(field, value);
  const expected = isDirty ? (refusals[path] ?? wrong) : null;
  return {
    path,
    field,
    source,
    isLocked,
    savedText,
    text,
    value,
    isDirty,
    isReset,
    problem: expected === null ? null : `Expected ${expected}`,
    sourceProblems: problems.filter((problem) => problem.path === path),
    changedElsewhere: isDirty && draft !== undefined && draft.base !== savedText,
    change: isDirty
      ? { path, value: isReset ? null : value, previous: source === 'file' ? saved : null }
      : null,
  };
}

/** Rows whose words contain every word of the text. */
export function searchRows(rows: readonly SettingRow[], text: string): readonly SettingRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(({ path, field }) => {
    const said = `${path} ${field.title} ${field.description} ${field.choices.join(' ')}`.toLowerCase();
    return words.every((word) => said.includes(word));
  });
}

/** Problems that belong to no row: the file as a whole, names that are no settings, and peers. */
export function looseProblems(
  settings: SettingsView,
  rows: readonly SettingRow[],
): { readonly general: readonly ConfigProblem[]; readonly peers: readonly ConfigProblem[] } {
  const paths = new Set(rows.map((row) => row.path));
  const loose = settings.problems.filter((problem) => !paths.has(problem.path));
  return {
    general: loose.filter((problem) => !problem.path.startsWith('peers.')),
    peers: loose.filter((problem) => problem.path.startsWith('peers.')),
  };
}

/** The change that takes a wrong value out of the file. */
export function mendingChange({ path }: ConfigProblem, { config }: SettingsView): Record<string, null> {
  const [section, name, ...rest] = path.split('.');
  // A peer that is only half there goes as a whole; a wrong value of one that works goes alone.
  const goesWhole = section === 'peers' && name !== undefined && !Object.hasOwn(config.peers, name);
  return { [goesWhole && rest.length > 0 ? `peers.${name}` : path]: null };
}

/** What should be thought of before saving a value that is allowed. */
export function settingWarning(path: string, value: unknown): string | null {
  const isOpen = path === 'websocket.host' && typeof value === 'string' && !isLoopback(value);
  return isOpen ? 'Everybody who reaches this address can connect: there is no login.' : null;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
