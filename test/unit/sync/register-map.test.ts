import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compareFieldNames,
  emptyRegisterMap,
  maxStateFields,
  mergeRegisters,
  type Register,
  type RegisterMap,
} from '../../../src/main/sync/register-map.js';
import type { Stamp } from '../../../src/shared/stamp.js';

// Few stamps and names, so that the same field is changed by many, and equal stamps with different values occur.
const stamp = fc.tuple(fc.nat(3), fc.nat(2), fc.constantFrom('a', 'b', 'c')) as fc.Arbitrary<Stamp>;
const value = fc.oneof(fc.nat(4), fc.constantFrom('x', 'y'), fc.constant(null), fc.constant({ deep: [1] }));
const register: fc.Arbitrary<Register> = fc
  .record({ stamp, value })
  .map(({ stamp, value }) => ({ stamp, value, text: JSON.stringify(value) }));
const fieldName = fc.oneof(
  fc.constantFrom('frequency', 's_roi', 'status', 'mood'),
  fc.string({ minLength: 1, maxLength: 2 }),
);
const registerMap: fc.Arbitrary<RegisterMap> = fc
  .array(fc.tuple(fieldName, register), { maxLength: 8 })
  .map((entries) => new Map(entries));
/** More fields than are kept. */
const wideMap: fc.Arbitrary<RegisterMap> = fc
  .array(
    fc.tuple(
      fc.nat(300).map((number) => `f${number}`),
      register,
    ),
    { minLength: 100, maxLength: 260 },
  )
  .map((entries) => mergeRegisters(emptyRegisterMap, new Map(entries)).registers);

const merge = (left: RegisterMap, right: RegisterMap): RegisterMap => mergeRegisters(left, right).registers;
const plain = (map: RegisterMap): unknown =>
  [...map]
    .sort(([left], [right]) => compareFieldNames(left, right))
    .map(([name, { stamp, text }]) => [name, stamp, text]);

describe.each([
  ['few fields', registerMap, 400],
  ['more fields than are kept', wideMap, 40],
])('merging register maps with %s', (_, map, numRuns) => {
  test('is commutative', () => {
    fc.assert(
      fc.property(map, map, (a, b) => {
        expect(plain(merge(a, b))).toEqual(plain(merge(b, a)));
      }),
      { numRuns },
    );
  });

  test('is associative', () => {
    fc.assert(
      fc.property(map, map, map, (a, b, c) => {
        expect(plain(merge(merge(a, b), c))).toEqual(plain(merge(a, merge(b, c))));
      }),
      { numRuns },
    );
  });

  test('is idempotent, and says so by returning the same map', () => {
    fc.assert(
      fc.property(map, map, (a, b) => {
        const both = merge(a, b);
        expect(merge(both, b)).toBe(both);
        expect(merge(both, both)).toBe(both);
      }),
      { numRuns },
    );
  });

  test('never changes its arguments', () => {
    fc.assert(
      fc.property(map, map, (a, b) => {
        const before = [plain(a), plain(b)];
        merge(a, b);
        expect([plain(a), plain(b)]).toEqual(before);
      }),
      { numRuns },
    );
  });
});

describe('the bound on fields', () => {
  const many = (count: number, prefix: string): RegisterMap =>
    new Map(
      Array.from({ length: count }, (_, index): [string, Register] => [
        `${prefix}${String(index).padStart(4, '0')}`,
        { value: index, text: String(index), stamp: [9, 0, 'z'] },
      ]),
    );

  test('keeps the fields of the mesh, whatever else is sent', () => {
    const own: RegisterMap = new Map([
      ['status', { value: 's', text: '"s"', stamp: [1, 0, 'a'] }],
      ['frequency', { value: 1, text: '1', stamp: [1, 0, 'a'] }],
      ['s_roi', { value: 2, text: '2', stamp: [1, 0, 'a'] }],
    ]);
    const { registers, omitted } = mergeRegisters(own, many(maxStateFields * 2, 'A'));
    expect(registers.size).toBe(maxStateFields);
    expect([...own.keys()].every((name) => registers.has(name))).toBe(true);
    expect(omitted).toHaveLength(maxStateFields + 3);
  });

  test('reports nothing changed when only fields without room came in', () => {
    const full = merge(emptyRegisterMap, many(maxStateFields, 'a'));
    const result = mergeRegisters(full, many(3, 'b'));
    expect(result.registers).toBe(full);
    expect(result.changed).toEqual([]);
    expect(result.omitted).toHaveLength(3);
  });
});
