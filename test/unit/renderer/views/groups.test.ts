import { describe, expect, it } from 'vitest';
import { formatMove, formatOffset } from '../../../../src/renderer/src/views/Groups/group-words.js';
import {
  localTimeText,
  type ResetDraft,
  readResetDraft,
} from '../../../../src/renderer/src/views/Groups/reset-draft.js';
import { resetRequestSchema } from '../../../../src/shared/consumer-groups.js';

const empty: ResetDraft = { kind: 'earliest', time: '', by: '', offset: '', topic: '', partitions: '' };

function read(part: Partial<ResetDraft>) {
  return readResetDraft('archive', { ...empty, ...part });
}

describe('the form of a reset', () => {
  it.each<[Partial<ResetDraft>, unknown]>([
    [{}, { kind: 'earliest' }],
    [{ kind: 'latest' }, { kind: 'latest' }],
    [
      { kind: 'shift', by: ' -20 ' },
      { kind: 'shift', by: -20 },
    ],
    [
      { kind: 'shift', by: '+20' },
      { kind: 'shift', by: 20 },
    ],
    [
      { kind: 'offset', offset: '9007199254740993' },
      { kind: 'offset', offset: '9007199254740993' },
    ],
  ])('reads %j as what the node takes', (part, target) => {
    const { request, problems } = read(part);
    expect(problems).toEqual({});
    expect(resetRequestSchema.parse(request)).toEqual({ groupId: 'archive', target, scope: [] });
  });

  it('reads a local time back to the minute that it was made from', () => {
    const atMs = Date.UTC(2026, 0, 13, 2, 30);
    expect(read({ kind: 'time', time: localTimeText(atMs + 59_000) }).request?.target).toEqual({
      kind: 'time',
      atMs,
    });
  });

  it('takes all partitions of a topic, or those that are named, once each', () => {
    expect(read({ topic: 'inbound' }).request?.scope).toEqual([{ topic: 'inbound', partitions: null }]);
    expect(read({ topic: 'inbound', partitions: '0, 2,2' }).request?.scope).toEqual([
      { topic: 'inbound', partitions: [0, 2] },
    ]);
  });

  it.each<[Partial<ResetDraft>, string]>([
    [{ kind: 'time', time: '' }, 'time'],
    [{ kind: 'shift', by: '' }, 'by'],
    [{ kind: 'shift', by: '1.5' }, 'by'],
    [{ kind: 'shift', by: '0' }, 'by'],
    [{ kind: 'offset', offset: '-1' }, 'offset'],
    [{ topic: 'inbound', partitions: '0 2' }, 'partitions'],
  ])('finds what is wrong with %j', (part, field) => {
    const { request, problems } = read(part);
    expect(request).toBeNull();
    expect(Object.keys(problems)).toEqual([field]);
  });
});

describe('offsets as they are shown', () => {
  it('keep every digit, and say how far they move', () => {
    expect(formatOffset('9007199254740993')).toBe('9,007,199,254,740,993');
    expect(formatMove('5', '1205')).toBe('+1,200');
    expect(formatMove('30', '0')).toBe('−30');
    expect([formatMove('3', '3'), formatMove(null, null), formatMove(null, '3')]).toEqual(['0', '0', '–']);
  });
});
