import { ResonanceError } from '../../shared/errors.js';
import { type Message, reportedState, type StateData, stateDataSchema } from '../../shared/message.js';
import { compareStamps, type Stamp } from '../../shared/stamp.js';
import type { Register, RegisterMap } from './register-map.js';

/** Longest field name, in UTF-16 code units. */
export const maxFieldNameLength = 128;

/** Largest JSON text of one value, in bytes: all fields together stay well under the largest message. */
export const maxFieldValueBytes = 4_096;

/** Facts about one node, or computed from the others: they travel with the state but are nobody's change. */
const derivedFields: ReadonlySet<string> = new Set(['anchor', 'last_update', 'connected_nodes']);

export function isDerivedField(name: string): boolean {
  return derivedFields.has(name);
}

/** Whether a field may be part of the state at all. `__proto__` would reach behind the object it is put into. */
export function isFieldName(name: string): boolean {
  return name.length > 0 && name.length <= maxFieldNameLength && name !== '__proto__';
}

/** The register for a value, or `null` where the value is not JSON or too big. */
export function createRegister(value: unknown, stamp: Stamp): Register | null {
  if (typeof value === 'number' && !Number.isFinite(value)) return null;
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined || !fits(text)) return null;
  return { value, stamp, text };
}

function fits(text: string): boolean {
  // A UTF-16 code unit takes at most three bytes, so most values need no counting.
  return text.length * 3 <= maxFieldValueBytes || Buffer.byteLength(text) <= maxFieldValueBytes;
}

/**
 * What a program or an operator wants changed, checked: known fields have their type, values are JSON and not too big.
 * Derived fields are left out. Values are copies, so that the caller's later edits change nothing here.
 *
 * @throws ResonanceError `MESSAGE_INVALID`
 */
export function readPatch(
  patch: StateData,
): ReadonlyMap<string, { readonly value: unknown; readonly text: string }> {
  const checked = stateDataSchema.safeParse(patch);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    throw invalidField(issue?.path.map(String).join('.') ?? '', issue?.message ?? 'wrong shape');
  }
  const fields = new Map<string, { value: unknown; text: string }>();
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined || isDerivedField(name)) continue;
    if (!isFieldName(name)) {
      throw invalidField(
        name.slice(0, maxFieldNameLength),
        `a name of 1 to ${maxFieldNameLength} characters`,
      );
    }
    const register = createRegister(value, [0, 0, '']);
    if (register === null) {
      throw invalidField(name, `a JSON value of at most ${maxFieldValueBytes} bytes`);
    }
    fields.set(name, { value: JSON.parse(register.text) as unknown, text: register.text });
  }
  return fields;
}

function invalidField(name: string, expected: string): ResonanceError {
  return new ResonanceError(
    'MESSAGE_INVALID',
    `State field \`${name}\` was not changed: expected ${expected}`,
    {
      hint: 'Correct the value and send it again.',
    },
  );
}

/** What a message says about state, taken apart. */
export interface ReadState {
  /** Stamped changes: to be merged. */
  readonly changes: RegisterMap;
  /** Stamped fields that were refused: an implausible stamp, a bad name, a value too big. */
  readonly refused: number;
}

/** Which fields a stamped message of each type may change. */
function changeableFields(message: Message): StateData | null {
  switch (message.type) {
    case 'state_update':
      return reportedState(message);
    case 'frequency_sync':
      return message.s_roi === undefined
        ? { frequency: message.frequency }
        : { frequency: message.frequency, s_roi: message.s_roi };
    case 's_roi_update':
      return { s_roi: message.s_roi };
    case 'repository_event':
    case 'heartbeat':
      return null;
  }
}

/**
 * Reads a message's stamped changes; a field without a stamp is a report and not among them.
 *
 * @param known what is merged already: most messages repeat it, and it is passed over without being taken apart
 */
export function readChanges(
  message: Message,
  known: RegisterMap,
  isPlausible: (stamp: Stamp) => boolean,
): ReadState {
  const changes = new Map<string, Register>();
  let refused = 0;
  const stamps = message.stamps;
  const state = stamps === undefined ? null : changeableFields(message);
  if (stamps === undefined || state === null) return { changes, refused };
  for (const [name, stamp] of Object.entries(stamps)) {
    if (isDerivedField(name) || !Object.hasOwn(state, name)) continue;
    const value = state[name];
    const present = known.get(name);
    const order = present === undefined ? 1 : compareStamps(stamp, present.stamp);
    if (order < 0 || (order === 0 && value === present?.value)) continue;
    const register = isFieldName(name) && isPlausible(stamp) ? createRegister(value, stamp) : null;
    if (register === null) refused += 1;
    else changes.set(name, register);
  }
  return { changes, refused };
}
