import type { OffsetTarget, ResetNote, ResetRow } from '../../shared/consumer-groups.js';

/** One partition as it is now. */
export interface PartitionOffsets {
  readonly topic: string;
  readonly partition: number;
  readonly lowOffset: string;
  readonly highWatermark: string;
  readonly committedOffset: string | null;
}

/** `TOPIC/PARTITION` to the offset that a lookup by time found; null: no record of that time or later. */
export type OffsetsAtTime = ReadonlyMap<string, string | null>;

/** What every partition would get, in the order of the partitions. Nothing is left out: unchanged ones are rows too. */
export function planReset(
  partitions: readonly PartitionOffsets[],
  target: OffsetTarget,
  atTime: OffsetsAtTime = new Map(),
): ResetRow[] {
  return partitions.map((partition) => rowOf(partition, wantedOffset(partition, target, atTime)));
}

/**
 * What every partition would get back.
 *
 * @param restored by `TOPIC/PARTITION`; null: nothing was committed
 */
export function planUndo(
  partitions: readonly PartitionOffsets[],
  restored: ReadonlyMap<string, string | null>,
  canForget: boolean,
): ResetRow[] {
  return partitions.map((partition) => {
    const before = restored.get(partitionKey(partition)) ?? null;
    if (before !== null) return rowOf(partition, { offset: BigInt(before), note: null });
    const isForgotten = canForget || partition.committedOffset === null;
    return {
      ...facts(partition),
      after: isForgotten ? null : partition.committedOffset,
      note: isForgotten ? null : 'cannot-forget',
    };
  });
}

/** Rows that change something. */
export function changesOf(rows: readonly ResetRow[]): ResetRow[] {
  return rows.filter(({ before, after }) => before !== after);
}

export function partitionKey({ topic, partition }: { readonly topic: string; readonly partition: number }) {
  return `${topic}/${partition}`;
}

interface Wanted {
  /** Null: stays as it is. */
  readonly offset: bigint | null;
  readonly note: ResetNote | null;
}

function wantedOffset(partition: PartitionOffsets, target: OffsetTarget, atTime: OffsetsAtTime): Wanted {
  const { lowOffset, highWatermark, committedOffset } = partition;
  switch (target.kind) {
    case 'earliest':
      return { offset: BigInt(lowOffset), note: null };
    case 'latest':
      return { offset: BigInt(highWatermark), note: null };
    case 'time': {
      const found = atTime.get(partitionKey(partition)) ?? null;
      return found === null
        ? { offset: BigInt(highWatermark), note: 'no-later-record' }
        : { offset: BigInt(found), note: null };
    }
    case 'shift':
      return committedOffset === null
        ? { offset: null, note: 'nothing-committed' }
        : { offset: BigInt(committedOffset) + BigInt(target.by), note: null };
    case 'offset':
      return { offset: BigInt(target.offset), note: null };
  }
}

/** An offset outside of what the partition holds would be reset by the consumer's own rule, unseen: it is moved inside here. */
function rowOf(partition: PartitionOffsets, { offset, note }: Wanted): ResetRow {
  const row = facts(partition);
  if (offset === null) return { ...row, after: row.before, note };
  const low = BigInt(partition.lowOffset);
  const high = BigInt(partition.highWatermark);
  if (offset < low) return { ...row, after: low.toString(), note: 'raised-to-low' };
  if (offset > high) return { ...row, after: high.toString(), note: 'lowered-to-high' };
  return { ...row, after: offset.toString(), note };
}

function facts({ topic, partition, lowOffset, highWatermark, committedOffset }: PartitionOffsets) {
  return { topic, partition, lowOffset, highWatermark, before: committedOffset };
}
