import { z } from 'zod';
import type { ErrorReport } from './errors.js';

/*
 * Consumer groups as the operator sees and resets them. Offsets are decimal strings: they may exceed what a number
 * holds. Times are wall-clock milliseconds.
 */

const topicName = z.string().min(1).max(249);
const offsetText = z.string().regex(/^\d{1,18}$/, 'an offset: a whole number from 0');

/** Where the offsets of a group are to go. */
export const offsetTargetSchema = z.discriminatedUnion('kind', [
  /** The oldest record that is still there. */
  z.strictObject({ kind: z.literal('earliest') }),
  /** Behind the newest record. */
  z.strictObject({ kind: z.literal('latest') }),
  /** The first record of this time or later; behind the newest where there is none. */
  z.strictObject({ kind: z.literal('time'), atMs: z.int().min(0) }),
  /** So many records from where each partition is: negative goes back. */
  z.strictObject({ kind: z.literal('shift'), by: z.int() }),
  z.strictObject({ kind: z.literal('offset'), offset: offsetText }),
]);
export type OffsetTarget = z.infer<typeof offsetTargetSchema>;

/** Which partitions; an empty list: all of the topics that the group has offsets or assignments of. */
export const resetScopeSchema = z
  .array(
    z.strictObject({
      topic: topicName,
      /** Null: all. */
      partitions: z.array(z.int().min(0)).min(1).max(10_000).nullable(),
    }),
  )
  .max(256);
export type ResetScope = z.infer<typeof resetScopeSchema>;

export const groupIdSchema = z.string().min(1).max(249);

export const resetRequestSchema = z.strictObject({
  groupId: groupIdSchema,
  target: offsetTargetSchema,
  scope: resetScopeSchema,
});
export type ResetRequest = z.infer<typeof resetRequestSchema>;

/**
 * `Stable`, `Empty`, `PreparingRebalance`, `CompletingRebalance`, `Dead` (it does not exist, or its protocol is one that
 * this client does not speak, KIP-848) or `Unknown` (its coordinator can't be asked).
 */
export type GroupState = string;

/** Whether nobody is in the group, so that its offsets may be changed from outside. */
export function isGroupIdle(state: GroupState): boolean {
  return state === 'Empty' || state === 'Dead';
}

export interface GroupSummary {
  readonly groupId: string;
  readonly state: GroupState;
  readonly memberCount: number;
  /** Topics with committed offsets. */
  readonly topics: readonly string[];
  /** Records behind the committed offsets, all partitions; null when nothing is committed, there are too many groups to look into, or it is not known. */
  readonly lag: number | null;
  /** Why the lag, or with the state `Unknown` all but the name, is not known: whom to ask can't be asked. */
  readonly unknown?: ErrorReport;
  /** This node reads in it. */
  readonly isOwn: boolean;
  /** A throw-away group of a look into topics. */
  readonly isTap: boolean;
}

export interface GroupMemberView {
  readonly memberId: string;
  readonly clientId: string;
  readonly host: string;
  /** This very instance of the node. */
  readonly isThisNode: boolean;
  readonly assignment: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
}

export interface GroupPartitionView {
  readonly topic: string;
  readonly partition: number;
  /** Null when it is not known. */
  readonly lowOffset: string | null;
  /** Null when it is not known. */
  readonly highWatermark: string | null;
  /** Why they are not known: its leader can't be asked. */
  readonly unknown?: ErrorReport;
  /** Null when nothing is committed: the member's own rule decides where it starts. */
  readonly committedOffset: string | null;
  /** Records from the committed offset to the end; null when nothing is committed, or it is not known. */
  readonly lag: number | null;
  /** The member it is assigned to. */
  readonly memberId: string | null;
}

/** What a group had before a change that this node made to its offsets. */
export interface GroupSnapshotView {
  readonly id: string;
  readonly groupId: string;
  readonly takenAtMs: number;
  /** What was done then: `to earliest`, `undo of 2026-01-13 02:00`. */
  readonly change: string;
  readonly partitions: number;
}

export interface GroupDetail {
  readonly groupId: string;
  readonly state: GroupState;
  readonly isOwn: boolean;
  readonly members: readonly GroupMemberView[];
  /** By topic and partition. */
  readonly partitions: readonly GroupPartitionView[];
  /** Newest first. */
  readonly snapshots: readonly GroupSnapshotView[];
}

/**
 * Why the new offset of a partition is not quite what was asked for: moved up to the oldest record or down to behind the
 * newest; no record of that time or later; nothing committed that could be shifted; a broker that cannot forget an offset.
 */
export type ResetNote =
  | 'raised-to-low'
  | 'lowered-to-high'
  | 'no-later-record'
  | 'nothing-committed'
  | 'cannot-forget';

export interface ResetRow {
  readonly topic: string;
  readonly partition: number;
  readonly lowOffset: string;
  readonly highWatermark: string;
  /** Null: nothing committed. */
  readonly before: string | null;
  /** Null: nothing committed, as it was before the change that is undone. */
  readonly after: string | null;
  readonly note: ResetNote | null;
}

/** What a reset or an undo would do, before it is done. */
export interface ResetPlan {
  /** Names the plan when it is applied; forgotten after a while. */
  readonly id: string;
  readonly groupId: string;
  readonly change: string;
  readonly rows: readonly ResetRow[];
  /** Who is in the group: while anybody is, the plan is refused. */
  readonly blockedBy: readonly GroupMemberView[];
  readonly state: GroupState;
  /** Only this node is in the group: it can pause its reading for the change. */
  readonly canPauseOwn: boolean;
}

export interface ResetOutcome {
  readonly groupId: string;
  /** As the broker has them now. */
  readonly rows: readonly ResetRow[];
  readonly changed: number;
  /** Of what was there before; null when nothing had to be changed. */
  readonly snapshot: GroupSnapshotView | null;
}

/** How a target reads in a list of changes. */
export function describeTarget(target: OffsetTarget): string {
  switch (target.kind) {
    case 'earliest':
      return 'to earliest';
    case 'latest':
      return 'to latest';
    case 'time':
      return `to ${new Date(target.atMs).toISOString()}`;
    case 'shift':
      return `shift by ${target.by > 0 ? '+' : ''}${target.by}`;
    case 'offset':
      return `to offset ${target.offset}`;
  }
}
