import {
  describeTarget,
  type ResetRequest,
  type ResetRow,
  type ResetScope,
} from '../../shared/consumer-groups.js';
import { ResonanceError } from '../../shared/errors.js';
import { type PartitionOffsets, partitionKey } from '../kafka/group-offset-plan.js';
import type { GroupSnapshot } from './group-snapshots.js';

/** A change of a group's offsets that the operator has in mind: from it the plan is made, and made again where they move on. */
export type OffsetIntention =
  | { readonly kind: 'reset'; readonly request: ResetRequest }
  | { readonly kind: 'undo'; readonly snapshot: GroupSnapshot };

export function groupOf(intention: OffsetIntention): string {
  return intention.kind === 'reset' ? intention.request.groupId : intention.snapshot.groupId;
}

/** Topics that it names, whether or not the group has to do with them yet. */
export function topicsOf(intention: OffsetIntention): string[] {
  const entries = intention.kind === 'reset' ? intention.request.scope : intention.snapshot.partitions;
  return [...new Set(entries.map(({ topic }) => topic))];
}

/** In a few words, for the list of changes: `to earliest`, `undo of “to earliest”`. */
export function changeWords(intention: OffsetIntention): string {
  if (intention.kind === 'reset') return describeTarget(intention.request.target);
  const { change } = intention.snapshot;
  const [, verb, original] = /^(undo|redo) of “(.*)”$/.exec(change) ?? [];
  return verb === 'undo' ? `redo of “${original}”` : `undo of “${original ?? change}”`;
}

/** Committed offsets by `TOPIC/PARTITION`. */
export function offsetsOf(partitions: readonly PartitionOffsets[]): Map<string, string | null> {
  return new Map(partitions.map((partition) => [partitionKey(partition), partition.committedOffset]));
}

/**
 * Somebody else may have read on, or reset, between the preview and now: the operator has not seen that.
 *
 * @throws ResonanceError `KAFKA_OFFSETS_CHANGED`
 */
export function assertUnmoved(
  groupId: string,
  rows: readonly ResetRow[],
  partitions: readonly PartitionOffsets[],
): void {
  const now = offsetsOf(partitions);
  const moved = rows.filter((row) => (now.get(partitionKey(row)) ?? null) !== row.before);
  if (moved.length === 0) return;
  throw new ResonanceError(
    'KAFKA_OFFSETS_CHANGED',
    `the offsets of ${groupId} have changed since the preview (${moved.slice(0, 5).map(partitionKey).join(', ')}): nothing was done`,
    { hint: 'Preview again.' },
  );
}

/** @throws ResonanceError `NOT_FOUND`, `KAFKA_TOPIC_UNKNOWN` */
export function partitionsInScope(
  groupId: string,
  partitions: readonly PartitionOffsets[],
  scope: ResetScope,
): readonly PartitionOffsets[] {
  if (scope.length === 0) {
    if (partitions.length > 0) return partitions;
    throw new ResonanceError('NOT_FOUND', `The group ${groupId} has no offsets`, {
      hint: 'Check its name, or name the topics to set offsets for.',
    });
  }
  for (const { topic, partitions: wanted } of scope) {
    const ofTopic = partitions.filter((entry) => entry.topic === topic);
    const missing = wanted?.find((number) => !ofTopic.some(({ partition }) => partition === number));
    if (ofTopic.length === 0 || missing !== undefined) {
      const what = ofTopic.length === 0 ? `topic ${topic}` : `partition ${topic}/${missing}`;
      throw new ResonanceError('KAFKA_TOPIC_UNKNOWN', `There is no ${what}`, { hint: 'Check its name.' });
    }
  }
  return partitions.filter(({ topic, partition }) =>
    scope.some((entry) => entry.topic === topic && (entry.partitions?.includes(partition) ?? true)),
  );
}
