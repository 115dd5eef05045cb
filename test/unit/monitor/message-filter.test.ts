import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFilter, type FilterableMessage } from '../../../src/main/monitor/message-filter.js';
import { emptyMessageFilter } from '../../../src/shared/feed.js';

const messageOf = (text: string): FilterableMessage => ({
  type: 'state_update',
  transport: 'kafka',
  node: null,
  topic: null,
  profile: null,
  text,
});

describe('compileFilter', () => {
  it('finds any text as it is typed, whatever its case, with no sign that means something else', () => {
    const signs = fc.string({
      unit: fc.constantFrom(...'aB\\^$.*+?()[]{}|-/"n1 '),
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(signs, signs, (wanted, text) => {
        const matches = compileFilter({ ...emptyMessageFilter, text: wanted });
        expect(matches?.(messageOf(text))).toBe(text.toLowerCase().includes(wanted.toLowerCase()));
        expect(matches?.(messageOf(`"${wanted.toUpperCase()}"`))).toBe(true);
      }),
    );
  });

  it('narrows to clusters, of which a message that is not of Kafka has none', () => {
    const matches = compileFilter({ ...emptyMessageFilter, profiles: ['', 'watched'] });
    const over = (name: string | null) =>
      matches?.({ ...messageOf('{}'), profile: name === null ? null : { name } });
    expect([over(''), over('watched'), over('local'), over(null)]).toEqual([true, true, false, false]);
  });

  it('is null when everything matches', () => {
    expect(compileFilter(emptyMessageFilter)).toBeNull();
  });
});
