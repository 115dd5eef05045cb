import type { z } from 'zod';
import {
  isMessageType,
  isWireType,
  type MessageType,
  schemaByType,
  type WireMessage,
  type WireType,
} from './message.js';
import type { Rejection, RejectionReason } from './rejection.js';
import { isTimestamp } from './timestamp.js';

/** Largest message in bytes of UTF-8, over either transport. */
export const maxMessageBytes = 1_048_576;

/** Deepest nesting of objects and arrays; the mesh's own messages use three levels. */
export const maxMessageDepth = 32;

export type ParseResult =
  | { readonly ok: true; readonly message: WireMessage }
  | { readonly ok: false; readonly rejection: Rejection };

type JsonObject = Record<string, unknown>;

/** The stamp schema's latest wall time. */
const latestStampMs = 4_102_444_800_000;

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
  if (typeof type === 'string' && isMessageType(type) && isSurelyValid(object, type)) return accept(object);
  if (typeof type !== 'string' || !isWireType(type)) {
    return refuse(
      'unknown_type',
      `\`type\` is ${show(type)}`,
      typeof type === 'string' ? type.slice(0, 128) : undefined,
    );
  }
  const hazard = findHazard(object, 1);
  if (hazard !== null) return refuse(hazard.reason, describeHazard(hazard), type);
  const result = schemaByType[type].safeParse(object);
  return result.success ? accept(object) : refuseShape(object, type, result.error.issues);
}

interface Hazard {
  readonly reason: 'too_deep' | 'forbidden_key' | 'not_finite';
  /** Keys that lead to it, the innermost first. */
  readonly path: string[];
}

/** What no shape allows anywhere in the message, however deep. */
function findHazard(value: object, depth: number): Hazard | null {
  if (depth > maxMessageDepth) return { reason: 'too_deep', path: [] };
  // Parsed JSON has own enumerable keys only, `__proto__` among them; for-in is the fastest way to see them.
  for (const key in value) {
    if (key === '__proto__') return { reason: 'forbidden_key', path: [key] };
    const field = (value as JsonObject)[key];
    if (typeof field === 'number') {
      // JSON.parse reads 1e999 as Infinity.
      if (!Number.isFinite(field)) return { reason: 'not_finite', path: [key] };
    } else if (typeof field === 'object' && field !== null) {
      const hazard = findHazard(field, depth + 1);
      if (hazard === null) continue;
      hazard.path.push(key);
      return hazard;
    }
  }
  return null;
}

function describeHazard({ reason, path }: Hazard): string {
  const where = `\`${path.reverse().join('.')}\``;
  switch (reason) {
    case 'too_deep':
      return `nested deeper than ${maxMessageDepth} levels`;
    case 'forbidden_key':
      return `${where} is not allowed as a key`;
    case 'not_finite':
      return `${where} is not a finite number`;
  }
}

/**
 * Whether the message is surely valid: one pass over its fields that accepts only what the schemas accept
 * (property-tested). What it does not recognise goes to the schema, which decides and explains. It exists because
 * validation is a third of the cost of ingest; one pass, because looking up a field that may be absent in objects of
 * many shapes costs more than checking it.
 */
function isSurelyValid(object: JsonObject, type: MessageType): boolean {
  let hasFrequency = false;
  let hasSRoi = false;
  let hasEventType = false;
  let hasOtherState = false;
  for (const key in object) {
    const field = object[key];
    switch (key) {
      case 'type':
        break;
      case 'timestamp':
        if (typeof field !== 'string' || !isTimestamp(field)) return false;
        break;
      case 'source':
      case 'anchor':
        if (typeof field !== 'string' || field.length > 256) return false;
        break;
      case 'id':
        if (typeof field !== 'string' || field.length > 128) return false;
        break;
      case 'stamps':
        if (!areStamps(field)) return false;
        break;
      case 'frequency':
        if (!isFiniteNumber(field) || field < 0) return false;
        hasFrequency = true;
        break;
      case 's_roi':
        if (!isFiniteNumber(field)) return false;
        hasSRoi = true;
        break;
      case 'status':
        if (typeof field !== 'string') return false;
        hasOtherState = true;
        break;
      case 'event_type':
        if (typeof field !== 'string' || field.length === 0 || field.length > 256) return false;
        hasEventType = true;
        break;
      case 'data':
        if (!isPlainObject(field) || !(type === 'state_update' ? isStateData(field) : isHarmless(field, 2)))
          return false;
        hasOtherState = true;
        break;
      default:
        if (key === '__proto__' || !isHarmless(field, 2)) return false;
    }
  }
  switch (type) {
    case 'state_update':
      return hasOtherState || hasFrequency || hasSRoi;
    case 'frequency_sync':
      return hasFrequency;
    case 's_roi_update':
      return hasSRoi;
    case 'repository_event':
      return hasEventType;
    case 'heartbeat':
      return true;
  }
}

function isStateData(data: JsonObject): boolean {
  for (const key in data) {
    const field = data[key];
    switch (key) {
      case 'frequency':
        if (!isFiniteNumber(field) || field < 0) return false;
        break;
      case 's_roi':
        if (!isFiniteNumber(field)) return false;
        break;
      case 'status':
      case 'anchor':
        if (typeof field !== 'string') return false;
        break;
      case 'last_update':
        if (field !== null && typeof field !== 'string') return false;
        break;
      case 'connected_nodes':
        if (!Array.isArray(field) || !field.every((node) => typeof node === 'string')) return false;
        break;
      default:
        if (key === '__proto__' || !isHarmless(field, 3)) return false;
    }
  }
  return true;
}

/** Without what no shape allows anywhere (see {@link findHazard}). */
function isHarmless(field: unknown, depth: number): boolean {
  if (typeof field === 'number') return Number.isFinite(field);
  return typeof field !== 'object' || field === null || findHazard(field, depth) === null;
}

function areStamps(stamps: unknown): boolean {
  if (!isPlainObject(stamps)) return false;
  for (const field in stamps) {
    const stamp = stamps[field];
    if (field === '__proto__' || !Array.isArray(stamp) || stamp.length !== 3) return false;
    const [wallMs, counter, node] = stamp as unknown[];
    if (!isCount(wallMs) || wallMs > latestStampMs || !isCount(counter)) return false;
    if (typeof node !== 'string' || node.length === 0 || node.length > 128) return false;
  }
  return true;
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isPlainObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function accept(object: JsonObject): ParseResult {
  return { ok: true, message: object as unknown as WireMessage };
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
  const detail = `${where}: ${expectation(issue)}${path === '' ? '' : `, got ${show(given)}`}`;
  return refuse(reason, detail, type);
}

function expectation(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'invalid_type') return `expected ${issue.expected}`;
  return issue?.message ?? 'wrong shape';
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
