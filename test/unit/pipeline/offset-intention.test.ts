import { expect, it } from 'vitest';
import type { GroupSnapshot } from '../../../src/main/pipeline/group-snapshots.js';
import { changeWords, topicsOf } from '../../../src/main/pipeline/offset-intention.js';

function snapshot(change: string): GroupSnapshot {
  const entry = { topic: 'inbound', before: null, after: '3' };
  return {
    version: 1,
    id: '1',
    clusterId: 'c',
    groupId: 'g',
    takenAtMs: 0,
    change,
    partitions: [
      { ...entry, partition: 0 },
      { ...entry, partition: 1 },
    ],
  };
}

it.each([
  ['to earliest', 'undo of “to earliest”'],
  ['undo of “to earliest”', 'redo of “to earliest”'],
  ['redo of “to earliest”', 'undo of “to earliest”'],
])('the undo of %s reads %s', (change, words) => {
  expect(changeWords({ kind: 'undo', snapshot: snapshot(change) })).toBe(words);
});

it('a reset reads as where it goes', () => {
  const request = { groupId: 'g', scope: [] };
  expect(
    [
      { kind: 'shift', by: 3 } as const,
      { kind: 'time', atMs: 0 } as const,
      { kind: 'offset', offset: '7' } as const,
    ].map((target) => changeWords({ kind: 'reset', request: { ...request, target } })),
  ).toEqual(['shift by +3', 'to 1970-01-01T00:00:00.000Z', 'to offset 7']);
});

it('names each topic once', () => {
  expect(topicsOf({ kind: 'undo', snapshot: snapshot('to latest') })).toEqual(['inbound']);
});
