import { z } from 'zod';
import { configSchema, defaultConfig } from './config.js';

export type SettingKind = 'text' | 'integer' | 'number' | 'choice' | 'switch' | 'list';

/** One leaf of the settings schema, as forms and error lines need it. */
export interface SettingField {
  /** Dot path; a peer's fields have `*` for its name: `peers.*.websocket`. */
  readonly path: string;
  readonly kind: SettingKind;
  readonly title: string;
  readonly description: string;
  readonly unit: string | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly choices: readonly string[];
  /** What is allowed, in words that finish the sentence "expected ...". */
  readonly allowed: string;
  readonly schema: z.ZodType;
}

/** The parts of a leaf's JSON Schema that a form uses. */
interface LeafDescription {
  type?: string;
  title?: string;
  description?: string;
  unit?: string;
  minimum?: number;
  maximum?: number;
  enum?: string[];
}

/** Every setting in the order of the schema. */
export const settingFields: readonly SettingField[] = collectFields(configSchema, '');

const fieldsByPath = new Map(settingFields.map((field) => [field.path, field]));

/** Sections whose second step is a name that the operator gives: `peers.NAME.websocket`. */
export const namedSections = ['peers', 'profiles'] as const;
export type NamedSection = (typeof namedSections)[number];

export function isNamedSection(section: string): section is NamedSection {
  return (namedSections as readonly string[]).includes(section);
}

/** The field at a concrete path (`peers.nexus.topic`), or undefined for a name that is no setting. */
export function findSettingField(path: string): SettingField | undefined {
  const steps = path.split('.');
  const [section, , ...rest] = steps;
  if (section !== undefined && isNamedSection(section)) {
    return fieldsByPath.get([section, '*', ...rest].join('.'));
  }
  return fieldsByPath.get(path);
}

/** The default of a leaf; undefined for peers that have none. */
export function defaultSetting(path: string): unknown {
  return readSetting(defaultConfig, path);
}

/** The value at a dot path of a nested object, own properties only. */
export function readSetting(values: unknown, path: string): unknown {
  let value = values;
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/** What is wrong with a value for a field, as "expected ..." words; null when it is valid. */
export function checkSetting(field: SettingField, value: unknown): string | null {
  const result = field.schema.safeParse(value);
  if (result.success) return null;
  const issue = result.error.issues[0];
  // Only these carry the schema's own words; zod's generic ones say less than `allowed`.
  const hasOwnWords = issue !== undefined && (issue.code === 'custom' || issue.code === 'invalid_format');
  return hasOwnWords ? issue.message : field.allowed;
}

function collectFields(schema: z.ZodType, path: string): SettingField[] {
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([key, child]) =>
      collectFields(child, path === '' ? key : `${path}.${key}`),
    );
  }
  if (schema instanceof z.ZodRecord) return collectFields(schema.valueType as z.ZodType, `${path}.*`);
  return [describeLeaf(schema, path)];
}

function describeLeaf(schema: z.ZodType, path: string): SettingField {
  const leaf = z.toJSONSchema(schema) as LeafDescription;
  const kind = kindOf(leaf);
  const minimum = leaf.minimum ?? null;
  const maximum = leaf.maximum ?? null;
  const choices = leaf.enum ?? [];
  return {
    path,
    kind,
    title: leaf.title ?? path,
    description: leaf.description ?? '',
    unit: leaf.unit ?? null,
    minimum,
    maximum,
    choices,
    allowed: describeAllowed(kind, minimum, maximum, choices),
    schema,
  };
}

function kindOf(leaf: LeafDescription): SettingKind {
  if (leaf.enum !== undefined) return 'choice';
  if (leaf.type === 'boolean') return 'switch';
  if (leaf.type === 'integer' || leaf.type === 'number') return leaf.type;
  return leaf.type === 'array' ? 'list' : 'text';
}

function describeAllowed(
  kind: SettingKind,
  minimum: number | null,
  maximum: number | null,
  choices: readonly string[],
): string {
  switch (kind) {
    case 'choice':
      return `one of ${choices.join(', ')}`;
    case 'integer':
      return `a whole number from ${minimum} to ${maximum}`;
    case 'number':
      return `a number from ${minimum} to ${maximum}`;
    case 'switch':
      return 'true or false';
    case 'list':
      return 'a list of texts';
    case 'text':
      return 'a text that is not empty';
  }
}
