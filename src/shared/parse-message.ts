import type { z } from 'zod';
import { isWireType, type MessageOfType, schemaByType, type WireMessage, type WireType } from './message.js';
import type { Rejection, RejectionReason } from './rejection.js';
import { parseTimestamp } from './timestamp.js';

/** Largest message in bytes of UTF-8, over either transport. */
export const maxMessageBytes = 1_048_576;

/** Deepest nesting of objects and arrays; the mesh's own messages use three levels. */
export const maxMessageDepth = 32;

export type ParseResult =
  | { readonly ok: true; readonly message: WireMessage }
  | { readonly ok: false; readonly rejection: Rejection };

type JsonObject = Record<string, unknown>;

/**
 * Reads one message from the wire and validates it once, for every part of the node.
 *
 * Never throws. The message returned is the parsed object itself: unknown fields are in it.
 *
 * @param text the JSON text
 * @param byteLength its length in bytes of UTF-8, where the caller knows it
 */
export function parseMessage(text: string, byteLength = text.length): ParseResult {
  if (byteLength > maxMessageBytes || text.length > maxMessageBytes) {
    return refuse('too_big', `${byteLength} bytes, at most ${maxMessageBytes} are allowed`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuseText(text, error);
  }
  return validateMessage(value);
}

/** The same checks on a value that is parsed already (a form, a program). */
export function validateMessage(value: unknown): ParseResult {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse('not_object', `expected a JSON object, got ${kindOf(value)}`);
  }
  const object = value as JsonObject;
  const type = object.type;
  if (typeof type !== 'string' || !isWireType(type)) {
    return refuse(
      'unknown_type',
      `\`type\` is ${show(type)}`,
      typeof type === 'string' ? type.slice(0, 128) : undefined,
    );
  }
  const hazard = findHazard(object, 1, '');
  if (hazard !== null) return refuse(hazard.reason, hazard.detail, type);
  if (!fastChecks[type](object)) {
    const result = schemaByType[type].safeParse(object);
    if (!result.success) return refuseShape(object, type, result.error.issues);
  }
  return { ok: true, message: object as unknown as WireMessage };
}

/** What no shape allows anywhere in the message, however deep. */
function findHazard(
  value: object,
  depth: number,
  path: string,
): { reason: RejectionReason; detail: string } | null {
  if (depth > maxMessageDepth) {
    return { reason: 'too_deep', detail: `nested deeper than ${maxMessageDepth} levels` };
  }
  // Parsed JSON has own enumerable keys only, `__proto__` among them; for-in is the fastest way to see them.
  for (const key in value) {
    if (key === '__proto__')
      return { reason: 'forbidden_key', detail: `\`${path}__proto__\` is not allowed as a key` };
    const field = (value as JsonObject)[key];
    if (typeof field === 'number') {
      // JSON.parse reads 1e999 as Infinity.
      if (!Number.isFinite(field))
        return { reason: 'not_finite', detail: `\`${path}${key}\` is not a finite number` };
    } else if (typeof field === 'object' && field !== null) {
      const hazard = findHazard(field, depth + 1, `${path}${key}.`);
      if (hazard !== null) return hazard;
    }
  }
  return null;
}

/*
 * The fast checks accept only what the schemas accept (property-tested); what they do not recognise goes to the
 * schema, which decides and explains. They exist because validation is a third of the cost of ingest.
 */
const fastChecks: { readonly [T in WireType]: (object: JsonObject) => boolean } = {
  state_update: (o) =>
    commonIsPlain(o) && stateIsPlain(o) && (o.data === undefined ? hasTopLevelState(o) : dataIsPlain(o.data)),
  frequency_sync: (o) => typeof o.frequency === 'number' && commonIsPlain(o) && stateIsPlain(o),
  s_roi_update: (o) => typeof o.s_roi === 'number' && commonIsPlain(o),
  repository_event: (o) =>
    typeof o.event_type === 'string' &&
    o.event_type.length > 0 &&
    o.event_type.length <= 256 &&
    commonIsPlain(o) &&
    (o.data === undefined || isPlainObject(o.data)),
  heartbeat: (o) => commonIsPlain(o) && stateIsPlain(o),
  ack: () => false,
  error: () => false,
};

function commonIsPlain(o: JsonObject): boolean {
  return (
    (o.timestamp === undefined ||
      (typeof o.timestamp === 'string' && parseTimestamp(o.timestamp) !== null)) &&
    isShortString(o.source) &&
    isShortString(o.anchor) &&
    (o.id === undefined || (typeof o.id === 'string' && o.id.length <= 128)) &&
    o.stamps === undefined
  );
}

function stateIsPlain(o: JsonObject): boolean {
  return (
    (o.frequency === undefined || (typeof o.frequency === 'number' && o.frequency >= 0)) &&
    (o.s_roi === undefined || typeof o.s_roi === 'number') &&
    (o.status === undefined || typeof o.status === 'string')
  );
}

function dataIsPlain(data: unknown): boolean {
  return (
    isPlainObject(data) &&
    stateIsPlain(data) &&
    (data.anchor === undefined || typeof data.anchor === 'string') &&
    (data.last_update === undefined || data.last_update === null || typeof data.last_update === 'string') &&
    (data.connected_nodes === undefined ||
      (Array.isArray(data.connected_nodes) && data.connected_nodes.every((node) => typeof node === 'string')))
  );
}

function hasTopLevelState(o: JsonObject): boolean {
  return o.frequency !== undefined || o.s_roi !== undefined || o.status !== undefined;
}

function isShortString(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && value.length <= 256);
}

function isPlainObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(reason: RejectionReason, detail: string, type?: string): ParseResult {
  return { ok: false, rejection: type === undefined ? { reason, detail } : { reason, detail, type } };
}

function refuseText(text: string, error: unknown): ParseResult {
  // Python's json.dumps writes these by default; no JSON parser may read them.
  const token = /(?<=[[:,\s]|^)-?(?:NaN|Infinity)\b/.exec(text.slice(0, 65_536));
  if (token !== null) return refuse('not_finite', `${token[0]} is not JSON`);
  return refuse('not_json', error instanceof Error ? error.message : 'not JSON');
}

function refuseShape(object: JsonObject, type: WireType, issues: readonly z.core.$ZodIssue[]): ParseResult {
  const issue = issues[0];
  const path = issue === undefined ? '' : issue.path.map(String).join('.');
  const given = issue === undefined ? object : valueAt(object, issue.path);
  const where = path === '' ? type : `\`${path}\``;
  const reason: RejectionReason = path === 'timestamp' ? 'bad_timestamp' : 'wrong_shape';
  const detail = `${where}: ${issue?.message ?? 'wrong shape'}${path === '' ? '' : `, got ${show(given)}`}`;
  return refuse(reason, detail, type);
}

function valueAt(object: JsonObject, path: readonly PropertyKey[]): unknown {
  let value: unknown = object;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}

/** A value in an error line: short enough to read. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Narrows a parsed message to one type. */
export function isOfType<T extends WireType>(message: WireMessage, type: T): message is MessageOfType<T> {
  return message.type === type;
}
