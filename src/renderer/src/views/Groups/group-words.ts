import type { GroupMemberView, GroupState, ResetNote } from '../../../../shared/consumer-groups.js';
import type { Tone } from '../../components/StateMark.js';
import { minus, noValue } from '../../format/numbers.js';

const states: Readonly<Record<string, { readonly tone: Tone; readonly words: string }>> = {
  Stable: { tone: 'good', words: 'Active' },
  Empty: { tone: 'idle', words: 'Nobody reads' },
  PreparingRebalance: { tone: 'warning', words: 'Rebalancing' },
  CompletingRebalance: { tone: 'warning', words: 'Rebalancing' },
  Dead: { tone: 'idle', words: 'Readers unknown' },
  Unknown: { tone: 'bad', words: 'Coordinator not reached' },
};

export function stateWords(state: GroupState): { readonly tone: Tone; readonly words: string } {
  return states[state] ?? { tone: 'idle', words: state };
}

export const noteWords: Readonly<Record<ResetNote, string>> = {
  'raised-to-low': 'Raised to the oldest record',
  'lowered-to-high': 'Lowered to the end',
  'no-later-record': 'No record of that time or later: the end',
  'nothing-committed': 'Nothing committed that could be shifted',
  'cannot-forget': 'These brokers cannot forget an offset: it stays',
};

export function memberName({
  clientId,
  host,
  isThisNode,
}: Pick<GroupMemberView, 'clientId' | 'host' | 'isThisNode'>): string {
  return isThisNode ? 'this node' : `${clientId} at ${host}`;
}

const digits = new Intl.NumberFormat('en-US');

/** Offsets are decimal strings: they may exceed what a number holds. */
export function formatOffset(offset: string | null): string {
  return offset === null ? noValue : digits.format(BigInt(offset));
}

/** What a partition is moved by: `+1,200`, `−30`, `0`; a dash where it had nothing, or is to have nothing. */
export function formatMove(before: string | null, after: string | null): string {
  if (before === null || after === null) return before === after ? '0' : noValue;
  const move = BigInt(after) - BigInt(before);
  if (move === 0n) return '0';
  return move > 0n ? `+${digits.format(move)}` : `${minus}${digits.format(-move)}`;
}
