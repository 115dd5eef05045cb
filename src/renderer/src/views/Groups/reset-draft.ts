import type { OffsetTarget, ResetRequest, ResetScope } from '../../../../shared/consumer-groups.js';

/** The form of a reset, as typed. */
export interface ResetDraft {
  readonly kind: OffsetTarget['kind'];
  /** Local time as the browser's field has it, `2026-01-13T02:00`. */
  readonly time: string;
  readonly by: string;
  readonly offset: string;
  /** Empty: all topics. */
  readonly topic: string;
  /** `0, 2`; empty: all. */
  readonly partitions: string;
}

export type ResetProblems = Partial<Record<'time' | 'by' | 'offset' | 'partitions', string>>;

export interface DraftReading {
  /** Null while something is wrong. */
  readonly request: ResetRequest | null;
  readonly problems: ResetProblems;
}

const maxPartitions = 10_000;

export function readResetDraft(groupId: string, draft: ResetDraft): DraftReading {
  const target = readTarget(draft);
  const scope = readScope(draft);
  const problems = {
    ...(typeof target === 'string' ? { [draft.kind === 'shift' ? 'by' : draft.kind]: target } : {}),
    ...(typeof scope === 'string' ? { partitions: scope } : {}),
  };
  const isWhole = typeof target !== 'string' && typeof scope !== 'string';
  return { request: isWhole ? { groupId, target, scope } : null, problems };
}

/** As a field for date and time has it: local, to the minute. */
export function localTimeText(atMs: number): string {
  const time = new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000);
  return time.toISOString().slice(0, 16);
}

/** The target, or what is wrong with it. */
function readTarget({ kind, time, by, offset }: ResetDraft): OffsetTarget | string {
  switch (kind) {
    case 'earliest':
    case 'latest':
      return { kind };
    case 'time': {
      const atMs = new Date(time).getTime();
      return Number.isFinite(atMs) && atMs >= 0 ? { kind, atMs } : 'Expected a date and a time';
    }
    case 'shift': {
      const count = /^[+-]?\d{1,15}$/.test(by.trim()) ? Number(by) : 0;
      return count === 0 ? 'Expected a whole number: negative goes back' : { kind, by: count };
    }
    case 'offset':
      return /^\d{1,18}$/.test(offset.trim())
        ? { kind, offset: offset.trim() }
        : 'Expected a whole number from 0';
  }
}

/** The partitions, or what is wrong with them. */
function readScope({ topic, partitions }: ResetDraft): ResetScope | string {
  if (topic === '') return [];
  if (partitions.trim() === '') return [{ topic, partitions: null }];
  const numbers = partitions.split(',').map((text) => text.trim());
  const isList = numbers.length <= maxPartitions && numbers.every((text) => /^\d{1,6}$/.test(text));
  return isList
    ? [{ topic, partitions: [...new Set(numbers.map(Number))] }]
    : 'Expected numbers with commas between them';
}
