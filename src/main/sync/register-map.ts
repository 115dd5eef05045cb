import { compareStamps, type Stamp } from '../../shared/stamp.js';

/** One state field: its value, and when and by whom it was last changed. */
export interface Register {
  readonly value: unknown;
  readonly stamp: Stamp;
  /** The value's JSON text: tells equal values apart from different ones, and decides between equal stamps. */
  readonly text: string;
}

/** State fields by name. Never changed in place. */
export type RegisterMap = ReadonlyMap<string, Register>;

export const emptyRegisterMap: RegisterMap = new Map();

/** Fields kept at most. Which ones, when there are more, is the same on every node: see {@link mergeRegisters}. */
export const maxStateFields = 128;

/** The mesh's own fields are never crowded out by others. */
const firstFields: readonly string[] = ['frequency', 's_roi', 'status'];

/**
 * Which of two values of one field wins: the higher stamp. Equal stamps with different values (two instances under one
 * name, a clock set back between two runs) are decided by the values' text, so that every node decides alike.
 */
export function compareRegisters(left: Register, right: Register): number {
  return (
    compareStamps(left.stamp, right.stamp) || (left.text < right.text ? -1 : left.text > right.text ? 1 : 0)
  );
}

export interface RegisterMerge {
  /** `left` itself when nothing changed. */
  readonly registers: RegisterMap;
  /** Fields whose register is another one than in `left`, in the order of `right`. */
  readonly changed: readonly string[];
  /** Fields that found no room. */
  readonly omitted: readonly string[];
}

/**
 * Merges field by field, the higher register wins: commutative, associative and idempotent, so any order of delivery,
 * any duplicate, and any loss that is followed by a resync end in the same map.
 *
 * With more than {@link maxStateFields} fields the first ones in the order of {@link compareFieldNames} stay. The
 * choice depends on names alone: a field that is dropped once has enough fields before it for ever, on every node.
 */
export function mergeRegisters(left: RegisterMap, right: RegisterMap): RegisterMerge {
  let merged: Map<string, Register> | undefined;
  const changed: string[] = [];
  for (const [name, register] of right) {
    const present = left.get(name);
    if (present !== undefined && compareRegisters(register, present) <= 0) continue;
    merged ??= new Map(left);
    merged.set(name, register);
    changed.push(name);
  }
  if (merged === undefined) return { registers: left, changed, omitted: [] };
  const omitted = namesBeyondLimit(merged);
  for (const name of omitted) merged.delete(name);
  const kept = changed.filter((name) => !omitted.includes(name));
  // Only fields without room came in: what is left is what was there.
  const isUnchanged = kept.length === 0 && omitted.every((name) => !left.has(name));
  return { registers: isUnchanged ? left : merged, changed: kept, omitted };
}

/** The mesh's own fields first, then by UTF-16 code units. */
export function compareFieldNames(left: string, right: string): number {
  const leftRank = firstFields.indexOf(left);
  const rightRank = firstFields.indexOf(right);
  if (leftRank !== -1 || rightRank !== -1) {
    return (
      (leftRank === -1 ? firstFields.length : leftRank) - (rightRank === -1 ? firstFields.length : rightRank)
    );
  }
  return left < right ? -1 : left > right ? 1 : 0;
}

function namesBeyondLimit(registers: RegisterMap): readonly string[] {
  if (registers.size <= maxStateFields) return [];
  return [...registers.keys()].sort(compareFieldNames).slice(maxStateFields);
}
