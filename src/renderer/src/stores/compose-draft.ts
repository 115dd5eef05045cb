import type { Config } from '../../../shared/config.js';
import type { ComposeRequest } from '../../../shared/ipc.js';
import type { MessageType } from '../../../shared/message.js';
import { defaultTargets } from './settings-store.js';

export type Via = ComposeRequest['via'];

/** What the operator is writing. The JSON text is the truth; the form shows and edits what it says. */
export interface Draft {
  readonly text: string;
  readonly target: string | null;
  readonly via: Via;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** Where JSON stopped making sense; line and column count from 1. */
export interface JsonProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

export type JsonReading =
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly problem: JsonProblem };

export function formatJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** JSON text with its lines broken; anything else as it is. */
export function tidyJson(text: string): string {
  const reading = readJsonObject(text);
  return reading.ok ? formatJson(reading.value) : text;
}

/** Reads the draft's text as one JSON object. */
export function readJsonObject(text: string): JsonReading {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { ok: true, value: value as JsonObject };
    }
    return { ok: false, problem: { message: 'expected a JSON object: { … }', line: 1, column: 1 } };
  } catch (error) {
    return { ok: false, problem: locate(text, error instanceof Error ? error.message : String(error)) };
  }
}

/** V8 says `... in JSON at position 12`, sometimes with line and column, or nothing when the text just ends. */
function locate(text: string, v8Message: string): JsonProblem {
  const position = /at position (\d+)/.exec(v8Message)?.[1];
  const before = text.slice(0, position === undefined ? text.length : Number(position));
  const message = v8Message
    .replace(/( in JSON)? at position .*$/s, '')
    .replace(/, "?.*is not valid JSON$/s, '');
  return {
    message: text.trim() === '' ? 'nothing written yet' : message,
    line: before.split('\n').length,
    column: before.length - before.lastIndexOf('\n'),
  };
}

/** A message of that type with the settings' values filled in, so that it can be sent as it is. */
export function starterFields(type: MessageType, config: Config | null): JsonObject {
  const { frequencyHz: frequency, sRoiThreshold: sRoi } = config?.resonance ?? defaultTargets;
  switch (type) {
    case 'state_update':
      return { data: { frequency, s_roi: sRoi, status: 'active' } };
    case 'frequency_sync':
      return { frequency, s_roi: sRoi };
    case 's_roi_update':
      return { s_roi: sRoi };
    case 'repository_event':
      return { event_type: 'commit', data: { message: '' } };
    case 'heartbeat':
      return {};
  }
}

/** The text for another type: fields that both types know keep what the operator wrote. */
export function withType(value: JsonObject, type: MessageType, config: Config | null): JsonObject {
  const starter = starterFields(type, config);
  const kept = Object.entries(value).filter(
    ([key, field]) => Object.hasOwn(starter, key) && typeof field === typeof starter[key],
  );
  const fields: Record<string, unknown> = { type, ...starter };
  for (const [key, field] of kept) {
    // `data` means the state in one type and the event in another.
    if (key !== 'data') fields[key] = field;
  }
  return fields;
}

/** Sets the field at a path of keys; `undefined` takes it out. */
export function withField(value: JsonObject, path: readonly string[], field: unknown): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const copy: Record<string, unknown> = { ...value };
  if (rest.length > 0) {
    const inner = copy[key];
    const object = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : {};
    copy[key] = withField(object as JsonObject, rest, field);
  } else if (field === undefined) {
    delete copy[key];
  } else {
    copy[key] = field;
  }
  return copy;
}

/** The field at a path of keys; `undefined` where there is none. */
export function fieldAt(value: JsonObject, path: readonly string[]): unknown {
  let current: unknown = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as JsonObject)[key];
  }
  return current;
}
